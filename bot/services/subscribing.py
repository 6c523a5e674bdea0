"""Watches that nobody waits for: asked for by CI, by a link in a channel, by a channel's rule."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.errors import QATechError, RateLimited, Unavailable, UnexpectedAnswer
from bot.domain.notice import progress_notice
from bot.domain.rules import NotifyOn, Rule
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import (
    NewWatch,
    TrackedRun,
    Watch,
    WatchedRun,
    WatchSource,
    WatchState,
)
from bot.services.ports import BARE, CASES, Clock, Rules, RunSource, Wake, Watches


class SubscriptionStore(Watches, Rules, Protocol):
    """What subscribing needs of the database."""


class WatchedState(StrEnum):
    """What became of the wish to have a run watched."""

    CREATED = "created"
    """The run is in progress and watched from now on."""
    EXISTING = "existing"
    """It has been watched here before; nothing was changed."""
    ENDED = "ended"
    """It has ended already: the watch is there, and the sweep reports it as the rule says."""
    UNVERIFIED = "unverified"
    """QA.tech could not be asked; the watch is there, and the sweep will ask."""


@dataclass(frozen=True, slots=True)
class WatchedOutcome:
    """The watch that now stands; `error` is why QA.tech could not be asked, if it could not."""

    watch: Watch
    tracked: TrackedRun
    state: WatchedState
    error: QATechError | None = None

    @property
    def created(self) -> bool:
        return self.state is not WatchedState.EXISTING


class Subscriptions:
    """Opens such watches. It tells nobody anything but by the notices that it writes."""

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        qatech: RunSource,
        clock: Clock,
        poll_min_seconds: float,
        wake: Wake,
    ) -> None:
        self._store = store
        self._qatech = qatech
        self._clock = clock
        self._poll_min = timedelta(seconds=poll_min_seconds)
        self._wake = wake

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
        """See `WatchService.watch`."""
        known = await self._known(key, channel, source)
        if known is not None:
            return WatchedOutcome(known.watch, known.tracked, WatchedState.EXISTING)
        rule = await self._store.rule_of(channel) or Rule()
        error: QATechError | None = None
        seen: Run | None = None
        try:
            seen = await self._qatech.get_run(key, CASES if live or rule.live else BARE)
        except (RateLimited, Unavailable, UnexpectedAnswer) as unanswered:
            error = unanswered
        has_ended = seen is not None and seen.has_ended
        now = self._clock()
        opened = await self._store.open_watch(
            NewWatch(
                id=uuid.uuid4().hex,
                key=key,
                channel=channel,
                asked_by=asked_by,
                live=(live or (rule.live and source != "command")) and not has_ended,
                thread_ts=thread_ts if rule.in_thread or source == "command" else None,
                url=url,
                notify_on=notify_on,
                mention=mention,
                source=source,
            ),
            seen=seen,
            # The end of a run that has ended is found, and reported, by the next sweep: there is
            # one place where runs end.
            next_poll_at=now if has_ended else now + self._poll_min,
            notices_for=lambda watch: (progress_notice(watch),) if watch.live else (),
            now=now,
        )
        self._wake()
        if not opened.created:
            return WatchedOutcome(opened.watch, opened.tracked, WatchedState.EXISTING)
        return WatchedOutcome(opened.watch, opened.tracked, _state(seen), error)

    async def _known(self, key: RunKey, channel: str, source: WatchSource) -> WatchedRun | None:
        """The watch that this wish has led to before, or stands in its way.

        Who stopped a watch does not want it back because somebody repeats the link.
        """
        known = await self._store.last_watch(key, channel)
        if known is None or source in {"link", "rule"}:
            return known
        is_alive = known.watch.state in {WatchState.ACTIVE, WatchState.ENDED}
        return known if is_alive else None


def _state(seen: Run | None) -> WatchedState:
    if seen is None:
        return WatchedState.UNVERIFIED
    return WatchedState.ENDED if seen.has_ended else WatchedState.CREATED
