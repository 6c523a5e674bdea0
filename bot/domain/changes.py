"""What changed from one ended run to the next comparable one; it leads the report."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from bot.domain.matching import CaseKey, difference, not_among
from bot.domain.record import (
    FLAKY_FLIPS,
    HISTORY_RUNS,
    CaseRecord,
    IssueRecord,
    Past,
    RunRecord,
    failing_since,
    flips_of,
)
from bot.domain.run import Blame, Verdict

KEPT = 25
"""The most names that one list keeps; its total counts all."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class NewFailure(_Part):
    """A test case that is broken and was not in the run before, and who is to blame."""

    name: str
    blame: Blame | None = None


class StillFailing(_Part):
    """A test case that was broken in the run before too.

    `runs` is how many runs in a row it has been broken, this one counted; `since` when the first
    of them ended. `at_least`: that one is the oldest that was looked at.
    """

    name: str
    runs: int
    since: datetime
    at_least: bool = False


class ChangeTotals(_Part):
    """How much changed against the comparable run before."""

    total_new_failures: int = 0
    total_still_failing: int = 0
    total_fixed: int = 0
    total_new_issues: int = 0
    total_gone_issues: int = 0


class Changes(ChangeTotals):
    """What changed against the comparable run before; each list is cut at `KEPT`.

    Attributes:
        before: short ID of the run before.
        flaky: test cases that are broken in this run, or fixed by it, and flip from run to run.
    """

    before: str
    before_ended_at: datetime
    new_failures: tuple[NewFailure, ...] = ()
    still_failing: tuple[StillFailing, ...] = ()
    fixed: tuple[str, ...] = ()
    new_issues: tuple[IssueRecord, ...] = ()
    gone_issues: tuple[IssueRecord, ...] = ()
    flaky: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return totals_of(self) == ChangeTotals()


def totals_of(changes: Changes | None) -> ChangeTotals | None:
    """The numbers alone."""
    if changes is None:
        return None
    return ChangeTotals.model_validate(
        {name: getattr(changes, name) for name in ChangeTotals.model_fields}
    )


def changes_of(record: RunRecord, past: Past, history: Sequence[RunRecord]) -> Changes | None:
    """What changed; `history` is newest first, and may be all that there is to look at.

    None where no comparable run is remembered, and for a run that ended with an error: then the
    infrastructure failed, and its test cases say nothing.
    """
    before = past.compared
    if before is None or record.verdict is Verdict.ERROR:
        return None
    cases = record.by_key
    differs = difference(cases, before.by_key)
    runs, maps = past.conclusive, [run.by_key for run in past.conclusive]
    appeared, gone = _issues(record, before), _issues(before, record)
    named = {name for name, _ in (*differs.new, *differs.still, *differs.fixed)}
    flips = flips_of(record, history, named)
    return Changes(
        before=before.short_id,
        before_ended_at=before.ended_at,
        new_failures=tuple(
            NewFailure(name=key[0], blame=cases[key].blame) for key in differs.new[:KEPT]
        ),
        still_failing=tuple(
            _still(key, runs, maps, before, is_cut=len(history) >= HISTORY_RUNS)
            for key in differs.still[:KEPT]
        ),
        fixed=tuple(name for name, _ in differs.fixed[:KEPT]),
        new_issues=appeared[:KEPT],
        gone_issues=gone[:KEPT],
        flaky=tuple(name for name, count in flips.items() if count >= FLAKY_FLIPS)[:KEPT],
        total_new_failures=len(differs.new),
        total_still_failing=len(differs.still),
        total_fixed=len(differs.fixed),
        total_new_issues=len(appeared),
        total_gone_issues=len(gone),
    )


def _still(
    key: CaseKey,
    runs: Sequence[RunRecord],
    maps: Sequence[Mapping[CaseKey, CaseRecord]],
    before: RunRecord,
    *,
    is_cut: bool,
) -> StillFailing:
    row = failing_since(key, maps)
    if row is None:  # in the run that it is a rerun of, which others have come after
        return StillFailing(name=key[0], runs=2, since=before.ended_at)
    count, first = row
    return StillFailing(
        name=key[0],
        runs=count + 1,
        since=runs[first].ended_at,
        at_least=is_cut and first == len(runs) - 1,
    )


def _issues(record: RunRecord, other: RunRecord) -> tuple[IssueRecord, ...]:
    """The accessibility issues that the other run does not have; none where it was not known."""
    if not (record.issues_known and other.issues_known):
        return ()
    return not_among(
        [issue for issue in record.issues if issue.category == "accessibility"], other.issues
    )
