"""Watching: what `/qarun <run>` and its neighbours do."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from bot.domain.audit import Act, NewEntry
from bot.domain.errors import QATechError, RateLimited, Unavailable, UnexpectedAnswer
from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice, ended_notices, progress_notice
from bot.domain.rules import NotifyOn
from bot.domain.run import Run
from bot.domain.short_id import RunKey, RunReference, parse_run_reference
from bot.domain.watch import NewWatch, Watch, WatchedRun, WatchEnd, WatchSource, WatchState
from bot.services.alerting import remembered
from bot.services.ports import (
    CASES,
    WHOLE,
    Clock,
    DirectMessages,
    Look,
    Opened,
    Projects,
    Records,
    Refusals,
    RunSource,
    Wake,
)
from bot.services.subscribing import Subscriptions, SubscriptionStore, WatchedOutcome


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where.

    Attributes:
        request_id: identifies this one request, so that its delivery twice is one wish.
        response_url: a way to answer where the bot is not in the channel.
        thread_ts: the thread to speak in, None for the channel itself.
    """

    user: str
    channel: str
    request_id: str = field(repr=False)
    response_url: str | None = field(default=None, repr=False)
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The run has ended; its report is on its way into the channel."""

    key: RunKey


@dataclass(frozen=True, slots=True)
class Watching:
    """The run is in progress; its live message is on its way into the channel."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class AlreadyWatched:
    """The channel has a live message of this run; `ended` when the run has ended since."""

    watch: Watch
    ended: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """QA.tech could not be asked; the wish is stored, and the sweep will ask."""

    watch: Watch
    error: QATechError


@dataclass(frozen=True, slots=True)
class Looked:
    """What QA.tech says of a run at this moment."""

    key: RunKey
    url: str | None
    run: Run


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run is not watched here any more; `was_watched` is False where it never was."""

    key: RunKey
    was_watched: bool


Asked = Reported | Watching | AlreadyWatched | Waiting


class WatchStore(SubscriptionStore, Records, Refusals, Protocol):
    """What watching needs of the database."""


class WatchService:
    """Opens, lists and stops watches.

    It never posts: what is public goes into the outbox, what is for the asker alone is returned.
    """

    def __init__(
        self,
        *,
        store: WatchStore,
        qatech: RunSource,
        projects: Projects,
        direct: DirectMessages,
        clock: Clock,
        poll_min_seconds: float,
        wake: Wake,
    ) -> None:
        self._store = store
        self._qatech = qatech
        self._projects = projects
        self._direct = direct
        self._clock = clock
        self._poll_min = timedelta(seconds=poll_min_seconds)
        self._wake = wake
        self._subscriptions = Subscriptions(
            store=store, qatech=qatech, clock=clock, poll_min_seconds=poll_min_seconds, wake=wake
        )

    def resolve(self, run: str) -> tuple[RunKey, str | None]:
        """The key of the run that a word means, and its link where one is known.

        Raises:
            UserError: it is no run.
        """
        return self._projects.resolve(parse_run_reference(run))

    async def ask(self, run: str, asker: Asker) -> Asked:
        """Report a run that has ended, watch one that has not, in the asker's channel.

        Raises:
            UserError: `run` does not name one.
            RunNotFound, AccessDenied: nothing is stored.
        """
        key, url = self.resolve(run)
        return await self.ask_key(key, url, asker)

    async def ask_key(self, key: RunKey, url: str | None, asker: Asker) -> Asked:
        """As `ask`, for a run that is known already.

        Raises:
            RunNotFound, AccessDenied: nothing is stored.
        """
        known = await self._store.find_watch(key, asker.channel)
        if known is not None:
            return await self._already(known)
        try:
            seen = await self._qatech.get_run(key, CASES)
            if seen.has_ended:
                seen = await self._qatech.get_run(key, WHOLE)
        except (RateLimited, Unavailable, UnexpectedAnswer) as error:
            opened = await self._open(key, url, asker, seen=None)
            return Waiting(opened.watch, error)
        if seen.has_ended:
            await self._report(key, url, asker, seen)
            return Reported(key)
        opened = await self._open(key, url, asker, seen=seen)
        if not opened.created:
            return AlreadyWatched(opened.watch, ended=False)
        return Watching(opened.watch)

    async def watch(
        self,
        key: RunKey,
        url: str | None,
        *,
        channel: str,
        source: WatchSource,
        asked_by: str | None,
        notify_on: NotifyOn | None,
        mention: tuple[str, ...],
        live: bool,
        thread_ts: str | None = None,
    ) -> WatchedOutcome:
        """Have a run watched in a channel where nobody waits for it.

        The same run and channel again is the same watch. A run that has ended is reported at once
        as `notify_on`, else the channel's rule, says. `thread_ts` is spoken in only where the
        rule wants threads. Where QA.tech cannot be asked the watch is stored, unverified.

        Raises:
            RunNotFound, AccessDenied: nothing is stored.
        """
        return await self._subscriptions.watch(
            key,
            url,
            channel=channel,
            source=source,
            asked_by=asked_by,
            notify_on=notify_on,
            mention=mention,
            live=live,
            thread_ts=thread_ts,
        )

    async def ask_privately(self, run: str, asker: Asker) -> Looked | Asked:
        """The same for the asker alone: what is known now, or a watch in a direct message.

        Raises:
            UserError, RunNotFound, AccessDenied: as `ask`.
            RateLimited, Unavailable, UnexpectedAnswer: nothing is stored.
            SlackError: the run is in progress and the direct message cannot be opened.
        """
        looked = await self.look(run, CASES)
        if looked.run.has_ended:
            return await self.look(run, WHOLE)
        direct = await self._direct.open_direct(asker.user)
        return await self.ask(run, replace(asker, channel=direct, response_url=None))

    async def look(self, run: str, look: Look) -> Looked:
        """One look at a run, for an answer that only the asker sees.

        Raises:
            UserError: `run` does not name one.
            QATechError: whatever kept QA.tech from answering.
        """
        key, url = self.resolve(run)
        return Looked(key, url, await self._qatech.get_run(key, look))

    async def watches_in(self, channel: str) -> Sequence[WatchedRun]:
        """The runs watched in a channel, the oldest watch first."""
        return await self._store.watches_in(channel)

    async def refusals(self) -> Mapping[str, str]:
        """Channel → why it refuses the bot's alerts."""
        return await self._store.refusals()

    async def stop(self, run: str, asker: Asker) -> Stopped:
        """Stop watching a run in the asker's channel.

        Raises:
            UserError: `run` does not name one.
        """
        key, _ = self.resolve(run)
        return await self.stop_key(key, asker.channel, by=asker.user)

    async def stop_key(self, key: RunKey, channel: str, *, by: str) -> Stopped:
        """As `stop`, for a run that is known already."""
        known = await self._store.find_watch(key, channel)
        if known is None:
            return Stopped(key, was_watched=False)
        ended = await self._store.end_watch(
            known.watch.id,
            state=WatchState.STOPPED,
            notices=ended_notices(known.watch, WatchEnd.STOPPED, by=by),
            now=self._clock(),
            audit=(NewEntry(Act.WATCH_STOPPED, by, channel, key),),
        )
        self._wake()
        return Stopped(key, was_watched=ended)

    async def refresh(self, key: RunKey, asker: Asker, *, message_ts: str | None) -> Asked:
        """Look at a run again and bring its message up to date.

        A run that is watched here is looked at by the next sweep; one that has ended is told anew
        in the message `message_ts`; one that was given up is watched again.

        Raises:
            UserError: its project is not configured any more.
            RunNotFound, AccessDenied, RateLimited, Unavailable, UnexpectedAnswer.
        """
        known = await self._store.find_watch(key, asker.channel)
        if known is not None:
            return await self._already(known)
        _, url = self._projects.resolve(RunReference(key.short_id, alias=key.project))
        run = await self._qatech.get_run(key, WHOLE)
        if not run.has_ended:
            return await self.ask_key(key, url, asker)
        await self._report(key, url, asker, run, edit_ts=message_ts)
        return Reported(key)

    async def _already(self, known: WatchedRun) -> AlreadyWatched:
        # Somebody wants to know now, not when the interval ends.
        await self._store.poll_soon(known.tracked.id, self._clock())
        return AlreadyWatched(known.watch, ended=known.tracked.has_ended)

    async def _open(self, key: RunKey, url: str | None, asker: Asker, seen: Run | None) -> Opened:
        now = self._clock()
        opened = await self._store.open_watch(
            NewWatch(
                id=uuid.uuid4().hex,
                key=key,
                channel=asker.channel,
                asked_by=asker.user,
                live=True,
                thread_ts=asker.thread_ts,
                response_url=asker.response_url,
                url=url,
            ),
            seen=seen,
            next_poll_at=now + self._poll_min,
            notices_for=lambda watch: (progress_notice(watch),),
            now=now,
        )
        self._wake()
        return opened

    async def _report(
        self,
        key: RunKey,
        url: str | None,
        asker: Asker,
        run: Run,
        *,
        edit_ts: str | None = None,
    ) -> None:
        now = self._clock()
        seen = await remembered(self._store, key, run, now)
        await self._store.save_ended(
            key,
            run=run,
            url=url,
            notice_for=lambda run_id: NewNotice(
                dedupe_key=f"asked:{asker.request_id}",
                channel=asker.channel,
                fact=RunFinished(changes=seen.changes),
                run_id=run_id,
                thread_ts=asker.thread_ts,
                asked_by=asker.user,
                response_url=asker.response_url,
                edit_ts=edit_ts,
            ),
            now=now,
            record=seen.record,
        )
        self._wake()
