"""Records: ended runs as they are remembered, compactly, and which of them a run is compared with.

`docs/decisions/0008-comparable-runs.md` says the same at length, with the reasons.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice, pairwise

from pydantic import BaseModel, ConfigDict

from bot.domain.listing import label, listed_issues
from bot.domain.matching import CaseKey, keyed
from bot.domain.run import Blame, Outcome, Run, Verdict

HISTORY_RUNS = 40
"""Remembered runs that are looked at for one that has ended."""
COMPARABLE_SHARE = 0.5
"""The share of a run's test cases that another must have to be comparable with it."""
FLAKY_FLIPS = 3
FLAKY_RUNS = 10
"""A test case that flipped so often in so many runs is flaky."""

_BROKEN = frozenset({Outcome.FAILED, Outcome.ERRORED})
_BROKEN_OFF = frozenset({Verdict.ERROR, Verdict.CANCELLED})


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

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(case.name for case in self.cases)

    @cached_property
    def by_key(self) -> Mapping[CaseKey, CaseRecord]:
        """The test cases as `matching` knows them."""
        return keyed((case.name, case) for case in self.cases)

    @property
    def is_conclusive(self) -> bool:
        """Whether its test cases can be compared with: it did not break off."""
        return self.verdict not in _BROKEN_OFF


@dataclass(frozen=True, slots=True)
class Past:
    """The runs that a run is held against.

    Attributes:
        last: the comparable run before it, however it ended: its verdict is the one before.
        compared: the newest one that did not break off: what is not broken there is new.
        conclusive: all comparable ones that did not break off, newest first.
    """

    last: RunRecord | None = None
    compared: RunRecord | None = None
    conclusive: Sequence[RunRecord] = ()


def names_of(run: Run) -> frozenset[str]:
    """The names of a run's test cases, as its record will have them; they say which suite it is."""
    return frozenset(label(case) for case in run.run_test_cases)


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


def is_same_suite(record: RunRecord, other: RunRecord) -> bool:
    """Comparable both ways: a smoke run is comparable with the nightly one, and no such."""
    return is_comparable(record, other) and is_comparable(other, record)


def past_of(
    record: RunRecord, history: Sequence[RunRecord], origin: RunRecord | None = None
) -> Past:
    """What this run is held against; `history` is newest first.

    `origin` is the run that it is a rerun of, if it is known to be one.
    """
    comparable = [one for one in history if _is_before(record, one)]
    if origin is not None and not is_comparable(record, origin):
        origin = None
    return Past(
        last=origin or _nearest(record, comparable),
        compared=origin
        if origin is not None and origin.is_conclusive
        else _nearest(record, [one for one in comparable if one.is_conclusive]),
        conclusive=[one for one in comparable if one.is_conclusive],
    )


def _nearest(record: RunRecord, comparable: Sequence[RunRecord]) -> RunRecord | None:
    """The newest of the same suite, else the newest of all."""
    return next(
        (one for one in comparable if is_same_suite(record, one)),
        comparable[0] if comparable else None,
    )


def _is_before(record: RunRecord, other: RunRecord) -> bool:
    return other.ended_at < record.ended_at and is_comparable(record, other)


def flips_of(
    record: RunRecord, history: Sequence[RunRecord], names: Collection[str] | None = None
) -> Mapping[str, int]:
    """How often each test case of a run, or each of `names`, flipped between passed and broken.

    The last ten runs of each test case count, of whichever suite; those that broke off do not,
    nor what the platform is to blame for.
    """
    runs = [
        one.by_key
        for one in (record, *history)
        if one.project == record.project and one.is_conclusive
    ]
    flips: dict[str, int] = {}
    for key in record.by_key:
        if names is None or key[0] in names:
            broken = list(islice(_told(key, runs), FLAKY_RUNS))
            found = sum(a != b for a, b in pairwise(broken))
            flips[key[0]] = max(found, flips.get(key[0], 0))
    return flips


def _told(key: CaseKey, runs: Iterable[Mapping[CaseKey, CaseRecord]]) -> Iterator[bool]:
    """Whether it was broken, run by run, as far as a run says."""
    for cases in runs:
        case = cases.get(key)
        if case is None or case.blame is Blame.PLATFORM:
            continue
        if case.is_broken or case.outcome is Outcome.PASSED:
            yield case.is_broken


def failing_since(
    key: CaseKey, runs: Sequence[Mapping[CaseKey, CaseRecord]]
) -> tuple[int, int] | None:
    """How many runs in a row a test case has been broken, and which of them was the first.

    `runs` are comparable, newest first, without the present one. A run that skipped the test case
    neither counts nor ends the row. None where the last run of it did not break.
    """
    count, first = 0, 0
    for number, cases in enumerate(runs):
        case = cases.get(key)
        if case is None or not (case.is_broken or case.outcome is Outcome.PASSED):
            continue
        if not case.is_broken:
            break
        count, first = count + 1, number
    return (count, first) if count else None
