"""Sentences about issues: which there are, how severe, in which test case; and one in full."""

from bot.domain.language.clause import Clause, Interpretation
from bot.domain.language.lexicon import Sense
from bot.domain.language.target import Meant, Target, cases_meant, issues_meant
from bot.domain.listing import Named
from bot.domain.question import AskIssue, AskIssues, Severity
from bot.domain.run import IssueCategory

_CATEGORIES: dict[Sense, IssueCategory] = {
    Sense.A11Y: "accessibility",
    Sense.CONSOLE: "console",
    Sense.HOSTING: "hosting",
}
_SEVERITIES = {
    Sense.CRITICAL: Severity.CRITICAL,
    Sense.MAJOR: Severity.MAJOR,
    Sense.MODERATE: Severity.MODERATE,
    Sense.MINOR: Severity.MINOR,
}
_PLURALS = frozenset({"issues", "problems", "findings", "violations", "defects", "bugs", "errors"})


def issue_question(clause: Clause) -> Interpretation | None:
    """Read a sentence about issues; None where it is about something else."""
    ours = (*_CATEGORIES, *_SEVERITIES)
    blamed = clause.has(Sense.AGENT, Sense.PRODUCT)
    if not clause.has(*ours) and (blamed or not clause.has(Sense.ISSUE)):
        return None
    if not clause.has(*ours) and _is_trouble_with_case(clause):
        return None
    target = clause.target
    if target is None or (target.weak and not _is_weakly_named(clause, target)):
        return clause.plainly(_issues(clause, None))
    return _about(clause, target)


def _about(clause: Clause, target: Target) -> Interpretation:
    """A sentence about issues that names something: a test case they are in, or one of them."""
    one = issues_meant(target, clause.names)
    if not _lists(clause) and not target.within and (one.found or target.number is not None):
        return clause.about(one, in_full, "issue")
    cases = cases_meant(target, clause.names)
    if cases.found and (target.within or cases.score >= one.score):
        return clause.about(cases, lambda case: _issues(clause, case.short_id))
    if one.found:
        return clause.about(one, in_full, "issue")
    if target.within or target.quoted:
        return clause.about(Meant(), in_full)
    return Interpretation(_issues(clause, None), explained=False)


def _is_weakly_named(clause: Clause, target: Target) -> bool:
    """Whether "the form issue" means one whose title has that word."""
    singular = clause.has(Sense.ISSUE) and not _lists(clause)
    return singular and bool(issues_meant(target, clause.names).found)


def _is_trouble_with_case(clause: Clause) -> bool:
    """Whether "the problem with checkout" means its failure, not an issue in it."""
    if clause.target is None or clause.target.within or _lists(clause):
        return False
    texts = [read.text for read in clause.heard.reads]
    return "with" in texts and bool(cases_meant(clause.target, clause.names).found)


def in_full(issue: Named) -> AskIssue:
    """The question about one issue."""
    return AskIssue(issue=issue.short_id)


def _issues(clause: Clause, case: str | None) -> AskIssues:
    categories = [category for sense, category in _CATEGORIES.items() if clause.has(sense)]
    named = [severity for sense, severity in _SEVERITIES.items() if clause.has(sense)]
    if named and clause.has(Sense.OR_WORSE):
        lowest = max(severity.rank for severity in named)
        named = [severity for severity in Severity if severity.rank <= lowest]
    return AskIssues(
        category=categories[0] if len(categories) == 1 else None,
        severities=tuple(named),
        case=case,
    )


def _lists(clause: Clause) -> bool:
    return any(read.text in _PLURALS for read in clause.heard.reads)
