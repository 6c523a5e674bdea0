"""What is news to a channel, and who is mentioned; `test_rules_table` has every cell."""

from datetime import timedelta

import pytest

from bot.domain.question import Severity
from bot.domain.record import CaseRecord, IssueRecord, Past, RunRecord
from bot.domain.rules import CaseMute, MentionRule, NotifyOn, Reason, Rule, decide, is_like
from bot.domain.run import Blame, Outcome, Verdict
from tests.domain.build import NOW

V = Verdict
NOT_NEWS = Reason.NOT_NEWS
PAY_MUTED = CaseMute(name="PAY", until=NOW + timedelta(days=3))


def record(
    verdict: Verdict,
    *broken: str,
    passed: tuple[str, ...] = ("Login",),
    issues: tuple[IssueRecord, ...] = (),
    short_id: str = "now",
    blame: Blame | None = None,
) -> RunRecord:
    cases = [
        CaseRecord(short_id=name, name=name, outcome=Outcome.FAILED, blame=blame) for name in broken
    ]
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


def held_against(before: RunRecord | None) -> Past:
    """As `past_of` finds it where there is one run before."""
    conclusive = before is not None and before.is_conclusive
    return Past(before, before if conclusive else None)


def reason(rule: Rule, now_: RunRecord, before: RunRecord | None = None) -> Reason:
    return decide(rule, now_, held_against(before), NOW).reason


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
    rule = Rule(notify_on=notify_on, muted_cases=(PAY_MUTED,))
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
    assert mentions(rule, now_, before) == (("U1",) if mentioned else ())


def mentions(rule: Rule, now_: RunRecord, before: RunRecord | None = None) -> tuple[str, ...]:
    return decide(rule, now_, held_against(before), NOW).mentions


def test_nobody_is_mentioned_twice_nor_where_nothing_is_told() -> None:
    rule = Rule(mentions=(MentionRule(who=("U1", "S1")), MentionRule(who=("U1",), pattern="*")))
    assert mentions(rule, record(V.FAILED, "Pay")) == ("U1", "S1")
    same = record(V.FAILED, "Pay", short_id="before")
    quiet = rule.model_copy(update={"notify_on": NotifyOn.CHANGES})
    assert mentions(quiet, record(V.FAILED, "Pay", "New"), same) == ()


def test_an_old_failure_mentions_nobody_anew() -> None:
    rule = Rule(mentions=(MentionRule(who=("U1",)),))
    before = record(V.FAILED, "Pay", short_id="before")
    assert mentions(rule, record(V.FAILED, "Pay"), before) == ()
    assert mentions(rule, record(V.FAILED, "Pay"), record(V.PASSED, passed=("Pay",))) == ("U1",)


@pytest.mark.parametrize(
    ("blame", "mentioned"),
    [
        (None, True),
        (Blame.PRODUCT, True),
        (Blame.UNKNOWN, True),
        (Blame.AGENT, False),
        (Blame.PLATFORM, False),
    ],
)
def test_what_is_not_the_fault_of_the_product_mentions_nobody(
    blame: Blame | None, *, mentioned: bool
) -> None:
    rule = Rule(mentions=(MentionRule(who=("U1",), pattern="*"),))
    assert mentions(rule, record(V.FAILED, "Pay", blame=blame)) == (("U1",) if mentioned else ())


def test_a_run_that_broke_off_in_between_makes_no_failure_new_and_none_old() -> None:
    rule = Rule(mentions=(MentionRule(who=("U1",)),))
    broken_off = record(V.ERROR, "Pay", "Search", short_id="last")
    old = record(V.FAILED, "Pay", passed=("Search",), short_id="before")
    past = Past(last=broken_off, compared=old)
    assert decide(rule, record(V.FAILED, "Pay"), past, NOW).mentions == ()
    assert decide(rule, record(V.FAILED, "Search"), past, NOW).mentions == ("U1",)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("Guest checkout [EU]", True),
        ("*checkout*", True),
        ("guest*", True),
        ("checkout", True),  # without a wildcard it may stand anywhere
        ("checkout*", False),
        ("Guest?checkout*", True),
        ("*[EU]", True),  # brackets are no wildcards
        ("*[U]", False),
        ("", True),
    ],
)
def test_a_pattern_fits_the_name_of_a_test_case(pattern: str, *, fits: bool) -> None:
    assert is_like("Guest Checkout [EU]", pattern) is fits


def test_the_recovery_of_what_was_muted_is_no_news() -> None:
    rule = Rule(notify_on=NotifyOn.CHANGES, muted_cases=(PAY_MUTED,))
    muted_only = record(V.FAILED, "Pay", passed=("Login", "Search"), short_id="before")
    both = record(V.FAILED, "Pay", "Search", short_id="before")
    well = record(V.PASSED, passed=("Login", "Pay", "Search"))
    assert reason(rule, well, muted_only) is NOT_NEWS
    assert reason(rule, well, both) is Reason.RECOVERED
    assert reason(rule, both, muted_only) is Reason.VERDICT_CHANGED


def test_a_failure_of_another_suite_counts_where_it_is_one_of_the_same_test_cases() -> None:
    rule = Rule(notify_on=NotifyOn.CHANGES)
    others = tuple(f"Story {number}" for number in range(9))
    smoke = record(V.PASSED, passed=("Login", "Pay"))
    elsewhere = record(V.FAILED, "Search", passed=("Login", "Pay", *others), short_id="nightly")
    here = record(V.FAILED, "Pay", passed=("Login", "Search", *others), short_id="nightly")
    assert reason(rule, smoke, elsewhere) is NOT_NEWS
    assert reason(rule, smoke, here) is Reason.RECOVERED


def test_a_test_case_that_was_taken_out_of_the_suite_has_recovered() -> None:
    rule = Rule(notify_on=NotifyOn.CHANGES)
    before = record(V.FAILED, "Old", passed=("Login", "Pay"), short_id="before")
    assert reason(rule, record(V.PASSED, passed=("Login", "Pay")), before) is Reason.RECOVERED
