"""Rule × outcome × previous outcome: the reason of every cell; and whom a decision mentions."""

from datetime import timedelta
from itertools import product

import pytest

from bot.domain.question import Severity
from bot.domain.record import CaseRecord, IssueRecord, RunRecord
from bot.domain.rules import TOLD, CaseMute, MentionRule, NotifyOn, Reason, Rule, decide
from bot.domain.run import Outcome, Verdict
from tests.domain.build import NOW

V = Verdict
NOT_NEWS = Reason.NOT_NEWS
# The run before, from left to right; "none" where no comparable run is remembered.
TABLE = """
rule      this run   | none     passed   failed    skipped   error     cancelled unknown
all       passed     | ALL      ALL      ALL       ALL       ALL       ALL       ALL
all       failed     | ALL      ALL      ALL       ALL       ALL       ALL       ALL
all       skipped    | ALL      ALL      ALL       ALL       ALL       ALL       ALL
all       error      | ALL      ALL      ALL       ALL       ALL       ALL       ALL
all       cancelled  | ALL      ALL      ALL       ALL       ALL       ALL       ALL
all       unknown    | ALL      ALL      ALL       ALL       ALL       ALL       ALL
failures  passed     | NOT_NEWS NOT_NEWS RECOVERED RECOVERED RECOVERED RECOVERED RECOVERED
failures  failed     | FAILED   FAILED   FAILED    FAILED    FAILED    FAILED    FAILED
failures  skipped    | FAILED   FAILED   FAILED    FAILED    FAILED    FAILED    FAILED
failures  error      | FAILED   FAILED   FAILED    FAILED    FAILED    FAILED    FAILED
failures  cancelled  | FAILED   FAILED   FAILED    FAILED    FAILED    FAILED    FAILED
failures  unknown    | FAILED   FAILED   FAILED    FAILED    FAILED    FAILED    FAILED
changes   passed     | NOT_NEWS NOT_NEWS RECOVERED RECOVERED RECOVERED RECOVERED RECOVERED
changes   failed     | CHANGED  CHANGED  NOT_NEWS  CHANGED   CHANGED   CHANGED   CHANGED
changes   skipped    | CHANGED  CHANGED  CHANGED   NOT_NEWS  CHANGED   CHANGED   CHANGED
changes   error      | CHANGED  CHANGED  CHANGED   CHANGED   NOT_NEWS  CHANGED   CHANGED
changes   cancelled  | CHANGED  CHANGED  CHANGED   CHANGED   CHANGED   NOT_NEWS  CHANGED
changes   unknown    | CHANGED  CHANGED  CHANGED   CHANGED   CHANGED   CHANGED   NOT_NEWS
"""
SHORT = {"ALL": "WANTS_ALL", "CHANGED": "VERDICT_CHANGED"}
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
BEFORE = [None if word == "none" else Verdict(word) for word in HEAD[4:]]
CELLS = [
    (NotifyOn(rule), Verdict(verdict), before, Reason[SHORT.get(word, word)])
    for rule, verdict, _, *words in ROWS
    for before, word in zip(BEFORE, words, strict=True)
]


def record(
    verdict: Verdict,
    *broken: str,
    passed: tuple[str, ...] = ("Login",),
    issues: tuple[IssueRecord, ...] = (),
    short_id: str = "now",
) -> RunRecord:
    cases = [CaseRecord(short_id=name, name=name, outcome=Outcome.FAILED) for name in broken]
    cases += [CaseRecord(short_id=name, name=name, outcome=Outcome.PASSED) for name in passed]
    return RunRecord(
        project="shop",
        short_id=short_id,
        verdict=verdict,
        ended_at=NOW,
        cases=tuple(cases),
        issues=issues,
    )


def a11y(short_id: str, severity: str = "Critical") -> IssueRecord:
    return IssueRecord(
        short_id=short_id, category="accessibility", severity=severity, title=short_id
    )


def reason(rule: Rule, now_: RunRecord, before: RunRecord | None = None) -> Reason:
    return decide(rule, "shop", now_, before, NOW).reason


@pytest.mark.parametrize(("notify_on", "verdict", "before", "expected"), CELLS)
def test_every_cell_of_the_table_has_its_reason(
    notify_on: NotifyOn, verdict: Verdict, before: Verdict | None, expected: Reason
) -> None:
    was = None if before is None else record(before, short_id="before")
    decision = decide(Rule(notify_on=notify_on), "shop", record(verdict), was, NOW)
    assert decision.reason is expected
    assert decision.tell is (expected in TOLD)


def test_the_table_has_every_rule_and_every_verdict() -> None:
    assert {cell[:3] for cell in CELLS} == set(product(NotifyOn, Verdict, [None, *Verdict]))


@pytest.mark.parametrize(("notify_on", "verdict", "before", "_expected"), CELLS)
def test_nothing_is_told_of_another_project_or_while_the_channel_is_muted(
    notify_on: NotifyOn, verdict: Verdict, before: Verdict | None, _expected: Reason
) -> None:
    was = None if before is None else record(before, short_id="before")
    other = Rule(notify_on=notify_on, projects=("mobile",))
    muted = Rule(notify_on=notify_on, muted_until=NOW + timedelta(seconds=1))
    assert reason(other, record(verdict), was) is Reason.OTHER_PROJECT
    assert reason(muted, record(verdict), was) is Reason.MUTED


def test_a_mute_that_is_over_mutes_nothing() -> None:
    assert reason(Rule(muted_until=NOW), record(V.FAILED, "Pay")) is Reason.FAILED


@pytest.mark.parametrize(
    ("notify_on", "broken", "expected"),
    [
        (NotifyOn.FAILURES, ("Pay",), Reason.CASES_MUTED),
        (NotifyOn.CHANGES, ("Pay",), Reason.CASES_MUTED),
        (NotifyOn.ALL, ("Pay",), Reason.WANTS_ALL),
        (NotifyOn.FAILURES, ("Pay", "Search"), Reason.FAILED),
        (NotifyOn.FAILURES, (), Reason.FAILED),
    ],
)
def test_a_run_in_which_only_muted_test_cases_failed_is_no_news(
    notify_on: NotifyOn, broken: tuple[str, ...], expected: Reason
) -> None:
    mute = CaseMute(name="PAY", until=NOW + timedelta(days=3))
    rule = Rule(notify_on=notify_on, muted_cases=(mute,))
    assert reason(rule, record(V.FAILED, *broken)) is expected


def test_a_test_case_is_news_again_when_its_mute_is_over() -> None:
    rule = Rule(muted_cases=(CaseMute(name="Pay", until=NOW),))
    assert reason(rule, record(V.FAILED, "Pay")) is Reason.FAILED


A = Reason.ACCESSIBILITY


@pytest.mark.parametrize(
    ("severity_from", "new_only", "issues", "known", "expected"),
    [
        (None, True, [a11y("i1")], [], NOT_NEWS),
        (Severity.CRITICAL, True, [a11y("i1")], [], A),
        (Severity.CRITICAL, True, [a11y("i1", "CRITICAL")], [], A),
        (Severity.CRITICAL, True, [a11y("i1", "Major")], [], NOT_NEWS),
        (Severity.MAJOR, True, [a11y("i1", "Critical")], [], A),
        (Severity.MAJOR, True, [a11y("i1", "odd")], [], NOT_NEWS),
        (Severity.CRITICAL, True, [a11y("i1")], [a11y("i1")], NOT_NEWS),
        (Severity.CRITICAL, False, [a11y("i1")], [a11y("i1")], A),
        (Severity.CRITICAL, True, [a11y("i1"), a11y("i2")], [a11y("i1")], A),
    ],
)
def test_accessibility_issues_are_news_by_themselves_from_the_chosen_severity(
    severity_from: Severity | None,
    new_only: bool,
    issues: list[IssueRecord],
    known: list[IssueRecord],
    expected: Reason,
) -> None:
    rule = Rule(accessibility_from=severity_from, accessibility_new_only=new_only)
    before = record(V.PASSED, issues=tuple(known), short_id="before")
    assert reason(rule, record(V.PASSED, issues=tuple(issues)), before) is expected


def test_other_issues_than_those_of_accessibility_are_no_news() -> None:
    console = IssueRecord(short_id="c1", category="console", severity="Critical", title="oops")
    rule = Rule(accessibility_from=Severity.MINOR)
    assert reason(rule, record(V.PASSED, issues=(console,))) is NOT_NEWS


@pytest.mark.parametrize(
    ("mention", "mentioned"),
    [
        (MentionRule(who=("U1",)), True),
        (MentionRule(who=("U1",), pattern="pay*"), True),
        (MentionRule(who=("U1",), pattern="Search"), False),
        (MentionRule(who=("U1",), pattern="log?n"), False),  # it failed before too
        (MentionRule(who=("U1",), severity=Severity.CRITICAL), True),
        (MentionRule(who=("U1",), severity=Severity.CRITICAL, pattern="nothing"), True),
        (MentionRule(who=("U1",), pattern="Muted"), False),
    ],
)
def test_people_are_mentioned_for_new_failures_and_new_issues_only(
    mention: MentionRule, mentioned: bool
) -> None:
    rule = Rule(
        mentions=(mention,), muted_cases=(CaseMute(name="Muted", until=NOW + timedelta(days=1)),)
    )
    now_ = record(V.FAILED, "Pay now", "Login", "Muted", passed=("Search",), issues=(a11y("i2"),))
    before = record(V.FAILED, "Login", passed=("Pay now",), issues=(a11y("i1"),))
    decision = decide(rule, "shop", now_, before, NOW)
    assert decision.mentions == (("U1",) if mentioned else ())


def test_nobody_is_mentioned_twice_nor_where_nothing_is_told() -> None:
    rule = Rule(mentions=(MentionRule(who=("U1", "S1")), MentionRule(who=("U1",), pattern="*")))
    assert decide(rule, "shop", record(V.FAILED, "Pay"), None, NOW).mentions == ("U1", "S1")
    same = record(V.FAILED, "Pay", short_id="before")
    quiet = rule.model_copy(update={"notify_on": NotifyOn.CHANGES})
    assert decide(quiet, "shop", record(V.FAILED, "Pay", "New"), same, NOW).mentions == ()


def test_an_old_failure_of_the_whole_run_mentions_nobody_anew() -> None:
    rule = Rule(mentions=(MentionRule(who=("U1",)),))
    before = record(V.FAILED, "Pay", short_id="before")
    assert decide(rule, "shop", record(V.FAILED, "Pay"), before, NOW).mentions == ()
