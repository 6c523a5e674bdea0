"""The answer to a question, from the run's data alone."""

from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

from bot.domain.answer import (
    PAGE_SIZE,
    Answer,
    CategoryCount,
    HelpAnswer,
    LinkAnswer,
    SummaryAnswer,
)
from bot.domain.answer_rows import by_severity, no_such_thing
from bot.domain.case_answers import BLAMES, cases_asked_for, one_case
from bot.domain.heading import run_heading
from bot.domain.issue_answers import issues_asked_for, one_issue
from bot.domain.listing import listed_cases, listed_issues
from bot.domain.question import (
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
    Inquiry,
    Rerun,
)
from bot.domain.run import Blame, Issue, Outcome, Progress, Run, RunTestCase
from bot.domain.suggestion import examples


def answer(question: Inquiry, run: Run, *, offset: int = 0, limit: int = PAGE_SIZE) -> Answer:
    """Answer a question about a run; `offset` and `limit` choose the page of a list.

    A test case or issue that the run no longer holds gives an `UnknownAnswer`, as a name does that
    nothing matched.
    """
    match question:
        case AskSummary():
            return _summary(run)
        case AskCases():
            return cases_asked_for(question, run, offset, limit)
        case AskWhy() | AskGoal():
            return one_case(question, run)
        case AskIssues():
            return issues_asked_for(question, run, offset, limit)
        case AskIssue():
            return one_issue(question, run)
        case AskLink():
            return LinkAnswer(heading=f"Run {run.short_id} in QA.tech.", run=run.short_id)
        case AskHelp():
            fitting = examples(run)
            heading = f"Ask me about run {run.short_id}, for example: {'; '.join(fitting)}"
            return HelpAnswer(heading=heading, examples=fitting)
        case AskUnknown():
            return no_such_thing(question, run)
    assert_never(question)


def rerun_cases(wish: Rerun, run: Run) -> tuple[RunTestCase, ...]:
    """The test cases that a rerun would run again, in the order of the list; none: no rerun."""
    if wish.case is not None:
        return tuple(case for case in run.run_test_cases if case.short_id == wish.case)
    if wish.failed_only:
        return run.cases(Outcome.FAILED, Outcome.ERRORED)
    return listed_cases(run)


def _summary(run: Run) -> SummaryAnswer:
    broken = run.cases(Outcome.FAILED, Outcome.ERRORED)
    return SummaryAnswer(
        heading=run_heading(run),
        run=run.short_id,
        status=run.status,
        result=run.result,
        verdict=run.verdict if run.has_ended else None,
        progress=Progress.of(run.run_test_cases),
        product_failures=sum(case.blame is Blame.PRODUCT for case in broken),
        agent_failures=sum(case.blame in BLAMES[BlameGroup.AGENT] for case in broken),
        issues=None if run.issues is None else _by_category(listed_issues(run)),
    )


def _by_category(issues: Sequence[Issue]) -> tuple[CategoryCount, ...]:
    return tuple(
        CategoryCount(category=category, count=len(found), severities=by_severity(found))
        for category, group in groupby(issues, key=lambda issue: issue.category)
        if (found := list(group))
    )
