"""What changed from one ended run to the next comparable one; it leads the report."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from bot.domain.record import (
    IssueRecord,
    RunRecord,
    failing_since,
    flaky_names,
    is_comparable,
    run_before,
)
from bot.domain.run import Outcome

KEPT = 25
"""The most names that one list keeps; its total counts all."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StillFailing(_Part):
    """A test case that was broken in the run before too.

    `runs` is how many runs in a row it has been broken, this one counted; `since` when the first
    of them ended.
    """

    name: str
    runs: int
    since: datetime


class Changes(_Part):
    """What changed against the comparable run before; each list is cut at `KEPT`.

    Attributes:
        before: short ID of the run before.
        flaky: broken test cases of this run that flip from run to run.
    """

    before: str
    before_ended_at: datetime
    new_failures: tuple[str, ...] = ()
    still_failing: tuple[StillFailing, ...] = ()
    fixed: tuple[str, ...] = ()
    new_issues: tuple[IssueRecord, ...] = ()
    gone_issues: tuple[IssueRecord, ...] = ()
    flaky: tuple[str, ...] = ()
    total_new_failures: int = 0
    total_still_failing: int = 0
    total_fixed: int = 0
    total_new_issues: int = 0
    total_gone_issues: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (
            self.total_new_failures
            or self.total_still_failing
            or self.total_fixed
            or self.total_new_issues
            or self.total_gone_issues
        )


def changes_of(record: RunRecord, history: Sequence[RunRecord]) -> Changes | None:
    """What changed; None where no comparable run is remembered. `history` is newest first."""
    before = run_before(record, history)
    if before is None:
        return None
    comparable = [
        one for one in history if one.ended_at < record.ended_at and is_comparable(record, one)
    ]
    broken_before = {case.name for case in before.broken}
    new = [case.name for case in record.broken if case.name not in broken_before]
    still = [case.name for case in record.broken if case.name in broken_before]
    fixed = [
        case.name
        for case in record.cases
        if case.outcome is Outcome.PASSED and case.name in broken_before
    ]
    appeared, gone = _issues(record, before), _issues(before, record)
    flaky = flaky_names(record, comparable)
    return Changes(
        before=before.short_id,
        before_ended_at=before.ended_at,
        new_failures=tuple(new[:KEPT]),
        still_failing=tuple(_still(name, comparable, before) for name in still[:KEPT]),
        fixed=tuple(fixed[:KEPT]),
        new_issues=appeared[:KEPT],
        gone_issues=gone[:KEPT],
        flaky=tuple(case.name for case in record.broken if case.name in flaky)[:KEPT],
        total_new_failures=len(new),
        total_still_failing=len(still),
        total_fixed=len(fixed),
        total_new_issues=len(appeared),
        total_gone_issues=len(gone),
    )


def _still(name: str, comparable: Sequence[RunRecord], before: RunRecord) -> StillFailing:
    streak = failing_since(name, comparable)
    runs, since = streak if streak is not None else (1, before.ended_at)
    return StillFailing(name=name, runs=runs + 1, since=since)


def _issues(record: RunRecord, other: RunRecord) -> tuple[IssueRecord, ...]:
    """The accessibility issues that the other run does not have; none where it was not known."""
    if not (record.issues_known and other.issues_known):
        return ()
    known = {issue.short_id for issue in other.issues}
    return tuple(
        issue
        for issue in record.issues
        if issue.category == "accessibility" and issue.short_id not in known
    )
