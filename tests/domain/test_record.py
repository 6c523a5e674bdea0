from datetime import timedelta

import pytest

from bot.domain.record import (
    FLAKY_FLIPS,
    CaseRecord,
    Past,
    RunRecord,
    failing_since,
    flips_of,
    is_comparable,
    is_same_suite,
    past_of,
    record_of,
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


def flaky_in(now: RunRecord, history: list[RunRecord]) -> set[str]:
    """The test cases that are marked as flaky."""
    return {name for name, flips in flips_of(now, history).items() if flips >= FLAKY_FLIPS}


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
    found = past_of(now, history).last
    assert found is not None
    assert found.short_id == "nightly"
    assert past_of(now, history[:2]).last is None


def test_a_smoke_run_is_held_against_the_last_smoke_run_and_not_the_nightly_one_since() -> None:
    smoke, nightly = dict.fromkeys("ab", P), dict.fromkeys("abcdefgh", F)
    history = [record("nightly", 1, "shop", **nightly), record("smoke", 2, "shop", **smoke)]
    now = record("now", 0, "shop", **smoke)
    assert is_comparable(now, history[0])
    assert not is_same_suite(now, history[0])
    assert id_of(past_of(now, history).last) == "smoke"
    assert id_of(past_of(now, history[:1]).last) == "nightly"
    assert id_of(past_of(record("n", 0, "shop", **nightly), history).last) == "nightly"


def test_a_rerun_is_held_against_the_run_that_it_is_a_rerun_of() -> None:
    failed = record("nightly", 9, a=F, b=F, c=P, d=P, e=P)
    history = [record("yesterday", 5, a=P, b=P), failed]
    now = record("now", a=P, b=P)
    assert id_of(past_of(now, history).last) == "yesterday"
    past = past_of(now, history, failed)
    assert (id_of(past.last), id_of(past.compared)) == ("nightly", "nightly")
    past = past_of(now, history, record("of another suite", 5, z=F))
    assert (id_of(past.last), id_of(past.compared)) == ("yesterday", "yesterday")


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.CANCELLED])
def test_a_run_that_broke_off_gives_the_verdict_before_and_no_test_cases(verdict: Verdict) -> None:
    broken_off = record("r1", 5, a=E, b=E).model_copy(update={"verdict": verdict})
    whole = record("r2", 10, a=P, b=P)
    past = past_of(record("now", a=P, b=P), [broken_off, whole])
    assert past == Past(broken_off, whole, conclusive=[whole])
    assert past_of(record("now", a=P), [broken_off], broken_off) == Past(broken_off, None, [])


@pytest.mark.parametrize(
    ("outcomes", "flaky"),
    [
        ([P, F, P, F], True),
        ([P, F, P, P], False),
        ([E, P, F, P], True),
        ([P, S, F, S, P, S, F], True),  # what was skipped says nothing
        ([P, P, P, P, P, P, P, F, P, F, P], True),
        ([P, P, P, P, P, P, P, P, F, P, F, P], False),  # too long ago
        ([P, S, P, S, P, S, P, S, F, S, P, S, F, S, P], True),  # ten runs of it
        ([P], False),
    ],
)
def test_a_test_case_that_flipped_three_times_in_its_last_ten_runs_is_flaky(
    outcomes: list[Outcome], *, flaky: bool
) -> None:
    now, *history = [record(f"r{n}", n, a=outcome, b=P) for n, outcome in enumerate(outcomes)]
    assert flaky_in(now, history) == ({"a"} if flaky else set())


def test_the_runs_of_every_suite_count_for_flakiness_but_those_of_other_projects() -> None:
    others = [record("smoke", 1, a=P), record("n", 2, "shop", a=F, b=P, c=P), record("s", 3, a=P)]
    assert flaky_in(record("now", a=F), others) == {"a"}
    mobile = [one.model_copy(update={"project": "mobile"}) for one in others]
    assert flaky_in(record("now", a=F), mobile) == set()


def test_what_the_platform_is_to_blame_for_does_not_make_a_test_case_flaky() -> None:
    runs = [record(f"r{n}", n, a=each) for n, each in enumerate([P, F, P, F])]
    down = CaseRecord(short_id="c", name="a", outcome=F, blame=Blame.PLATFORM)
    missed = [one.model_copy(update={"cases": (down,)}) if one.broken else one for one in runs]
    broken_off = [one.model_copy(update={"verdict": Verdict.ERROR}) for one in runs]
    assert flaky_in(runs[0], runs[1:]) == {"a"}
    assert flaky_in(missed[0], missed[1:]) == set()
    assert flaky_in(broken_off[0], broken_off[1:]) == set()


def test_a_row_of_failures_is_counted_back_to_its_first_run() -> None:
    runs = [record("r1", 1, a=F), record("r2", 2, a=E), record("r3", 3, a=P), record("r4", a=F)]
    maps = [one.by_key for one in runs]
    assert failing_since(("a", 0), maps) == (2, 1)
    assert failing_since(("b", 0), maps) is None
    assert failing_since(("a", 0), maps[2:]) is None
    assert failing_since(("a", 0), []) is None


def test_a_run_that_skipped_a_test_case_does_not_end_the_row_of_its_failures() -> None:
    runs = [record("r1", 1, a=F), record("r2", 2, a=S), record("r3", 3, b=F), record("r4", 4, a=F)]
    assert failing_since(("a", 0), [one.by_key for one in runs]) == (2, 3)


def id_of(found: RunRecord | None) -> str | None:
    return None if found is None else found.short_id
