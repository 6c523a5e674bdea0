from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.qatech_answers import run_json
from bot.playground.qatech_script import Case, Finding, Script, mint

CASES = st.builds(
    Case,
    name=st.text(max_size=5),
    result=st.sampled_from(["PASSED", "FAILED", "SKIPPED", None]),
    status=st.sampled_from(["COMPLETED", "ERROR", "CANCELLED"]),
)
SCRIPTS = st.builds(
    Script,
    short_id=st.just("S1"),
    cases=st.lists(CASES, max_size=8).map(tuple),
    duration=st.floats(10, 1000),
    queued=st.floats(0, 10),
    ending=st.sampled_from(["COMPLETED", "ERROR", "CANCELLED", "ARCHIVED"]),
)


@given(SCRIPTS, st.lists(st.floats(0, 1100), min_size=2, max_size=6))
def test_a_run_never_goes_backwards(script: Script, moments: list[float]) -> None:
    order = {"INITIATED": 0, "RUNNING": 1, script.ending: 2}
    looks = [script.at(moment) for moment in sorted(moments)]
    for before, after in pairwise(looks):
        assert order[before.status] <= order[after.status]
        for old, new in zip(before.cases, after.cases, strict=True):
            assert old.short_id == new.short_id
            assert not old.is_over or new == old
        assert len(before.issues) <= len(after.issues)


@given(SCRIPTS)
def test_at_its_end_everything_is_over_and_not_before(script: Script) -> None:
    end = script.at(script.duration)
    assert (end.status, end.result) == (script.ending, script.final_result)
    assert all(case.is_over for case in end.cases)
    assert script.at(script.duration - 0.01).result is None


@given(SCRIPTS)
def test_every_failure_is_an_issue_too(script: Script) -> None:
    failed = [case.name for case in script.cases if case.result == "FAILED"]
    issues = script.at(script.duration).issues
    assert [issue.cases[0] for issue in issues] == failed
    assert not replace(script, failures_as_issues=False).at(script.duration).issues


def test_test_cases_finish_one_by_one() -> None:
    script = Script("S1", tuple(Case(f"c{n}") for n in range(10)), duration=110, queued=10)
    done = [sum(case.is_over for case in script.at(t).cases) for t in range(0, 111, 10)]
    assert done == [0, *range(11)]
    running = [case.status for case in script.at(45).cases].count("RUNNING")
    assert running == 4


def test_an_issue_appears_with_the_first_case_that_has_it() -> None:
    finding = Finding("low contrast", cases=("c0", "c1"))
    script = Script("S1", (Case("c0"), Case("c1"), Case("c2")), (finding,), duration=30)
    assert [[issue.cases for issue in script.at(t).issues] for t in (5, 11, 21, 30)] == [
        [],
        [("c0",)],
        [("c0", "c1")],
        [("c0", "c1")],
    ]


@pytest.mark.parametrize(
    ("results", "ending", "final"),
    [
        (["PASSED", "SKIPPED"], "COMPLETED", "PASSED"),
        (["PASSED", "FAILED"], "COMPLETED", "FAILED"),
        (["SKIPPED"], "COMPLETED", "SKIPPED"),
        ([], "COMPLETED", "PASSED"),
        (["FAILED"], "CANCELLED", None),
        (["PASSED"], "ERROR", None),
    ],
)
def test_the_result_follows_from_the_cases(
    results: list[str], ending: str, final: str | None
) -> None:
    script = Script("S1", tuple(Case("c", result) for result in results), ending=ending)
    assert script.final_result == final


def test_a_result_may_be_dictated() -> None:
    assert Script("S1", ending="ARCHIVED", result="UNCLEAR").at(0).result == "UNCLEAR"
    assert Script("S1", result=None).at(0).result is None


def test_an_errored_case_fails_its_run() -> None:
    script = Script("S1", (Case("c", result=None, status="ERROR"),))
    assert script.final_result == "FAILED"


def test_an_issue_is_the_same_in_the_next_run() -> None:
    finding = Finding("low contrast", cases=("c",))
    first, second = (Script(name, (Case("c", "FAILED"),), (finding,)) for name in ("S1", "S2"))
    one, two = run_json(first, first.at(0)), run_json(second, second.at(0))
    assert one["issues"][0]["shortId"] == two["issues"][0]["shortId"]
    assert one["issues"][1]["shortId"] == two["issues"][1]["shortId"]
    assert one["runTestCases"][0]["shortId"] != two["runTestCases"][0]["shortId"]


@pytest.mark.parametrize(("duration", "queued"), [(-1.0, 0.0), (10.0, 11.0), (10.0, -1.0)])
def test_times_that_make_no_sense_are_refused(duration: float, queued: float) -> None:
    with pytest.raises(ValueError, match="queued"):
        Script("S1", duration=duration, queued=queued)


@given(st.text(), st.integers(4, 8))
def test_short_ids_look_like_those_of_qa_tech(seed: str, length: int) -> None:
    short_id = mint(seed, length)
    assert short_id == mint(seed, length)
    assert len(short_id) == length
    assert short_id.isalnum()
    assert short_id.isascii()
