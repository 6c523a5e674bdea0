"""Delivery: tell what the outbox holds, each notice once.

At least once comes from the outbox, once from looking: a notice whose last attempt ended without
an outcome may stand in Slack already, so the channel is searched for its id before it is posted
again (DESIGN §5.1).
"""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from bot.domain.cadence import LIVE_EDIT_SECONDS
from bot.domain.errors import DatabaseError
from bot.domain.facts import Gathered, RunProgressed
from bot.domain.notice import Notice, Telling, live_key
from bot.domain.watch import Watch
from bot.services.insisting import insist
from bot.services.ports import (
    Attempt,
    Clock,
    Dropped,
    Found,
    Gone,
    Messenger,
    Outbox,
    Quiet,
    Refusals,
    Retry,
    Rules,
    Sent,
    TellResult,
    Wake,
)
from bot.services.quieting import ALERT_BURST, Quieting
from bot.services.refusing import RefusalNotes

SLOTS = 20
"""Channels that are posted in at once."""
ATTEMPT_SECONDS = 20.0
"""Longest time for one attempt with all its simpler forms."""
LEASE_SECONDS = 30.0
"""Outlasts an attempt; a channel whose sender died is free again after it."""
POST_SPACING_SECONDS = 1.0
"""Slack takes about one message a second in a channel (`facts/SLACK.md`, "Rates")."""
RECORD_SECONDS = 60.0
"""How long an outcome is tried to be stored while the database cannot be used. That may outlast the
lease: what has been told counts as told, whoever holds the channel by then."""
_BACKOFF_MAX_SECONDS = 300.0
_GIVE_UP_AFTER = timedelta(days=3)


class DeliveryEvents(Protocol):
    """What the operator is told of deliveries; implemented by the log and the metrics."""

    def told(self, telling: Telling, result: TellResult) -> None: ...

    def delivery_crashed(self, channel: str) -> None: ...


class DeliveryStore(Outbox, Rules, Refusals, Quiet, Protocol):
    """What delivery needs of the database."""


class Delivery:
    """One sender per channel tells its notices, the final ones first."""

    def __init__(
        self,
        *,
        store: DeliveryStore,
        messenger: Messenger,
        clock: Clock,
        owner: str,
        wake: Wake,
        events: DeliveryEvents,
        live_edit_seconds: float = LIVE_EDIT_SECONDS,
        attempt_seconds: float = ATTEMPT_SECONDS,
        alert_burst: int = ALERT_BURST,
    ) -> None:
        self._store = store
        self._quieting = Quieting(store, burst=alert_burst)
        self._refusals = RefusalNotes(store)
        self._messenger = messenger
        self._clock = clock
        self._owner = owner
        self._wake = wake
        self._events = events
        self._live_edit_seconds = live_edit_seconds
        self._attempt_seconds = attempt_seconds
        self._under_way: set[asyncio.Task[None]] = set()

    async def deliver_due(self) -> None:
        """Start a sender for each channel with a notice due; returns when all are started."""
        while free := SLOTS - len(self._under_way):
            now = self._clock()
            channels = await self._store.claim_channels(
                now=now, limit=free, owner=self._owner, until=_in(now, LEASE_SECONDS)
            )
            for channel in channels:
                task = asyncio.create_task(self._serve_safely(channel), name=f"tell {channel}")
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            if len(channels) < free:
                return
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED, timeout=1)

    async def finish(self) -> None:
        """Wait for the attempts under way; call it after the last `deliver_due`."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def abandon(self) -> Collection[asyncio.Task[None]]:
        """Cancel the attempts under way: whether Slack took them is found out at the next one."""
        for task in self._under_way:
            task.cancel()
        return set(self._under_way)

    async def _serve_safely(self, channel: str) -> None:
        try:
            await self._serve(channel)
        except Exception:  # noqa: BLE001 - one bad channel must not stop the rest
            self._events.delivery_crashed(channel)

    async def _serve(self, channel: str) -> None:
        """Tell the channel's due notices until none is left or the channel needs a pause."""
        pause = 0.0
        while not pause:
            now = self._clock()
            until = _in(now, LEASE_SECONDS)
            await self._quieting.quieten(channel, owner=self._owner, now=now)
            attempt = await self._store.begin(channel, now=now, owner=self._owner, until=until)
            if attempt is None:
                break
            pause = await self._try(attempt)
            if self._clock() >= until:
                return  # somebody else, in this process too, may be its sender by now
        await insist(lambda: self._release(channel, pause), seconds=LEASE_SECONDS / 2)
        if pause:
            asyncio.get_running_loop().call_later(pause, self._wake)

    async def _release(self, channel: str, pause: float) -> None:
        free_at = _in(self._clock(), pause)
        await self._store.release(channel, owner=self._owner, free_at=free_at)

    async def _try(self, attempt: Attempt) -> float:
        """One attempt at one notice; returns the seconds that the channel must then rest."""
        notice = attempt.telling.notice
        try:
            async with asyncio.timeout(self._attempt_seconds):
                result, posted = await self._tell(attempt)
        except TimeoutError:
            result, posted = Retry(None, "Slack took too long", uncertain=True), True
        except DatabaseError:  # before Slack was asked for anything
            result, posted = Retry(None, "the database could not be used"), False
        except Exception:  # noqa: BLE001 - one bad notice must not hold up its channel
            self._events.delivery_crashed(notice.channel)
            result, posted = Retry(None, "an error of our own", uncertain=True), True
        result = _given_up(result, notice, self._clock())
        # What Slack took must be known, or it is looked for, or told again.
        await insist(lambda: self._record(attempt, result), seconds=RECORD_SECONDS)
        self._events.told(attempt.telling, result)
        if isinstance(result, Retry) and result.whole_channel:
            return max(result.after or 0.0, POST_SPACING_SECONDS)
        return POST_SPACING_SECONDS if posted else 0.0

    async def _tell(self, attempt: Attempt) -> tuple[TellResult, bool]:
        """The result, and whether a new message may have come into the channel."""
        rule = await self._store.rule_of(attempt.telling.notice.channel)
        telling = replace(attempt.telling, rule=rule)
        live_ts = telling.watch.live_ts if telling.watch else None
        if telling.watch and attempt.live_uncertain and live_ts is None:
            key = live_key(telling.watch.id)
            found = await self._find(key, telling.watch, telling.watch.thread_ts)
            if isinstance(found, Retry):
                return found, False
            await self._store.found_live(attempt, found.ts)
            live_ts = found.ts
            telling = replace(telling, watch=replace(telling.watch, live_ts=live_ts))
            if telling.notice.dedupe_key == key:  # it has just been looked for
                telling = replace(telling, notice=replace(telling.notice, uncertain=False))
        if telling.is_reply and live_ts is None:
            return Dropped("its message was never told here"), False
        edit_ts = live_ts if telling.edits_live_message else telling.notice.edit_ts
        if edit_ts is not None:
            result = await self._messenger.tell(telling, edit_ts=edit_ts, now=self._clock())
            if not isinstance(result, Gone):
                return result, False
        return await self._post(telling), True

    async def _post(self, telling: Telling) -> TellResult:
        notice = telling.notice
        if notice.uncertain:
            found = await self._find(notice.dedupe_key, notice, telling.thread_ts)
            if isinstance(found, Retry):
                return found
            if found.ts is not None and isinstance(notice.fact, Gathered):
                # More may have come in since it was posted.
                return await self._messenger.tell(telling, edit_ts=found.ts, now=self._clock())
            if found.ts is not None:
                return Sent(found.ts)
        return await self._messenger.tell(telling, edit_ts=None, now=self._clock())

    async def _find(
        self, notice_key: str, place: Notice | Watch, thread_ts: str | None
    ) -> Found | Retry:
        return await self._messenger.find(
            notice_key=notice_key,
            channel=place.channel,
            thread_ts=thread_ts,
            since=place.created_at,
        )

    async def _record(self, attempt: Attempt, result: TellResult) -> None:
        now = self._clock()
        if (
            isinstance(result, Retry | Dropped)
            and result.refused
            and await self._refusals.note(attempt.telling, result.why, now)
        ):
            self._wake()
        match result:
            case Sent(ts=ts):
                live_due_at = _in(now, self._live_edit_seconds)
                await self._store.sent(attempt, ts=ts, live_due_at=live_due_at, now=now)
            case Dropped(why=why) | Gone(why=why):
                await self._store.drop(attempt, why=why, now=now)
            case Retry():
                after = result.after
                await self._store.retry(
                    attempt,
                    at=_in(now, self._backoff(attempt.telling) if after is None else after),
                    why=result.why,
                    uncertain=result.uncertain,
                    told_aside=result.told_aside or attempt.telling.notice.told_aside,
                )
            case _:
                assert_never(result)

    def _backoff(self, telling: Telling) -> float:
        """Seconds before the next attempt: doubling from 1 s.

        The edit of a live message is in no hurry; and its attempts are no failures in a row.
        """
        if (
            isinstance(telling.notice.fact, RunProgressed)
            and telling.watch
            and telling.watch.live_ts
        ):
            return self._live_edit_seconds
        return min(2.0 ** min(telling.notice.attempts - 1, 10), _BACKOFF_MAX_SECONDS)


def _given_up(result: TellResult, notice: Notice, now: datetime) -> TellResult:
    """The result; no other try for what has been tried for days.

    A live message is as new as its newest version: it goes on being tried until its watch ends.
    """
    is_old = now - notice.wanted_since > _GIVE_UP_AFTER
    if isinstance(result, Retry) and is_old and not isinstance(notice.fact, RunProgressed):
        return Dropped(f"given up: {result.why}")
    return result


def _in(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
