"""How the words of a run are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.run import (
    Blame,
    Outcome,
    Progress,
    Run,
    RunTestCase,
    Verdict,
    has_ended,
    severity_rank,
    verdict,
)
from bot.domain.run import TestCaseDetails as CaseDetails
from tests.domain.build import case, issue, run

WORDS = st.sampled_from(
    ["", "INITIATED", "RUNNING", "COMPLETED", "ERROR", "CANCELLED", "PASSED", "FAILED", "SKIPPED"]
) | st.text(max_size=12)


# --- the run


@pytest.mark.parametrize(
    ("status", "result", "ended"),
    [
        ("INITIATED", None, False),
        ("RUNNING", None, False),
        ("RUNNING", "FAILED", False),
        ("COMPLETED", None, True),
        ("completed", "PASSED", True),
        ("ERROR", None, True),
        ("CANCELLED", None, True),
        ("PAUSED", None, False),
        ("ARCHIVED", "PASSED", True),
        ("", None, False),
    ],
)
def test_a_run_has_ended_by_its_status_or_an_unknown_one_with_a_result(
    status: str, result: str | None, ended: bool
) -> None:
    assert has_ended(status, result) is ended
    assert run(status, result).has_ended is ended


@pytest.mark.parametrize(
    ("status", "result", "expected"),
    [
        ("COMPLETED", "PASSED", Verdict.PASSED),
        ("COMPLETED", "failed", Verdict.FAILED),
        ("COMPLETED", "SKIPPED", Verdict.SKIPPED),
        ("COMPLETED", None, Verdict.UNKNOWN),
        ("COMPLETED", "FLAKY", Verdict.UNKNOWN),
        ("ERROR", "PASSED", Verdict.ERROR),
        ("CANCELLED", "FAILED", Verdict.CANCELLED),
        ("ARCHIVED", "PASSED", Verdict.PASSED),
    ],
)
def test_the_verdict_comes_from_the_two_words(
    status: str, result: str | None, expected: Verdict
) -> None:
    assert verdict(status, result) is expected
    assert run(status, result).verdict is expected


@given(WORDS, st.none() | WORDS)
def test_no_word_breaks_the_reading(status: str, result: str | None) -> None:
    assert isinstance(has_ended(status, result), bool)
    assert isinstance(verdict(status, result), Verdict)
    assert isinstance(case("a", status=status, result=result).outcome, Outcome)


# --- test cases


@pytest.mark.parametrize(
    ("status", "result", "outcome"),
    [
        ("COMPLETED", "PASSED", Outcome.PASSED),
        ("COMPLETED", "FAILED", Outcome.FAILED),
        ("COMPLETED", "skipped", Outcome.SKIPPED),
        ("ERROR", "FAILED", Outcome.FAILED),
        ("ERROR", None, Outcome.ERRORED),
        ("CANCELLED", None, Outcome.CANCELLED),
        ("COMPLETED", None, Outcome.NO_RESULT),
        ("COMPLETED", "FLAKY", Outcome.NO_RESULT),
        ("INITIATED", None, Outcome.IN_PROGRESS),
        ("QUEUED", "", Outcome.IN_PROGRESS),
    ],
)
def test_each_test_case_has_one_outcome(status: str, result: str | None, outcome: Outcome) -> None:
    assert case("a", status=status, result=result).outcome is outcome


@pytest.mark.parametrize(
    ("code", "blame"),
    [
        ("TEST_FAILED", Blame.PRODUCT),
        ("test_failed", Blame.PRODUCT),
        ("AGENT_MAX_STEPS", Blame.AGENT),
        ("PLATFORM_TIMEOUT", Blame.PLATFORM),
        ("MOON_PHASE", Blame.UNKNOWN),
        (None, Blame.UNKNOWN),
    ],
)
def test_the_error_code_says_who_is_to_blame(code: str | None, blame: Blame) -> None:
    assert case("a", result="FAILED", error_code=code).blame is blame


def test_a_negative_test_case_is_not_inverted() -> None:
    assert case("a", result="PASSED", classification="NEGATIVE").outcome is Outcome.PASSED


def test_cases_are_chosen_by_outcome_in_their_order() -> None:
    seen = run(
        run_test_cases=(case("a"), case("b", result="FAILED"), case("c", status="ERROR", result=""))
    )
    assert [each.short_id for each in seen.cases(Outcome.ERRORED, Outcome.PASSED)] == ["a", "c"]
    assert seen.cases() == ()


@given(st.lists(st.tuples(WORDS, st.none() | WORDS), max_size=20))
def test_progress_counts_each_test_case_once(words: list[tuple[str, str | None]]) -> None:
    cases = [case(str(n), status=s, result=r) for n, (s, r) in enumerate(words)]
    progress = Progress.of(cases)
    assert progress.total == len(cases)
    assert progress.finished == len(cases) - progress[Outcome.IN_PROGRESS]
    assert sum(progress[outcome] for outcome in Outcome) == len(cases)


# --- issues


def test_issues_of_a_category_come_with_the_gravest_first_and_without_settled_ones() -> None:
    seen = run(
        issues=(
            issue("minor", severity="minor"),
            issue("critical", severity="CRITICAL"),
            issue("console", issue_type="CONSOLE"),
            issue("ignored", severity="Critical", status="IGNORED"),
            issue("resolved", status="Resolved"),
            issue("odd", severity="cosmic"),
        )
    )
    active = [each.short_id for each in seen.issues_of("accessibility")]
    assert active == ["critical", "minor", "odd"]
    assert len(seen.issues_of("accessibility", active=False)) == 5
    assert run().issues_of("accessibility") == ()


def test_severities_have_one_order_with_axes_own_words_beside_them() -> None:
    mixed = ["?", "Minor", "moderate", "serious", "Critical"]
    assert sorted(mixed, key=severity_rank) == ["Critical", "serious", "moderate", "Minor", "?"]
    assert severity_rank("MAJOR") == severity_rank("serious")


def _failed_test(*affected: str) -> object:
    return issue(
        f"of-{'-'.join(affected)}",
        issue_type="FAILED_TEST",
        test_cases=tuple({"short_id": one, "name": one} for one in affected),
    )


@pytest.mark.parametrize(
    ("listed", "affected", "counted"),
    [
        (["a"], ["a"], 0),  # the failed case itself is listed: counted there
        (["a"], ["b"], 1),
        (["a"], ["a", "b"], 0),
        (["a"], [], 0),  # nobody knows whose it is, and the cases tell the failures
        ([], ["a"], 1),
        ([], [], 1),
    ],
)
def test_each_failure_is_counted_once(listed: list[str], affected: list[str], counted: int) -> None:
    seen = run(
        run_test_cases=tuple(case(one, result="FAILED") for one in listed),
        issues=(_failed_test(*affected),),
    )
    assert len(seen.failures_known_as_issues_only()) == counted


# --- lenient reading


def test_nulls_of_a_careless_server_are_read_as_empty() -> None:
    seen = Run.model_validate(
        {
            "shortId": "UkxK",
            "status": None,
            "result": None,
            "runTestCases": None,
            "unknownField": 1,
            "issues": [{"id": "1", "shortId": "i", "title": None, "tags": None, "testCases": None}],
        }
    )
    assert (seen.status, seen.run_test_cases) == ("", ())
    assert seen.issues is not None
    assert (seen.issues[0].title, seen.issues[0].tags, seen.issues[0].test_cases) == ("", (), ())


def test_issues_that_were_not_asked_for_are_not_the_same_as_none_found() -> None:
    assert Run.model_validate({"shortId": "a", "status": "RUNNING"}).issues is None
    assert Run.model_validate({"shortId": "a", "status": "RUNNING", "issues": []}).issues == ()


def test_what_identifies_a_thing_is_demanded() -> None:
    for answer in ({"status": "RUNNING"}, {"shortId": "a"}):
        with pytest.raises(ValidationError):
            Run.model_validate(answer)
    with pytest.raises(ValidationError):
        RunTestCase.model_validate({"name": "a"})


def test_times_that_cannot_be_read_are_none() -> None:
    details = CaseDetails.model_validate(
        {
            "id": "1",
            "startedAt": "yesterday",
            "completedAt": "2026-11-24T12:00:00Z",
            "durationMs": "?",
        }
    )
    assert (details.started_at, details.duration_ms) == (None, None)
    assert details.completed_at is not None
