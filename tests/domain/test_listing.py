"""The order of the lists, and with it the numbers that people use."""

from bot.domain.listing import label, listed_cases, listed_issues
from bot.domain.run import Run
from tests.domain.corpus.runs import SHOP


def test_failed_cases_come_first_in_the_order_of_qatech_and_passed_ones_last() -> None:
    assert [case.short_id for case in listed_cases(SHOP)] == [
        *("tcB2", "tcD4", "tcG7", "tcF6", "tcE5", "tcA1", "tcC3", "tcH8"),
    ]


def test_every_test_case_is_listed_once_whatever_its_words() -> None:
    words = [("COMPLETED", "ODD"), ("CANCELLED", None), ("RUNNING", None), ("NEW", None)]
    cases = [
        {"id": str(n), "shortId": f"c{n}", "status": status, "result": result}
        for n, (status, result) in enumerate(words)
    ]
    run = Run.model_validate({"shortId": "r", "status": "RUNNING", "runTestCases": cases})
    assert sorted(case.short_id for case in listed_cases(run)) == ["c0", "c1", "c2", "c3"]


def test_issues_are_listed_by_category_and_severity_without_failures_and_resolved_ones() -> None:
    assert [issue.short_id for issue in listed_issues(SHOP)] == [
        *("isA1", "isB2", "isC3", "isD4", "isE5"),
    ]


def test_issues_of_a_new_category_come_last() -> None:
    issues = [
        {"id": "1", "shortId": "new", "issueType": "PRIVACY"},
        {"id": "2", "shortId": "old", "issueType": "HOSTING"},
    ]
    run = Run.model_validate({"shortId": "r", "status": "RUNNING", "issues": issues})
    assert [issue.short_id for issue in listed_issues(run)] == ["old", "new"]


def test_a_thing_without_a_name_is_called_by_its_short_id() -> None:
    run = Run.model_validate(
        {"shortId": "r", "status": "X", "runTestCases": [{"id": "1", "shortId": "c1", "name": " "}]}
    )
    assert label(run.run_test_cases[0]) == "c1"
