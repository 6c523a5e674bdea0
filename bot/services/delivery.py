"""Delivery: tell what the outbox holds, each notice once.

At least once comes from the outbox, once from looking: a notice whose last attempt ended without
an outcome may stand in Slack already, so the channel is searched for its id before it is posted
again (DESIGN §5.1).
"""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from bot.domain.cadence import LIVE_EDIT_SECONDS
from bot.domain.errors import DatabaseError
from bot.domain.facts import RunProgressed
from bot.domain.notice import Notice, Telling
from bot.services.editing import LiveEdits
from bot.services.insisting import insist
from bot.services.ports import (
    Attempt,
    Clock,
    Dropped,
    Gone,
    Messenger,
    Outbox,
    Quiet,
    Refusals,
    Retry,
    Sent,
    TellResult,
    Wake,
)
from bot.services.quieting import ALERT_BURST, Quieting
from bot.services.refusing import RefusalNotes
from bot.services.telling import Teller

SLOTS = 20
"""Channels that are posted in at once."""
ATTEMPT_SECONDS = 20.0
"""Longest time for one attempt with all its simpler forms."""
SENDING_SECONDS = 12.0
"""Nothing is asked of Slack later in an attempt; what was, is done when the attempt is over.

A process that was suspended, or is very slow, finds out here that the channel may be another's.
"""
SETTLING_SECONDS = 10.0
"""How long Slack may still do what it was asked for, after it has failed to answer."""
LEASE_SECONDS = 30.0
"""Outlasts an attempt; a channel whose sender died is free again after it."""
POST_SPACING_SECONDS = 1.0
"""Slack takes about one message a second in a channel (`facts/SLACK.md`, "Rates")."""
RECORD_SECONDS = 60.0
"""How long an outcome is tried to be stored while the database cannot be used. That may outlast the
lease: what has been told counts as told, whoever holds the channel by then."""
_BACKOFF_MAX_SECONDS = 60.0
"""Who waits for an alert should not wait much longer than Slack was down."""
_GIVE_UP_AFTER = timedelta(days=3)


class DeliveryEvents(Protocol):
    """What the operator is told of deliveries; implemented by the log and the metrics."""

    def told(self, telling: Telling, result: TellResult) -> None: ...

    def delivery_crashed(self, channel: str) -> None: ...


class DeliveryStore(Outbox, Refusals, Quiet, Protocol):
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
        self._teller = Teller(store, messenger, clock=clock)
        self._clock = clock
        self._owner = owner
        self._wake = wake
        self._events = events
        self._live_edit_seconds = live_edit_seconds
        self._edits = LiveEdits(live_edit_seconds)
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
            attempt = await self._store.begin(
                channel,
                now=now,
                owner=self._owner,
                until=until,
                settles_after=ATTEMPT_SECONDS,
            )
            if attempt is None:
                break
            pause = await self._try(attempt, before=_in(now, SENDING_SECONDS))
            if self._clock() >= until:
                return  # somebody else, in this process too, may be its sender by now
        await insist(lambda: self._release(channel, pause), seconds=LEASE_SECONDS / 2)
        if pause:
            asyncio.get_running_loop().call_later(pause, self._wake)

    async def _release(self, channel: str, pause: float) -> None:
        free_at = _in(self._clock(), pause)
        await self._store.release(channel, owner=self._owner, free_at=free_at)

    async def _try(self, attempt: Attempt, *, before: datetime) -> float:
        """One attempt at one notice; returns the seconds that the channel must then rest."""
        notice = attempt.telling.notice
        try:
            async with asyncio.timeout(self._attempt_seconds):
                result, posted = await self._teller.tell(attempt, before=before)
        except TimeoutError:
            why = "Slack took too long"
            result, posted = Retry(None, why, uncertain=True, unsettled=True), True
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
                due_at = self._live_due_at(attempt.telling.notice, now)
                await self._store.sent(attempt, ts=ts, live_due_at=due_at, now=now)
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
                    settles_at=_settles_at(result, now),
                )
            case _:
                assert_never(result)

    def _live_due_at(self, notice: Notice, now: datetime) -> datetime:
        """When the next version of what was told may be."""
        if isinstance(notice.fact, RunProgressed) and notice.watch_id is not None:
            return self._edits.next_at(notice.watch_id, now)
        return _in(now, self._live_edit_seconds)

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


def _settles_at(result: Retry, now: datetime) -> datetime | None:
    """When Slack can have no more of an attempt than it has then; None where it has nothing."""
    if not result.uncertain:
        return None
    return _in(now, SETTLING_SECONDS if result.unsettled else 0.0)


def _in(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
