"""What a digest counts: runs, pass rates, failing and flaky test cases, open issues, mutes."""

from datetime import timedelta
from typing import Any

from bot.domain.counting import Counting
from bot.domain.digest import KEPT, Digest, Tally
from bot.domain.record import CaseRecord, IssueRecord, RunRecord
from bot.domain.rules import CaseMute, Rule
from bot.domain.run import Blame, Outcome, Verdict
from tests.domain.build import NOW

P, F, E, S = Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED
START = NOW - timedelta(days=1)


def ended(
    short_id: str,
    verdict: Verdict = Verdict.PASSED,
    *,
    hours: float = 1,
    project: str = "shop",
    issues: tuple[IssueRecord, ...] = (),
    issues_known: bool = True,
    **cases: Any,
) -> RunRecord:
    """A run that ended so many hours ago, with its test cases by name."""
    return RunRecord(
        project=project,
        short_id=short_id,
        verdict=verdict,
        ended_at=NOW - timedelta(hours=hours),
        cases=tuple(
            CaseRecord(
                short_id=f"{short_id}-{name}",
                name=name,
                outcome=outcome,
                blame={F: Blame.PRODUCT, E: Blame.AGENT}.get(outcome),
            )
            for name, outcome in cases.items()
        ),
        issues=issues,
        issues_known=issues_known,
    )


def issue(
    short_id: str, severity: str = "Critical", category: str = "accessibility"
) -> IssueRecord:
    return IssueRecord(
        short_id=short_id, category=category, severity=severity, title=f"Issue {short_id}"
    )


def digest(
    *records: RunRecord,
    before: Tally | None = None,
    history: tuple[RunRecord, ...] = (),
    rule: Rule | None = None,
) -> Digest:
    counting = Counting()
    counting.add(records)
    return counting.digest(
        before=before,
        histories=[[*records, *history] for _ in counting.newest],
        rule=rule or Rule(),
        start=START,
    )


def test_the_pass_rate_leaves_out_runs_that_say_nothing_about_the_product() -> None:
    tally = digest(
        ended("a", Login=P),
        ended("b", Verdict.FAILED, Login=F),
        ended("c", Verdict.ERROR, Login=E),
        ended("d", Verdict.CANCELLED, Login=S),
        ended("e", Login=P),
    ).tally
    assert (tally.runs, tally.passed, tally.decided) == (5, 2, 3)
    assert tally.pass_rate == 2 / 3
    assert (tally.cases_passed, tally.cases) == (2, 3)
    assert tally.case_pass_rate == 2 / 3


def test_where_no_run_passed_or_failed_there_is_no_pass_rate() -> None:
    tally = digest(ended("a", Verdict.ERROR)).tally
    assert tally.pass_rate is None
    assert tally.case_pass_rate is None


def test_a_failure_that_is_the_agents_is_no_verdict_on_the_product() -> None:
    record = ended("a", Verdict.FAILED, Login=F, Pay=F)
    lost = record.cases[0].model_copy(update={"blame": Blame.AGENT})
    tally = digest(record.model_copy(update={"cases": (lost, record.cases[1])})).tally
    assert (tally.cases_passed, tally.cases) == (0, 1)


def test_runs_are_counted_page_by_page_as_all_at_once() -> None:
    records = [ended(f"r{n}", hours=n, Login=P if n % 2 else F, Pay=F) for n in range(1, 9)]
    one, many = Counting(), Counting()
    one.add(records)
    for record in records:
        many.add([record])
    assert one == many


def test_the_period_before_is_left_out_where_nothing_ran_in_it() -> None:
    assert digest(ended("a"), before=Tally()).before is None
    before = Tally(verdicts={Verdict.PASSED: 1})
    assert digest(ended("a"), before=before).before == before


def test_what_broke_most_often_stands_first_with_how_often_it_ran() -> None:
    found = digest(
        ended("a", Verdict.FAILED, hours=1, Login=P, Pay=F, Search=E),
        ended("b", Verdict.FAILED, hours=2, Login=P, Pay=F, Search=P),
        ended("c", Verdict.FAILED, hours=3, Login=F, Pay=S, Search=P),
    )
    assert [(case.name, case.broken, case.runs) for case in found.failing] == [
        ("Pay", 2, 2),
        ("Login", 1, 3),
        ("Search", 1, 3),
    ]
    assert [case.blame for case in found.failing] == [Blame.PRODUCT, Blame.PRODUCT, Blame.AGENT]


def test_test_cases_of_two_projects_are_kept_apart() -> None:
    found = digest(
        ended("a", Verdict.FAILED, project="shop", Login=F),
        ended("b", Verdict.FAILED, project="app", Login=F),
    )
    assert [(case.project, case.broken) for case in found.failing] == [("app", 1), ("shop", 1)]
    assert found.several_projects


def test_long_lists_are_cut_and_counted() -> None:
    cases: dict[str, Any] = {f"t{n:02}": F for n in range(KEPT + 5)}
    found = digest(ended("a", Verdict.FAILED, **cases))
    assert (len(found.failing), found.total_failing) == (KEPT, KEPT + 5)


def test_a_flaky_case_is_found_in_runs_from_before_the_period_too() -> None:
    history = tuple(
        ended(f"h{n}", hours=24 * n, Login=P, Pay=F if n % 2 else P) for n in range(1, 9)
    )
    found = digest(ended("a", Login=P, Pay=P, hours=0.5), history=history)
    assert [(case.name, case.flips) for case in found.flaky] == [("Pay", 8)]


def test_open_issues_are_those_of_the_newest_run_of_each_kind() -> None:
    found = digest(
        ended("a", hours=1, issues=(issue("i1"), issue("i5", "Minor")), Login=P, Pay=P),
        ended("b", hours=2, issues=(issue("i1"), issue("gone")), Login=P, Pay=P),
        ended(
            "c",
            hours=3,
            issues=(issue("i2", "CRITICAL"), issue("i3", "Critical", "console")),
            Map=P,
        ),
    )
    assert [open_.short_id for open_ in found.critical] == ["i1", "i2"]
    assert found.total_critical == 2
    assert found.issues_known


def test_runs_that_were_not_asked_for_issues_do_not_say_that_there_are_none() -> None:
    assert not digest(ended("a", issues_known=False, Login=P)).issues_known


def test_runs_without_test_cases_are_of_one_kind_in_each_project() -> None:
    found = digest(ended("a", issues=(issue("i1"),)), ended("b", hours=2, issues=(issue("i2"),)))
    assert [open_.short_id for open_ in found.critical] == ["i1"]


def test_what_was_muted_is_told_with_how_often_it_broke_meanwhile() -> None:
    rule = Rule(
        muted_until=NOW - timedelta(hours=2),
        muted_cases=(
            CaseMute(name="pay", until=NOW + timedelta(days=1)),
            CaseMute(name="Login", until=START - timedelta(hours=1)),
        ),
    )
    found = digest(
        ended("a", Verdict.FAILED, hours=1, Pay=F),
        ended("b", Verdict.FAILED, hours=2, Pay=F),
        rule=rule,
    )
    assert found.muted_until == rule.muted_until
    assert [(mute.name, mute.broken) for mute in found.muted_cases] == [("pay", 2)]


def test_a_mute_that_ended_before_the_period_is_none_of_its_business() -> None:
    assert digest(ended("a"), rule=Rule(muted_until=START)).muted_until is None
