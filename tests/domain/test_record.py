from datetime import timedelta

import pytest

from bot.domain.record import (
    CaseRecord,
    RunRecord,
    failing_since,
    flaky_names,
    is_comparable,
    record_of,
    run_before,
)
from bot.domain.run import Blame, Outcome, Verdict
from tests.domain.build import NOW, case, issue, run

P, F, E, S = Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED


def record(short_id: str, minutes: int = 0, project: str = "shop", **cases: Outcome) -> RunRecord:
    """A run that ended so many minutes ago; its test cases by name."""
    return RunRecord(
        project=project,
        short_id=short_id,
        verdict=Verdict.PASSED,
        ended_at=NOW - timedelta(minutes=minutes),
        cases=tuple(
            CaseRecord(short_id=f"{short_id}-{name}", name=name, outcome=outcome)
            for name, outcome in cases.items()
        ),
    )


def test_a_record_holds_what_later_runs_are_compared_with() -> None:
    ended = run(
        "COMPLETED",
        "FAILED",
        run_test_cases=(
            case("a", name=" Login "),
            case("b", name="", result="FAILED", error_code="AGENT_LOST"),
        ),
        issues=(issue("i1"), issue("i2", status="Ignored"), issue("i3", issue_type="FAILED_TEST")),
    )
    kept = record_of(ended, "shop", NOW)
    assert (kept.project, kept.short_id, kept.verdict) == ("shop", "UkxK", Verdict.FAILED)
    assert [(each.name, each.outcome, each.blame) for each in kept.cases] == [
        ("Login", P, None),
        ("b", F, Blame.AGENT),
    ]
    assert [each.short_id for each in kept.issues] == ["i1"]
    assert kept.issues_known
    assert [each.name for each in kept.broken] == ["b"]


def test_a_run_without_issues_asked_for_does_not_know_them() -> None:
    assert not record_of(run("COMPLETED", "PASSED"), "shop", NOW).issues_known


@pytest.mark.parametrize(
    ("mine", "theirs", "comparable"),
    [
        ("ab", "ab", True),
        ("abcd", "ab", True),  # half of them are shared
        ("abcde", "ab", False),
        ("ab", "abcdefgh", True),
        ("", "", False),
        ("ab", "cd", False),
    ],
)
def test_runs_that_share_half_of_the_test_cases_are_comparable(
    mine: str, theirs: str, *, comparable: bool
) -> None:
    one = record("one", 0, "shop", **dict.fromkeys(mine, P))
    assert is_comparable(one, record("two", 0, "shop", **dict.fromkeys(theirs, F))) is comparable


def test_a_run_is_not_comparable_with_itself_or_with_another_project() -> None:
    one = record("one", a=P)
    assert not is_comparable(one, record("one", 5, a=P))
    assert not is_comparable(one, record("two", 5, project="mobile", a=P))


def test_the_run_before_is_the_newest_comparable_one_that_ended_earlier() -> None:
    now = record("now", 10, a=P, b=P)
    history = [
        record("later", 5, a=P, b=P),
        record("smoke", 15, c=P),
        record("nightly", 20, a=F, b=P),
        record("older", 30, a=P, b=P),
    ]
    found = run_before(now, history)
    assert found is not None
    assert found.short_id == "nightly"
    assert run_before(now, history[:2]) is None


@pytest.mark.parametrize(
    ("outcomes", "flaky"),
    [
        ([P, F, P, F], True),
        ([P, F, P, P], False),
        ([E, P, F, P], True),
        ([P, S, F, S, P, S, F], True),  # what was skipped says nothing
        ([P, P, P, P, P, P, P, P, F, P, F, P], False),  # too long ago
        ([P], False),
    ],
)
def test_a_test_case_that_flipped_three_times_in_ten_runs_is_flaky(
    outcomes: list[Outcome], *, flaky: bool
) -> None:
    now, *history = [record(f"r{n}", n, a=outcome, b=P) for n, outcome in enumerate(outcomes)]
    assert flaky_names(now, history) == ({"a"} if flaky else set())


def test_a_streak_of_failures_is_counted_back_to_its_first_run() -> None:
    history = [record("r1", 1, a=F), record("r2", 2, a=E), record("r3", 3, a=P), record("r4", a=F)]
    assert failing_since("a", history) == (2, NOW - timedelta(minutes=2))
    assert failing_since("b", history) is None
    assert failing_since("a", history[2:]) is None
    assert failing_since("a", []) is None
