from collections import Counter

import pytest

from bot.domain.run import Outcome, Run, severity_rank
from bot.playground.qatech_answers import run_json
from bot.playground.qatech_monster import HOSTILE
from bot.playground.qatech_script import Script
from bot.playground.scenarios import (
    all_passed,
    all_scenarios,
    cancelled,
    infrastructure_error,
    monster,
    three_failed,
)


def ended(script: Script) -> Run:
    return Run.model_validate(run_json(script, script.at(script.duration)))


def outcomes(run: Run) -> Counter[Outcome]:
    return Counter(case.outcome for case in run.run_test_cases)


def test_the_smoke_run_passes() -> None:
    run = ended(all_passed())
    assert (run.status, run.result, run.issues) == ("COMPLETED", "PASSED", ())
    assert outcomes(run) == {Outcome.PASSED: 8}


def test_three_of_24_fail_with_all_that_can_go_with_it() -> None:
    run = ended(three_failed())
    assert (run.status, run.result) == ("COMPLETED", "FAILED")
    assert outcomes(run) == {
        Outcome.PASSED: 18,
        Outcome.FAILED: 3,
        Outcome.ERRORED: 2,
        Outcome.SKIPPED: 1,
    }
    assert {case.error_code for case in run.cases(Outcome.FAILED)} == {"TEST_FAILED"}
    prefixes = {(case.error_code or "").split("_")[0] for case in run.cases(Outcome.ERRORED)}
    assert prefixes == {"AGENT", "PLATFORM"}
    assert "NEGATIVE" in {case.classification for case in run.run_test_cases}
    assert {issue.severity for issue in run.issues_of("accessibility")} == {
        "Critical",
        "Major",
        "Minor",
    }
    assert run.issues_of("console")
    assert run.issues_of("hosting")
    assert len(run.issues_of("failed_test")) == 3
    assert all(issue.help_url and issue.tags for issue in run.issues_of("accessibility"))


def test_every_case_of_the_nightly_run_has_its_words() -> None:
    cases = ended(three_failed()).run_test_cases
    assert len({case.name for case in cases}) == 24
    assert all(case.result_title and case.prompt_goal for case in cases)


@pytest.mark.parametrize("script", [three_failed()])
def test_every_issue_names_cases_that_there_are(script: Script) -> None:
    names = {case.name for case in script.cases}
    assert all(finding.cases and set(finding.cases) <= names for finding in script.findings)


def test_an_infrastructure_error_has_no_result() -> None:
    run = ended(infrastructure_error())
    assert (run.status, run.result) == ("ERROR", None)
    assert outcomes(run) == {Outcome.PASSED: 2, Outcome.ERRORED: 6}


def test_a_cancelled_run_has_no_result() -> None:
    run = ended(cancelled())
    assert (run.status, run.result) == ("CANCELLED", None)
    assert outcomes(run) == {Outcome.PASSED: 9, Outcome.CANCELLED: 15}


def test_the_monster_is_as_large_and_as_hostile_as_promised() -> None:
    run = ended(monster())
    assert outcomes(run) == {Outcome.FAILED: 500}
    others = [issue for issue in run.issues or () if issue.category != "failed_test"]
    assert len(others) == 400
    assert max(len(case.result_title or "") for case in run.run_test_cases) == 5000
    assert {severity_rank(issue.severity) for issue in others} == {0, 1, 3, 5}
    assert "<!channel>" in "".join(HOSTILE)
    assert all(any(text in case.name for case in run.run_test_cases) for text in HOSTILE)


def test_no_two_scenarios_share_a_short_id() -> None:
    ids = [script.short_id for script in all_scenarios()]
    assert len(ids) == len(set(ids)) == 5
