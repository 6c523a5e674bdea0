"""Records: ended runs as they are remembered, compactly, to compare later ones with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from bot.domain.listing import label, listed_issues
from bot.domain.run import Blame, Outcome, Run, Verdict

COMPARABLE_SHARE = 0.5
"""The share of a run's test cases that another must have to be comparable with it."""
FLAKY_FLIPS = 3
FLAKY_RUNS = 10
"""A test case that flipped so often in so many runs is flaky."""

_BROKEN = frozenset({Outcome.FAILED, Outcome.ERRORED})
_BROKEN_OFF = frozenset({Verdict.CANCELLED, Verdict.ERROR})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CaseRecord(_Part):
    """One test case of an ended run."""

    short_id: str
    name: str
    outcome: Outcome
    blame: Blame | None = None

    @property
    def is_broken(self) -> bool:
        return self.outcome in _BROKEN


class IssueRecord(_Part):
    """One active issue of an ended run; `short_id` is stable across runs."""

    short_id: str
    category: str
    severity: str
    title: str


class RunRecord(_Part):
    """An ended run: what later runs are compared with."""

    project: str
    short_id: str
    verdict: Verdict
    ended_at: datetime
    cases: tuple[CaseRecord, ...] = ()
    issues: tuple[IssueRecord, ...] = ()
    issues_known: bool = True
    """False where QA.tech did not give the issues, so that none of them counts as gone."""
    seconds: float | None = None
    """How long it took from its start to its end, where that was watched and it ended by itself."""

    @property
    def broken(self) -> tuple[CaseRecord, ...]:
        """The test cases that failed or errored."""
        return tuple(case for case in self.cases if case.is_broken)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(case.name for case in self.cases)


def record_of(
    run: Run, project: str, ended_at: datetime, seconds: float | None = None
) -> RunRecord:
    """What is remembered of a run that has ended, `seconds` after its start where that is known."""
    return RunRecord(
        project=project,
        short_id=run.short_id,
        verdict=run.verdict,
        ended_at=ended_at,
        cases=tuple(
            CaseRecord(
                short_id=case.short_id,
                name=label(case),
                outcome=case.outcome,
                blame=case.blame if case.outcome in _BROKEN else None,
            )
            for case in run.run_test_cases
        ),
        issues=tuple(
            IssueRecord(
                short_id=issue.short_id,
                category=issue.category,
                severity=issue.severity,
                title=label(issue),
            )
            for issue in listed_issues(run)
        ),
        issues_known=run.issues is not None,
        seconds=None if run.verdict in _BROKEN_OFF else seconds,
    )


def is_comparable(record: RunRecord, other: RunRecord) -> bool:
    """Same project, and at least half of this run's test cases are in the other, by name."""
    if record.project != other.project or record.short_id == other.short_id:
        return False
    return bool(record.names) and (
        len(record.names & other.names) >= COMPARABLE_SHARE * len(record.names)
    )


def run_before(record: RunRecord, history: Sequence[RunRecord]) -> RunRecord | None:
    """The newest comparable run that ended before this one; `history` is newest first."""
    return next(
        (one for one in history if one.ended_at < record.ended_at and is_comparable(record, one)),
        None,
    )


def flaky_names(record: RunRecord, history: Sequence[RunRecord]) -> frozenset[str]:
    """The test cases that flipped between passed and broken at least three times in ten runs."""
    return frozenset(
        name for name, flips in flips_of(record, history).items() if flips >= FLAKY_FLIPS
    )


def flips_of(record: RunRecord, history: Sequence[RunRecord]) -> Mapping[str, int]:
    """How often each test case went from passed to broken or back in the last ten runs."""
    runs = [record, *(one for one in history if is_comparable(record, one))][:FLAKY_RUNS]
    states: dict[str, list[bool]] = {}
    for one in runs:
        for case in one.cases:
            if case.is_broken or case.outcome is Outcome.PASSED:
                states.setdefault(case.name, []).append(case.is_broken)
    return {name: sum(a != b for a, b in pairwise(broken)) for name, broken in states.items()}


def failing_since(name: str, history: Sequence[RunRecord]) -> tuple[int, datetime] | None:
    """How many runs in a row a test case has been broken, this one not counted, and since when.

    `history` holds comparable runs, newest first. None where the last of them had it whole.
    """
    streak: list[RunRecord] = []
    for one in history:
        if not any(case.name == name and case.is_broken for case in one.cases):
            break
        streak.append(one)
    return (len(streak), streak[-1].ended_at) if streak else None
