"""Watches and the runs they share.

A watch is our promise to one conversation to follow one run until it ends. Many watches may share
a run; the run is polled once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from bot.domain.pace import UNSEEN, Pace
from bot.domain.rules import NotifyOn
from bot.domain.run import Progress, Run, has_ended
from bot.domain.short_id import RunKey

WatchSource = Literal["command", "api", "link", "rerun", "rule"]
"""Where a watch comes from: a person's wish, CI, a link in a channel, a rerun, a channel's rule."""


class WatchState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"
    """The run has ended, and the notices that say so are written."""
    STOPPED = "stopped"
    """A person stopped it."""
    GIVEN_UP = "given_up"
    """Time-out, a run that vanished, or a refused key."""


class WatchEnd(StrEnum):
    """Why a watch ended before its run did."""

    EXPIRED = "expired"
    VANISHED = "vanished"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """A run that at least one watch follows, as of the last poll.

    Attributes:
        id: the store's number for it.
        url: where a person sees the run, if anybody told us or a slug is configured.
        active: False once it has ended or nobody watches it any more: it is not polled.
        status: QA.tech's word; empty while QA.tech has not answered yet (unverified).
        progress: test cases by outcome as of `cases_seen_at`.
        run: the whole answer, kept from the final look on; None before.
        watched_since: when the present stretch of watching began; the time-out counts from here.
        changed_at: when status, result or progress last changed.
        cases_seen_at: when the test cases were last asked for, None if never.
        next_poll_at: not to be polled before.
        polls: looks at QA.tech so far.
        failures: polls in a row that brought no answer.
        missing: polls in a row that were answered with 404.
        refusals: polls in a row that were answered with 401 or 403.
        final_failures: final looks in a row that failed though QA.tech answered before them.
        live: whether a live message shows this run.
        pace: what watching has shown of its pace, for the cadence.
    """

    id: int
    key: RunKey
    url: str | None
    active: bool
    status: str
    result: str | None
    progress: Progress
    run: Run | None
    watched_since: datetime
    changed_at: datetime
    cases_seen_at: datetime | None
    next_poll_at: datetime
    polls: int = 0
    failures: int = 0
    missing: int = 0
    refusals: int = 0
    final_failures: int = 0
    live: bool = False
    pace: Pace = UNSEEN

    @classmethod
    def looked_at(cls, key: RunKey, url: str | None, run: Run, now: datetime) -> "TrackedRun":
        """A run that nobody watches, as one look shows it; the store has no number for it."""
        return cls(
            id=0,
            key=key,
            url=url,
            active=False,
            status=run.status,
            result=run.result,
            progress=Progress.of(run.run_test_cases),
            run=run,
            watched_since=now,
            changed_at=now,
            cases_seen_at=now,
            next_poll_at=now,
        )

    @property
    def is_verified(self) -> bool:
        """Whether QA.tech has confirmed that this run exists."""
        return bool(self.status)

    @property
    def has_ended(self) -> bool:
        return has_ended(self.status, self.result)

    @property
    def short_id(self) -> str:
        return self.key.short_id


@dataclass(frozen=True, slots=True)
class Watch:
    """One promise.

    Attributes:
        channel: Slack's ID of the conversation (`C…`, `G…`, `D…`).
        thread_ts: the thread to speak in, None for the conversation itself.
        asked_by: Slack's ID of the person who asked, None where nobody did.
        live: whether it has a live message.
        live_ts: `ts` of that message once Slack has told it.
        response_url: a way to answer the asker where the bot is not a member (30 minutes, 5 uses).
        notify_on: when its end is told; None leaves that to the channel's rule.
        mention: IDs of users and user groups who are mentioned when the run did not pass.
    """

    id: str
    run_id: int
    key: RunKey
    channel: str
    thread_ts: str | None
    asked_by: str | None
    live: bool
    live_ts: str | None
    state: WatchState
    response_url: str | None
    created_at: datetime
    notify_on: NotifyOn | None = None
    mention: tuple[str, ...] = ()
    source: WatchSource = "command"

    def __repr__(self) -> str:
        """Leaves out `response_url`: whoever holds it can post in the channel."""
        shown: dict[str, Any] = {"id": self.id, "key": str(self.key), "channel": self.channel}
        return f"Watch({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


@dataclass(frozen=True, slots=True)
class NewWatch:
    """A watch to open; the store gives the run its number."""

    id: str
    key: RunKey
    channel: str
    asked_by: str | None
    live: bool
    thread_ts: str | None = None
    response_url: str | None = None
    url: str | None = None
    notify_on: NotifyOn | None = None
    mention: tuple[str, ...] = ()
    source: WatchSource = "command"

    def __repr__(self) -> str:
        return f"NewWatch(id={self.id!r}, key={str(self.key)!r}, channel={self.channel!r})"


@dataclass(frozen=True, slots=True)
class WatchedRun:
    """A watch with the run it follows."""

    watch: Watch
    tracked: TrackedRun


@dataclass(frozen=True, slots=True)
class HomeResult:
    """A run that has ended, as the App Home lists it."""

    key: RunKey
    status: str
    result: str | None
    channel: str
    ended_at: datetime
    url: str | None
