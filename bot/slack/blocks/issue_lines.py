"""Issues as lines of a message."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.domain.listing import listed_issues
from bot.domain.run import Issue, Run, severity_rank
from bot.slack.blocks.message import line_cost
from bot.slack.blocks.text import inline, link, safe_url
from bot.slack.blocks.wording import WORD_LIMIT, many, some_of

MAX_ISSUE_COST = 850
"""The most that one issue may take of a message, so that every page of them fits."""

CATEGORY_WORDS = {
    "accessibility": "Accessibility",
    "console": "Console",
    "hosting": "Hosting",
    "failed_test": "Failed test",
}


class _Limits(NamedTuple):
    """Characters of a title, a test case's name, an address, a word; and how many names and tags.

    The longest form comes first; the last one fits whatever the issue holds.
    """

    title: int
    name: int
    names: int
    url: int
    word: int


_FORMS = (
    _Limits(title=120, name=60, names=3, url=300, word=WORD_LIMIT),
    _Limits(title=60, name=30, names=2, url=300, word=24),
    _Limits(title=30, name=16, names=1, url=300, word=16),
    _Limits(title=16, name=0, names=0, url=0, word=16),
)
_SEVERITY_WORDS = ("critical", "major", "moderate", "minor")
"""The groups by `severity_rank`; what is beyond them is a word that this bot does not know."""

_CATEGORY_LIMIT = 20

Numbered = tuple[int, Issue]


def issues_by_category(run: Run) -> dict[str, list[Issue]]:
    """The active issues but the `failed_test` ones, each category in the order of the list."""
    groups: dict[str, list[Issue]] = {}
    for issue in listed_issues(run):
        groups.setdefault(issue.category, []).append(issue)
    return groups


def severity_group(issue: Issue) -> str:
    """The group that an issue is listed in; axe's "serious" stands among "major"."""
    return group_of(issue.severity)


def group_of(severity: str) -> str:
    """The same by QA.tech's word alone."""
    rank = severity_rank(severity)
    return _SEVERITY_WORDS[rank] if rank < len(_SEVERITY_WORDS) else "other severity"


def severity_counts(issues: Iterable[Issue]) -> str:
    """How many of each severity, the gravest first: "1 critical, 2 minor"."""
    found = Counter(severity_group(issue) for issue in issues)
    order = (*_SEVERITY_WORDS, "other severity")
    words = {"other severity": "of other severity"}
    parts = [(found[group], words.get(group, group)) for group in order if found[group]]
    if len(parts) == 1:
        ((number, word),) = parts
        return word if number == 1 else f"all {word}"
    return ", ".join(f"{number:,} {word}" for number, word in parts)


def category_name(category: str) -> str:
    """A category in words; one that is newer than this bot is kept as it came."""
    known = CATEGORY_WORDS.get(category)
    return known or inline(category.capitalize(), _CATEGORY_LIMIT, empty="Other")


def category_counts(category: str, issues: Sequence[Issue]) -> str:
    """A category in one phrase: "Console: 4 issues (1 critical, 3 minor)"."""
    return f"{category_name(category)}: {many(len(issues), 'issue')} ({severity_counts(issues)})"


def issue_lines(issues: Iterable[Numbered], *, tags: bool = False) -> Iterator[str]:
    """One line each; the first of each severity has the severity's name above it."""
    group = None
    for number, issue in issues:
        if group != (group := severity_group(issue)):
            yield f"_{group.capitalize()}_\n{issue_line(number, issue, tags=tags)}"
        else:
            yield issue_line(number, issue, tags=tags)


def issue_line(number: int, issue: Issue, *, tags: bool = False) -> str:
    """Number, rule, help link and affected test cases; never more than `MAX_ISSUE_COST`."""
    line = ""
    for limits in _FORMS:
        line = _line(number, issue, limits, tags=tags)
        if line_cost(line) <= MAX_ISSUE_COST:
            break
    return line


def _line(number: int, issue: Issue, limits: _Limits, *, tags: bool) -> str:
    title = inline(issue.title, limits.title) or inline(issue.description or "", limits.title)
    head = f"{number}. *{title or '(no title)'}*"
    if word := _own_severity(issue, limits.word):
        head += f" ({word})"
    details = []
    if address := safe_url(issue.help_url, limit=limits.url):
        details.append(link(address, "How to fix"))
    if affected := affected_cases(issue, limits.name, limits.names):
        details.append(affected)
    if tags and limits.names:
        shown = [word for tag in issue.tags[: limits.names] if (word := inline(tag, limits.word))]
        if shown:
            details.append(f"tags: {_tags(shown, len(issue.tags))}")
    return f"{head}: {' · '.join(details)}" if details else head


def _tags(shown: Sequence[str], total: int) -> str:
    left = total - len(shown)
    return ", ".join(shown) + (f" and {left:,} more" if left else "")


def affected_cases(issue: Issue, name_limit: int, most: int) -> str:
    """Where an issue was found: "in Checkout, Login and 3 more test cases"."""
    total = len(issue.test_cases)
    if not total:
        return ""
    if not most:
        return f"in {many(total, 'test case')}"
    names = [inline(case.name, name_limit, empty="(no name)") for case in issue.test_cases[:most]]
    said = some_of(names, most, total)
    return f"in {said} test case{'s' if total - most > 1 else ''}" if total > most else f"in {said}"


def _own_severity(issue: Issue, limit: int) -> str:
    """QA.tech's word, where the group's name does not say it already."""
    return own_severity(issue.severity, limit)


def own_severity(severity: str, limit: int) -> str:
    """The same by the word alone."""
    if severity.lower() == group_of(severity):
        return ""
    return inline(severity, limit, empty="no severity")


def set_aside(run: Run, category: str | None = None) -> str:
    """How many issues, of a category or of all but `failed_test`, somebody has ignored or resolved.

    Empty when none.
    """
    number = sum(
        not issue.is_active
        and (issue.category == category if category else issue.category != "failed_test")
        for issue in run.issues or ()
    )
    if not number:
        return ""
    verb = "is" if number == 1 else "are"
    return f"{many(number, 'issue')} marked ignored or resolved in QA.tech {verb} not shown."
