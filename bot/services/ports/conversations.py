"""What threads, buttons, the App Home and reruns need of the database, as Protocols."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import NewEntry
from bot.domain.short_id import RunKey
from bot.domain.watch import HomeResult, TrackedRun, Watch, WatchedRun


@dataclass(frozen=True, slots=True)
class ThreadRun:
    """The run that a thread is about; `tracked.run` is the stored snapshot when it has ended.

    `watch` is the newest watch that speaks there, None below a report that nobody watched for.
    """

    tracked: TrackedRun
    watch: Watch | None


class Conversations(Protocol):
    """What threads, buttons and the App Home need to know of the past."""

    async def run_in_thread(self, channel: str, thread_ts: str) -> ThreadRun | None:
        """The run of the newest live message or report in this thread; None: not our thread."""
        ...

    async def was_not_understood(self, channel: str, thread_ts: str, *, besides: str) -> bool:
        """Whether a reply in this thread has said before that a sentence was not understood.

        The reply of the `dedupe_key` that `besides` names does not count.
        """
        ...

    async def known_run(self, key: RunKey) -> TrackedRun | None:
        """A run as it is stored, with its snapshot where it has ended."""
        ...

    async def watches_by(self, user: str) -> Sequence[WatchedRun]:
        """The active watches that this person asked for, oldest first."""
        ...

    async def results_in(self, channels: Sequence[str], limit: int) -> Sequence[HomeResult]:
        """The runs that ended last in these channels, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class RerunClaim:
    """The right to ask QA.tech for a rerun, or who has had it a moment ago.

    Attributes:
        id: of the record to close with `end_rerun`; None where somebody else was first.
        asked_by: who was first.
        new_short_id: the run that theirs started, None while that is not known.
    """

    id: int | None
    asked_by: str
    new_short_id: str | None


class RerunLog(Protocol):
    """Reruns, so that two people who press at once make one."""

    async def begin_rerun(
        self,
        key: RunKey,
        *,
        failed_only: bool,
        asked_by: str,
        since: datetime,
        now: datetime,
        request_id: str | None = None,
        audit: Sequence[NewEntry] = (),
    ) -> RerunClaim:
        """Record a rerun before QA.tech is asked, unless one was begun after `since`.

        Nor is one recorded where this very request has begun one, however long ago: Slack
        delivers events twice, and what is signed can be sent again. One that QA.tech refused does
        not count. The audit entries are written with the record.
        """
        ...

    async def end_rerun(
        self,
        rerun_id: int,
        *,
        new_short_id: str | None,
        refused: bool,
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> None:
        """What became of it; neither: nobody knows whether it was started.

        The audit entries are written with that, as of `now`.
        """
        ...
