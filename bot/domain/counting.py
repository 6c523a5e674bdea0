"""Counting: the runs of a period, page by page, until they make a digest.

They come the newest first, so that a week of thousands of them is never in memory at once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.digest import KEPT, Digest, FailingCase, FlakyCase, MutedCase, OpenIssue, Tally
from bot.domain.muting import muted_cases
from bot.domain.question import Severity
from bot.domain.record import FLAKY_FLIPS, IssueRecord, RunRecord, flips_of, is_comparable
from bot.domain.rules import Rule
from bot.domain.run import Blame, Outcome, Verdict, severity_rank

MOST_SUITES = 20
"""Kinds of runs whose newest one is looked at for flaky test cases and open issues."""

_Case = tuple[str, str]
"""Project and name of a test case."""


@dataclass(slots=True)
class Counting:
    """The runs of a period as they are counted; `newest` holds one run for each kind of runs."""

    newest: list[RunRecord] = field(default_factory=list)
    _verdicts: Counter[Verdict] = field(default_factory=Counter)
    _runs: Counter[_Case] = field(default_factory=Counter)
    _broken: Counter[_Case] = field(default_factory=Counter)
    _blames: dict[_Case, set[Blame | None]] = field(default_factory=dict)
    _projects: set[str] = field(default_factory=set)
    _cases: int = 0
    _cases_passed: int = 0

    def add(self, records: Iterable[RunRecord]) -> None:
        """Count these runs; they come the newest first, and older than those before."""
        for record in records:
            self._verdicts[record.verdict] += 1
            self._projects.add(record.project)
            self._count_cases(record)
            if len(self.newest) < MOST_SUITES and not any(
                _alike(one, record) for one in self.newest
            ):
                self.newest.append(record)

    def tally(self) -> Tally:
        return Tally(
            verdicts=dict(self._verdicts), cases=self._cases, cases_passed=self._cases_passed
        )

    def digest(
        self,
        *,
        before: Tally | None,
        histories: Sequence[Sequence[RunRecord]],
        rule: Rule,
        start: datetime,
    ) -> Digest:
        """The digest of what has been counted.

        Args:
            before: the runs of the period before.
            histories: for each of `newest`, the runs before it, newest first.
            rule: the channel's, for what is muted.
            start: of the period: mutes that ended before are none of its business.
        """
        failing = self._failing()
        flaky = _flaky(self.newest, histories)
        critical = _critical(self.newest)
        muted = self._muted(rule, start)
        is_muted = rule.muted_until is not None and rule.muted_until > start
        return Digest(
            tally=self.tally(),
            before=before if before is not None and before.runs else None,
            failing=tuple(failing[:KEPT]),
            total_failing=len(failing),
            flaky=tuple(flaky[:KEPT]),
            total_flaky=len(flaky),
            critical=tuple(critical[:KEPT]),
            total_critical=len(critical),
            issues_known=any(record.issues_known for record in self.newest),
            muted_until=rule.muted_until if is_muted else None,
            muted_cases=tuple(muted[:KEPT]),
            total_muted_cases=len(muted),
            several_projects=len(self._projects) > 1,
        )

    def _count_cases(self, record: RunRecord) -> None:
        for case in record.cases:
            key = (record.project, case.name)
            if case.is_broken:
                self._broken[key] += 1
                self._blames.setdefault(key, set()).add(case.blame)
            if case.is_broken or case.outcome is Outcome.PASSED:
                self._runs[key] += 1
            if case.outcome in {Outcome.PASSED, Outcome.FAILED} and not _is_no_verdict(case.blame):
                self._cases += 1
                self._cases_passed += case.outcome is Outcome.PASSED

    def _failing(self) -> list[FailingCase]:
        ordered = sorted(self._broken, key=lambda key: (-self._broken[key], key[1], key[0]))
        return [
            FailingCase(
                project=key[0],
                name=key[1],
                broken=self._broken[key],
                runs=self._runs[key],
                blame=_same(self._blames[key]),
            )
            for key in ordered
        ]

    def _muted(self, rule: Rule, start: datetime) -> list[MutedCase]:
        broken: Counter[str] = Counter()
        for (_, name), times in self._broken.items():
            broken[name.casefold()] += times
        return [
            MutedCase(name=mute.name, until=mute.until, broken=broken[mute.name.casefold()])
            for mute in muted_cases(rule, start)
        ]


def _alike(newer: RunRecord, record: RunRecord) -> bool:
    """Whether a run is of the same kind as a newer one, which then says how things stand."""
    if not record.cases:
        return newer.project == record.project and not newer.cases
    return is_comparable(newer, record) or is_comparable(record, newer)


def _flaky(
    newest: Sequence[RunRecord], histories: Sequence[Sequence[RunRecord]]
) -> list[FlakyCase]:
    most: Counter[_Case] = Counter()
    for record, history in zip(newest, histories, strict=True):
        for name, flips in flips_of(record, history).items():
            key = (record.project, name)
            most[key] = max(most[key], flips)
    found = [
        FlakyCase(project=project, name=name, flips=flips)
        for (project, name), flips in most.items()
        if flips >= FLAKY_FLIPS
    ]
    return sorted(found, key=lambda case: (-case.flips, case.name, case.project))


def _critical(newest: Sequence[RunRecord]) -> list[OpenIssue]:
    found: dict[_Case, OpenIssue] = {}
    for record in newest:
        for issue in record.issues:
            if _is_critical(issue):
                found.setdefault(
                    (record.project, issue.short_id),
                    OpenIssue(project=record.project, short_id=issue.short_id, title=issue.title),
                )
    return list(found.values())


def _is_critical(issue: IssueRecord) -> bool:
    is_grave = severity_rank(issue.severity) <= Severity.CRITICAL.rank
    return issue.category == "accessibility" and is_grave


def _is_no_verdict(blame: Blame | None) -> bool:
    return blame in {Blame.AGENT, Blame.PLATFORM}


def _same(blames: set[Blame | None]) -> Blame | None:
    return next(iter(blames)) if len(blames) == 1 else None
