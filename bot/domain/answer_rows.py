"""The rows that answers list: test cases and issues with their numbers, in pages."""

from collections.abc import Sequence
from typing import TypeVar

from bot.domain.answer import CaseLine, IssueLine, SeverityCount, UnknownAnswer
from bot.domain.language.naming import nearest
from bot.domain.listing import label, listed_cases, listed_issues
from bot.domain.question import AskIssue, AskUnknown, AskWhy, Choice
from bot.domain.run import Issue, Outcome, Run, RunTestCase, severity_rank

_Item = TypeVar("_Item")


def case_line(number: int, case: RunTestCase) -> CaseLine:
    broken = case.outcome in {Outcome.FAILED, Outcome.ERRORED}
    return CaseLine(
        number=number,
        short_id=case.short_id,
        name=label(case),
        outcome=case.outcome,
        blame=case.blame if broken else None,
        reason=case.result_title,
    )


def issue_line(number: int | None, issue: Issue) -> IssueLine:
    return IssueLine(
        number=number,
        short_id=issue.short_id,
        title=label(issue),
        category=issue.category,
        severity=issue.severity,
        affected=len(issue.test_cases),
    )


def page_of(items: Sequence[_Item], offset: int, limit: int) -> tuple[Sequence[_Item], int, int]:
    """A page, where it starts, and how many come after it; past the end it is the last page."""
    size = max(limit, 1)
    last = max(len(items) - 1, 0) // size * size
    start = min(max(offset, 0), last)
    page = items[start : start + size]
    return page, start, len(items) - start - len(page)


def numbered_case(run: Run, short_id: str) -> tuple[int, RunTestCase] | None:
    for number, case in enumerate(listed_cases(run), 1):
        if case.short_id == short_id:
            return number, case
    return None


def affects(issue: Issue, case: str) -> bool:
    return any(affected.short_id == case for affected in issue.test_cases)


def by_severity(issues: Sequence[Issue]) -> tuple[SeverityCount, ...]:
    words = sorted(
        {issue.severity.capitalize() for issue in issues},
        key=lambda word: (severity_rank(word), word),
    )
    return tuple(
        SeverityCount(
            severity=word, count=sum(issue.severity.capitalize() == word for issue in issues)
        )
        for word in words
    )


def no_such_thing(question: AskUnknown, run: Run) -> UnknownAnswer:
    if question.what == "issue":
        issues = nearest(question.text, listed_issues(run))
        near = tuple(
            Choice(label=label(one), question=AskIssue(issue=one.short_id)) for one in issues
        )
        return UnknownAnswer(heading=f"This run has no issue “{question.text}”.", nearest=near)
    cases = nearest(question.text, listed_cases(run))
    near = tuple(Choice(label=label(one), question=AskWhy(case=one.short_id)) for one in cases)
    return UnknownAnswer(heading=f"This run has no test case “{question.text}”.", nearest=near)
