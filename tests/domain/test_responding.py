"""Answers: the right facts, in order, paged, never cut silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import (
    ANSWERS,
    Answer,
    CaseAnswer,
    CasesAnswer,
    CategoryCount,
    GoalAnswer,
    HelpAnswer,
    IssueAnswer,
    IssuesAnswer,
    LinkAnswer,
    SeverityCount,
    SummaryAnswer,
    UnknownAnswer,
)
from bot.domain.language.understanding import understand
from bot.domain.question import (
    Ambiguous,
    AskCases,
    AskGoal,
    AskHelp,
    AskIssue,
    AskIssues,
    AskLink,
    AskSummary,
    AskUnknown,
    AskWhy,
    BlameGroup,
    CaseGroup,
    Inquiry,
    LeaveAlone,
    NotUnderstood,
    Rerun,
    Severity,
    Wish,
)
from bot.domain.responding import answer, rerun_cases
from bot.domain.run import Blame, Outcome, Run, Verdict
from tests.domain.corpus.reading import corpus
from tests.domain.corpus.runs import BANK, GREEN, SHOP


def run_of(*outcomes: tuple[str, str | None, str | None], status: str = "COMPLETED") -> Run:
    cases = [
        {"id": str(n), "shortId": f"c{n}", "name": f"Case {n}", "status": case_status,
         "result": result, "errorCode": code}
        for n, (case_status, result, code) in enumerate(outcomes)
    ]  # fmt: skip
    result = "FAILED" if status == "COMPLETED" else None
    return Run.model_validate(
        {"shortId": "r1", "status": status, "result": result, "runTestCases": cases}
    )


def cases(run: Run, group: CaseGroup, blame: BlameGroup | None = None, **page: int) -> CasesAnswer:
    found = answer(AskCases(group=group, blame=blame), run, **page)
    assert isinstance(found, CasesAnswer)
    return found


def issues(run: Run, question: AskIssues, **page: int) -> IssuesAnswer:
    found = answer(question, run, **page)
    assert isinstance(found, IssuesAnswer)
    return found


def test_every_question_of_the_corpus_has_an_answer_that_survives_json() -> None:
    for said in corpus():
        reading = understand(said.sentence, said.run, addressed=said.addressed)
        if isinstance(reading, Wish | Ambiguous | NotUnderstood | LeaveAlone):
            continue
        given_answer = answer(reading, said.run)
        assert given_answer.heading
        assert ANSWERS.validate_json(ANSWERS.dump_json(given_answer)) == given_answer


def test_what_failed_lists_failed_and_errored_ones_with_number_and_reason() -> None:
    found = cases(SHOP, CaseGroup.FAILED)
    assert found.heading == "3 failed and 1 ended with an error, out of 8 test cases."
    assert [(case.number, case.name, case.blame, case.reason) for case in found.cases] == [
        (1, "Checkout with credit card", Blame.PRODUCT, "The pay button stays grey"),
        (2, "Password reset email arrives", Blame.AGENT, "The agent ran out of steps"),
        (3, "Add to cart from the product page", Blame.PRODUCT, "The cart stays empty"),
        (4, "Newsletter signup", Blame.PLATFORM, "The browser went away"),
    ]
    assert (found.total, found.offset, found.remaining) == (4, 0, 0)


def test_failures_can_be_asked_for_by_who_is_to_blame() -> None:
    product = cases(SHOP, CaseGroup.FAILED, BlameGroup.PRODUCT)
    agent = cases(SHOP, CaseGroup.FAILED, BlameGroup.AGENT)
    assert [case.number for case in product.cases] == [1, 3]
    assert product.heading == "2 of 8 test cases failed because of the product."
    assert [case.number for case in agent.cases] == [2, 4]


@pytest.mark.parametrize(
    ("group", "heading"),
    [
        (CaseGroup.FAILED, "No test case failed."),
        (CaseGroup.SKIPPED, "No test case was skipped."),
        (CaseGroup.ERRORED, "No test case ended with an error."),
        (CaseGroup.CANCELLED, "No test case was cancelled."),
        (CaseGroup.IN_PROGRESS, "No test case is still in progress."),
        (CaseGroup.PASSED, "3 of 3 test cases passed."),
        (CaseGroup.ALL, "This run has 3 test cases."),
    ],
)
def test_each_group_of_a_passed_run_is_told_plainly(group: CaseGroup, heading: str) -> None:
    assert cases(GREEN, group).heading == heading


def test_one_and_many_are_told_apart() -> None:
    assert cases(SHOP, CaseGroup.SKIPPED).heading == "1 of 8 test cases was skipped."
    many = run_of(("COMPLETED", "SKIPPED", None), ("COMPLETED", "SKIPPED", None))
    assert cases(many, CaseGroup.SKIPPED).heading == "2 of 2 test cases were skipped."


def test_errors_alone_are_not_called_failures() -> None:
    run = run_of(("ERROR", None, "PLATFORM_X"), ("COMPLETED", "PASSED", None))
    assert cases(run, CaseGroup.FAILED).heading == "1 ended with an error, out of 2 test cases."


def test_a_run_in_progress_is_answered_so_far() -> None:
    run = run_of(("COMPLETED", "PASSED", None), ("RUNNING", None, None), status="RUNNING")
    assert cases(run, CaseGroup.FAILED).heading == "No test case failed so far."
    assert cases(run_of(status="RUNNING"), CaseGroup.ALL).heading == (
        "No test case is known so far."
    )
    assert issues(run, AskIssues()).known is False
    seen = run.model_copy(update={"issues": ()})
    assert issues(seen, AskIssues()).heading == "No issue so far."


def test_failures_that_an_older_server_tells_as_issues_only_are_counted() -> None:
    run = Run.model_validate(
        {
            "shortId": "r1",
            "status": "COMPLETED",
            "result": "FAILED",
            "issues": [
                {"id": "1", "shortId": "i1", "title": "Login failed", "issueType": "FAILED_TEST"}
            ],
        }
    )
    found = cases(run, CaseGroup.FAILED)
    assert (found.heading, found.total) == ("1 failed.", 1)
    assert [issue.title for issue in found.unlisted] == ["Login failed"]


@given(st.integers(0, 40), st.integers(1, 12))
def test_the_pages_of_a_list_together_hold_everything_once(count: int, limit: int) -> None:
    run = run_of(*[("COMPLETED", "FAILED", "TEST_FAILED")] * count)
    numbers: list[int] = []
    offset = 0
    while True:
        page = cases(run, CaseGroup.FAILED, offset=offset, limit=limit)
        numbers += [case.number for case in page.cases]
        offset += len(page.cases)
        assert page.remaining == count - offset
        assert page.total == count
        if not page.remaining:
            break
    assert numbers == list(range(1, count + 1))


@pytest.mark.parametrize(("offset", "start"), [(-5, 0), (0, 0), (20, 20), (25, 20), (900, 20)])
def test_a_page_past_the_end_is_the_last_one(offset: int, start: int) -> None:
    run = run_of(*[("COMPLETED", "FAILED", None)] * 25)
    page = cases(run, CaseGroup.FAILED, offset=offset, limit=10)
    assert page.offset == start


def test_a_summary_counts_cases_blames_and_issues() -> None:
    found = answer(AskSummary(), SHOP)
    assert isinstance(found, SummaryAnswer)
    assert found.heading == (
        "Run UkxK failed: 8 test cases, 3 failed, 1 with an error, 1 skipped, 3 passed."
    )
    assert (found.product_failures, found.agent_failures, found.verdict) == (2, 2, Verdict.FAILED)
    assert found.progress[Outcome.SKIPPED] == 1
    assert found.issues is not None
    assert found.issues[0] == CategoryCount(
        category="accessibility",
        count=3,
        severities=(
            SeverityCount(severity="Critical", count=1),
            SeverityCount(severity="Major", count=1),
            SeverityCount(severity="Minor", count=1),
        ),
    )


@pytest.mark.parametrize(
    ("status", "result", "heading"),
    [
        ("COMPLETED", "PASSED", "Run r1 passed."),
        ("COMPLETED", "SKIPPED", "Run r1 was skipped."),
        ("ERROR", None, "Run r1 ended with an infrastructure error."),
        ("CANCELLED", None, "Run r1 was cancelled."),
        ("COMPLETED", None, "Run r1 ended as COMPLETED."),
        ("ARCHIVED", "ODD", "Run r1 ended as ARCHIVED / ODD."),
        ("RUNNING", None, "Run r1 is still in progress."),
    ],
)
def test_the_summary_of_a_run_without_test_cases_says_how_it_ended(
    status: str, result: str | None, heading: str
) -> None:
    run = Run.model_validate({"shortId": "r1", "status": status, "result": result})
    found = answer(AskSummary(), run)
    assert found.heading == heading
    assert isinstance(found, SummaryAnswer)
    assert found.issues is None


def test_the_summary_of_a_run_in_progress_says_how_far_it_is() -> None:
    run = run_of(("COMPLETED", "PASSED", None), ("RUNNING", None, None), status="RUNNING")
    assert answer(AskSummary(), run).heading == (
        "Run r1 is still in progress: 1 of 2 test cases finished."
    )


def test_why_gives_reason_reasoning_error_code_and_the_issues_of_the_test_case() -> None:
    found = answer(AskWhy(case="tcB2"), SHOP)
    assert isinstance(found, CaseAnswer)
    assert found.heading == "Checkout with credit card failed: The pay button stays grey"
    assert (found.reasoning, found.error_code) == ("Nothing happened.", "TEST_FAILED")
    assert [issue.short_id for issue in found.issues] == ["isA1"]
    assert found.expected_to_fail is False


def test_why_a_passed_test_case_failed_says_that_it_passed_and_blames_nobody() -> None:
    found = answer(AskWhy(case="tcA1"), SHOP)
    assert isinstance(found, CaseAnswer)
    assert found.heading == "Login with email and password passed."
    assert found.case.blame is None


def test_goal_gives_what_a_test_case_was_told_to_do() -> None:
    found = answer(AskGoal(case="tcB2"), SHOP)
    assert isinstance(found, GoalAnswer)
    assert (found.goal, found.examples) == ("Buy a shirt with a credit card.", "4242 4242")
    assert found.heading == "What Checkout with credit card tests."


def test_a_test_case_without_a_goal_says_so() -> None:
    assert answer(AskGoal(case="tcC3"), SHOP).heading == (
        "Search shows matching products states no goal."
    )


@pytest.mark.parametrize(
    "question", [AskWhy(case="gone"), AskGoal(case="gone"), AskIssues(case="gone")]
)
def test_a_test_case_that_the_run_no_longer_has_is_unknown(question: Inquiry) -> None:
    found = answer(question, SHOP)
    assert isinstance(found, UnknownAnswer)
    assert found.heading == "This run has no test case “gone”."


def test_issues_can_be_asked_for_by_category_severity_and_test_case() -> None:
    question = AskIssues(
        category="accessibility", severities=(Severity.CRITICAL, Severity.MAJOR), case="tcB2"
    )
    found = issues(SHOP, question)
    assert found.heading == "1 critical or major accessibility issue in Checkout with credit card."
    assert [(issue.number, issue.title, issue.affected) for issue in found.issues] == [
        (1, "Buttons must have discernible text", 1)
    ]
    assert found.case is not None


def test_major_issues_are_found_under_the_name_that_axe_gives_them() -> None:
    found = issues(BANK, AskIssues(severities=(Severity.MAJOR,)))
    assert [issue.severity for issue in found.issues] == ["serious"]


def test_all_issues_leave_out_failed_tests_which_are_told_as_test_cases() -> None:
    found = issues(SHOP, AskIssues())
    assert (found.heading, found.total) == ("5 issues.", 5)
    listed = issues(SHOP, AskIssues(category="failed_test"))
    assert [(issue.number, issue.short_id) for issue in listed.issues] == [(None, "isG7")]


def test_a_filtered_list_keeps_the_numbers_of_the_whole() -> None:
    found = issues(SHOP, AskIssues(category="console"))
    assert [issue.number for issue in found.issues] == [4]


def test_no_issue_of_a_kind_is_told_plainly() -> None:
    question = AskIssues(category="console", severities=(Severity.CRITICAL,))
    assert issues(SHOP, question).heading == "No critical console issue."


def test_issues_that_were_not_asked_for_are_not_called_none() -> None:
    run = SHOP.model_copy(update={"issues": None})
    found = issues(run, AskIssues())
    assert (found.known, found.heading) == (False, "The issues of this run are not known.")


def test_issues_are_paged() -> None:
    page = issues(SHOP, AskIssues(), offset=2, limit=2)
    assert [issue.number for issue in page.issues] == [3, 4]
    assert (page.remaining, page.total) == (1, 5)
    assert sum(count.count for count in page.counts) == 5


def test_one_issue_is_told_in_full() -> None:
    found = answer(AskIssue(issue="isA1"), SHOP)
    assert isinstance(found, IssueAnswer)
    assert found.heading == "Buttons must have discernible text (critical accessibility issue)."
    assert found.description == "A button has no name."
    assert found.help_url == "https://dequeuniversity.com/rules/axe/4.8/button-name"
    assert found.tags == ("wcag2a",)
    assert [(case.number, case.name) for case in found.cases] == [(1, "Checkout with credit card")]


def test_a_resolved_issue_can_still_be_looked_at_and_has_no_number() -> None:
    found = answer(AskIssue(issue="isF6"), SHOP)
    assert isinstance(found, IssueAnswer)
    assert (found.issue.number, found.status) == (None, "Resolved")


def test_an_unknown_name_comes_with_the_nearest_ones_to_choose() -> None:
    found = answer(AskUnknown(what="case", text="checkin with a card"), SHOP)
    assert isinstance(found, UnknownAnswer)
    assert found.heading == "This run has no test case “checkin with a card”."
    assert found.nearest[0].question == AskWhy(case="tcB2")
    assert len(found.nearest) == 3


def test_an_unknown_issue_comes_with_the_nearest_ones_to_choose() -> None:
    found: Answer = answer(AskIssue(issue="colour contrast"), SHOP)
    assert isinstance(found, UnknownAnswer)
    assert found.nearest[0].question == AskIssue(issue="isB2")


def test_a_link_names_the_run() -> None:
    found = answer(AskLink(), SHOP)
    assert isinstance(found, LinkAnswer)
    assert found.run == "UkxK"


def test_help_shows_questions_that_fit_the_run() -> None:
    found = answer(AskHelp(), SHOP)
    assert isinstance(found, HelpAnswer)
    assert len(found.examples) == 3


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Rerun(), 8),
        (Rerun(failed_only=True), 4),
        (Rerun(case="tcB2"), 1),
        (Rerun(case="gone"), 0),
    ],
)
def test_a_rerun_knows_how_many_test_cases_it_would_run(wish: Rerun, expected: int) -> None:
    assert len(rerun_cases(wish, SHOP)) == expected
