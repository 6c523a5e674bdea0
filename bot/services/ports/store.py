"""What the services need of the database, as Protocols."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import NewEntry
from bot.domain.notice import NewNotice, Telling
from bot.domain.pace import UNSEEN, Pace
from bot.domain.record import RunRecord
from bot.domain.run import Progress, Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch, WatchedRun, WatchState
from bot.services.ports.alerts import Heartbeats, Quiet, Records, Refusals, Rules
from bot.services.ports.audit import AuditTrail
from bot.services.ports.conversations import Conversations, RerunLog
from bot.services.ports.dead_letters import DeadLetters
from bot.services.ports.deliveries import Deliveries
from bot.services.ports.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll changes about a tracked run; written only while its lease is held.

    Attributes:
        run: the whole answer when this was the final look, else None.
        active: False when it is not to be polled again.
        watches_end: the state that every active watch of the run ends in, None to keep them.
        changed: whether something that people see has changed.
        record: what is remembered of the run when it has ended, else None.
    """

    run_id: int
    status: str
    result: str | None
    progress: Progress
    run: Run | None
    active: bool
    watches_end: WatchState | None
    changed: bool
    changed_at: datetime
    cases_seen_at: datetime | None
    next_poll_at: datetime
    polls: int
    failures: int
    missing: int
    refusals: int
    final_failures: int
    pace: Pace = UNSEEN
    record: RunRecord | None = None

    @property
    def owes_nothing(self) -> bool:
        """Whether nobody is told anything, and nothing but the tracked run changes."""
        return not self.changed and self.watches_end is None and self.run is None


NoticesFor = Callable[[Watch], Sequence[NewNotice]]
"""The notices that a change owes to one watch."""

NoticesBeside = Callable[[Collection[str]], Sequence[NewNotice]]
"""The notices that a change owes to channels that do not watch the run.

It is given those that watch it, and those where a person has stopped that.
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A watch that now stands; `created` is False where the channel had it already."""

    watch: Watch
    tracked: TrackedRun
    created: bool


class Watches(Protocol):
    """Tracked runs and watches, kept."""

    async def open_watch(
        self,
        new: NewWatch,
        *,
        seen: Run | None,
        next_poll_at: datetime,
        notices_for: NoticesFor,
        now: datetime,
    ) -> Opened:
        """Store a watch, the run it follows and its first notices, in one transaction.

        At most one active watch exists for a run and channel: where there is one, or one with this
        ID whatever its state, it is returned and nothing is written. A run that nobody watched is
        made active, `watched_since` now. `seen` is what QA.tech just said, None where it could not
        be asked.
        """
        ...

    async def save_ended(
        self,
        key: RunKey,
        *,
        run: Run,
        url: str | None,
        notice_for: Callable[[int], NewNotice],
        now: datetime,
        record: RunRecord | None = None,
    ) -> None:
        """Store an ended run's snapshot and a notice of it (given its `run_id`) in one transaction.

        With `record` the run is remembered too, as it is then; a moment of its end that is known
        already stays. A run that others still watch stays active: its own final look tells them.
        """
        ...

    async def find_watch(self, key: RunKey, channel: str) -> WatchedRun | None:
        """The active watch of this run in this channel."""
        ...

    async def watches_in(self, channel: str | None) -> Sequence[WatchedRun]:
        """Active watches of a channel, or of all, oldest first."""
        ...

    async def last_watch(self, key: RunKey, channel: str) -> WatchedRun | None:
        """The newest watch of this run in this channel, whatever its state."""
        ...

    async def end_watch(
        self,
        watch_id: str,
        *,
        state: WatchState,
        notices: Sequence[NewNotice],
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> bool:
        """End one active watch and write its notices and audit entries in one transaction.

        The live message's pending notice is superseded; a run that no active watch follows any
        more becomes inactive. False, and nothing written, where the watch was not active.
        """
        ...

    async def poll_soon(self, run_id: int, now: datetime) -> None:
        """Make an active run due at once."""
        ...


class Polls(Protocol):
    """The tracked runs, shared out by leases."""

    async def claim_runs(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[TrackedRun]:
        """Lease at most `limit` active runs that are due, the most overdue first; committed."""
        ...

    async def save_poll(
        self,
        polled: Polled,
        *,
        owner: str,
        notices_for: NoticesFor,
        now: datetime,
        notices_beside: NoticesBeside | None = None,
    ) -> bool:
        """Save a poll and give the lease back, with the notices it owes, in one transaction.

        `polled.record` is remembered, and `notices_beside` is called, in the same transaction.

        `notices_for` is called for each watch that is active at that moment, when
        `polled.changed` or `polled.watches_end`; the notice of a live message is written again as
        a newer version, any other at most once. When the watches end, the pending notices of
        their live messages are superseded. False, and nothing written, when the lease is lost.
        """
        ...

    async def save_quiet_polls(
        self, polls: Sequence[Polled], *, owner: str, now: datetime
    ) -> Collection[int]:
        """Save polls that owe nothing, in one transaction; returns the runs whose lease was held.

        Each is as if it were saved by `save_poll`.
        """
        ...

    async def poll_all_soon(self, now: datetime) -> int:
        """Make every active run due at once (the bot was away), and say how many are due then.

        But those that QA.tech gave no answer about: they wait as long as it asked for.
        """
        ...

    async def overdue(self, now: datetime) -> float:
        """Seconds by which the most overdue unleased run is late; 0 when none is."""
        ...

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next unleased active run is due, or was; None where there is none."""
        ...

    async def due_runs(self, now: datetime, limit: int) -> int:
        """How many unleased runs are due; counted up to `limit`."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """A notice taken for one attempt at telling it."""

    telling: Telling
    live_notice_id: int | None
    """The id that the watch's live message carries in its metadata."""
    live_uncertain: bool
    """Whether that live message may have been posted without our knowing its `ts`."""
    unsettled_until: datetime | None = None
    """Until then Slack may still do what an earlier attempt asked for."""
    live_unsettled_until: datetime | None = None
    """The same for the attempts at the watch's live message."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be told.

    Attributes:
        depth: notices that are not told yet, due or not.
        age: seconds for which the oldest of them has been overdue; of a final one that has been
            tried, since it was written: its next attempt lies ahead, and yet it is late.
    """

    depth: int
    age: float


class Outbox(Protocol):
    """The notices not yet told. One sender holds a channel at a time."""

    async def add(self, notices: Sequence[NewNotice], now: datetime) -> int:
        """Write notices that no change of a run carries; returns how many were new."""
        ...

    async def claim_channels(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[str]:
        """Lease channels that have a notice due and are free to be posted in; committed."""
        ...

    async def begin(
        self,
        channel: str,
        *,
        now: datetime,
        owner: str,
        until: datetime,
        settles_after: float = 0.0,
    ) -> Attempt | None:
        """Take the channel's next due notice, renew the lease, and note that an attempt began.

        What an attempt that never ended asked for is settled `settles_after` seconds after it
        began.

        Final before live, older before newer; a notice waits for earlier final ones of its watch.
        None when nothing is due or the channel's lease is lost.
        """
        ...

    async def sent(
        self, attempt: Attempt, *, ts: str | None, live_due_at: datetime, now: datetime
    ) -> None:
        """The notice has been told as message `ts` (None: only to the asker).

        A form of a live message leaves its `ts` on the watch. A live notice that has a newer
        version by now stays pending, due at `live_due_at`; so does its next version.
        """
        ...

    async def found_live(self, attempt: Attempt, ts: str | None) -> None:
        """An uncertain live message has been looked for: its `ts`, None if it was not posted."""
        ...

    async def retry(
        self,
        attempt: Attempt,
        *,
        at: datetime,
        why: str,
        uncertain: bool,
        told_aside: bool,
        settles_at: datetime | None = None,
    ) -> None:
        """Not told yet; try again at `at`. `uncertain`: Slack may have it all the same.

        `settles_at`: until then Slack may still do it; an earlier moment changes nothing.
        """
        ...

    async def drop(self, attempt: Attempt, *, why: str, now: datetime) -> None:
        """It will not be told; kept with the reason."""
        ...

    async def release(self, channel: str, *, owner: str, free_at: datetime) -> None:
        """Give the channel back; nobody posts in it before `free_at`."""
        ...

    async def hasten(self, channel: str, now: datetime) -> None:
        """Make what waits in this channel due at once (the bot was invited)."""
        ...

    async def backlog(self, now: datetime) -> Backlog:
        """What waits to be told, for the operator."""
        ...


class Store(
    Watches,
    Polls,
    Outbox,
    Conversations,
    RerunLog,
    Rules,
    Records,
    Refusals,
    Quiet,
    Heartbeats,
    Deliveries,
    AuditTrail,
    DeadLetters,
    Inbox,
    Protocol,
):
    """The database."""

    async def ping(self) -> None:
        """Raises when the database cannot be written to or read."""
        ...
