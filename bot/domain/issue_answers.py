"""Answers about issues: lists of them, and one in full."""

from bot.domain.answer import AffectedCase, Answer, IssueAnswer, IssuesAnswer
from bot.domain.answer_rows import (
    affects,
    by_severity,
    case_line,
    issue_line,
    no_such_thing,
    numbered_case,
    page_of,
)
from bot.domain.heading import issues_heading
from bot.domain.listing import listed_cases, listed_issues
from bot.domain.question import AskIssue, AskIssues, AskUnknown
from bot.domain.run import Issue, Run, severity_rank


def issues_asked_for(question: AskIssues, run: Run, offset: int, limit: int) -> Answer:
    found = numbered_case(run, question.case) if question.case else None
    if question.case and found is None:
        return no_such_thing(AskUnknown(what="case", text=question.case), run)
    ranks = {severity.rank for severity in question.severities}
    wanted = [
        (number, issue)
        for number, issue in _numbered_issues(run, question.category)
        if (not ranks or severity_rank(issue.severity) in ranks)
        and (question.case is None or affects(issue, question.case))
    ]
    line = case_line(*found) if found else None
    heading = issues_heading(
        len(wanted),
        question.category,
        question.severities,
        line.name if line else None,
        ended=run.has_ended,
    )
    page, start, remaining = page_of(wanted, offset, limit)
    return IssuesAnswer(
        heading="The issues of this run are not known." if run.issues is None else heading,
        category=question.category,
        severities=question.severities,
        case=line,
        issues=tuple(issue_line(number, issue) for number, issue in page),
        counts=by_severity([issue for _, issue in wanted]),
        total=len(wanted),
        offset=start,
        remaining=remaining,
        known=run.issues is not None,
    )


def _numbered_issues(run: Run, category: str | None) -> list[tuple[int | None, Issue]]:
    """Issues of a category with their numbers; `failed_test` ones have none."""
    if category == "failed_test":
        return [(None, issue) for issue in run.issues_of(category)]
    return [
        (number, issue)
        for number, issue in enumerate(listed_issues(run), 1)
        if category is None or issue.category == category
    ]


def one_issue(question: AskIssue, run: Run) -> Answer:
    numbers = {issue.short_id: number for number, issue in enumerate(listed_issues(run), 1)}
    for issue in run.issues or ():
        if issue.short_id == question.issue:
            break
    else:
        return no_such_thing(AskUnknown(what="issue", text=question.issue), run)
    case_numbers = {case.short_id: number for number, case in enumerate(listed_cases(run), 1)}
    line = issue_line(numbers.get(issue.short_id), issue)
    words = " ".join(word for word in (issue.severity, issue.category, "issue") if word)
    return IssueAnswer(
        heading=f"{line.title} ({words.lower()}).",
        issue=line,
        status=issue.status,
        description=issue.description,
        help_url=issue.help_url,
        tags=issue.tags,
        cases=tuple(
            AffectedCase(
                number=case_numbers.get(case.short_id),
                short_id=case.short_id,
                name=case.name or case.short_id,
            )
            for case in issue.test_cases
        ),
    )
