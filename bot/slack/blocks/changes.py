"""What changed since the comparable run before: it leads the report (DESIGN §4)."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from bot.domain.changes import Changes, StillFailing
from bot.domain.record import IssueRecord
from bot.slack.blocks.text import code, date, inline
from bot.slack.blocks.wording import many

_T = TypeVar("_T")

_NAMES = 3
_NAME_LIMIT = 80


def changes_lines(changes: Changes | None) -> list[str]:
    """Lines of mrkdwn, the news first; none where there is no run to compare with."""
    if changes is None:
        return []
    against = f"Against run {code(changes.before, 40)} of {date(changes.before_ended_at)}"
    news = [part for part in _news(changes) if part]
    if not news:
        return [f"{against}: nothing changed."]
    return [f"{against}:", *(f"• {line}" for line in news), *_flaky(changes)]


def changes_in_short(changes: Changes | None) -> str | None:
    """The same in half a sentence: “2 new failures, 1 fixed”; None where nothing changed."""
    if changes is None:
        return None
    parts = [
        words
        for count, words in (
            (changes.total_new_failures, many(changes.total_new_failures, "new failure")),
            (changes.total_still_failing, f"{changes.total_still_failing:,} still failing"),
            (changes.total_fixed, f"{changes.total_fixed:,} fixed"),
        )
        if count
    ]
    return ", ".join(parts) or None


def _news(changes: Changes) -> Iterator[str]:
    total = changes.total_new_failures
    if total:
        names = _listed(changes.new_failures, total, _name)
        yield f"*{many(total, 'new failure')}*: {names}"
    if changes.total_still_failing:
        total = changes.total_still_failing
        yield f"{total:,} still failing: {_listed(changes.still_failing, total, _still)}"
    if changes.total_fixed:
        yield f"{changes.total_fixed:,} fixed: {_listed(changes.fixed, changes.total_fixed, _name)}"
    if changes.total_new_issues:
        total = changes.total_new_issues
        titles = _listed(changes.new_issues, total, _issue)
        yield f"{many(total, 'new accessibility issue')}: {titles}"
    if changes.total_gone_issues:
        yield f"{many(changes.total_gone_issues, 'accessibility issue')} gone"


def _flaky(changes: Changes) -> list[str]:
    if not changes.flaky:
        return []
    names = _listed(changes.flaky, len(changes.flaky), _name)
    return [f"• Flaky, it flips from run to run: {names}"]


def _still(case: StillFailing) -> str:
    return f"{_name(case.name)} (for {case.runs:,} runs, since {date(case.since)})"


def _issue(issue: IssueRecord) -> str:
    severity = inline(issue.severity, 20)
    return f"{inline(issue.title, _NAME_LIMIT)}" + (f" ({severity.lower()})" if severity else "")


def _name(name: str) -> str:
    return inline(name, _NAME_LIMIT, empty="(no name)")


def _listed(items: Sequence[_T], total: int, shown: Callable[[_T], str]) -> str:
    """The first few, and how many more there are."""
    words = "; ".join(shown(item) for item in items[:_NAMES])
    left = total - min(len(items), _NAMES)
    return f"{words}; and {left:,} more" if left else words
