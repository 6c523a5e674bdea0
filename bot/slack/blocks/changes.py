"""What changed since the comparable run before: it leads the report (DESIGN §4)."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from bot.domain.changes import Changes, ChangeTotals, NewFailure, StillFailing
from bot.domain.record import IssueRecord
from bot.domain.run import Blame
from bot.slack.blocks.message import line_cost
from bot.slack.blocks.text import code, date, inline
from bot.slack.blocks.wording import BLAME_WORDS, FLAKY, many

_T = TypeVar("_T")

_NAMES = 3
_NAME_LIMITS = (80, 40, 20)
_LINE_COST = 500
"""The longest names with which a line takes no more than this are shown."""
_MISSED = (Blame.AGENT, Blame.PLATFORM)


def changes_lines(changes: Changes | None) -> list[str]:
    """Lines of mrkdwn, the news first; none where there is no run to compare with."""
    if changes is None:
        return []
    against = f"Against run {code(changes.before, 40)} of {date(changes.before_ended_at)}"
    news = list(_news(changes))
    if not news:
        return [f"{against}: nothing changed."]
    return [f"{against}:", *(f"• {line}" for line in news)]


def changes_in_short(changes: ChangeTotals | None) -> str | None:
    """The same in half a sentence: “2 new failures, 1 fixed”; None where nothing is failing."""
    if changes is None:
        return None
    parts = [
        words
        for count, words in (
            (changes.total_new_failures, many(changes.total_new_failures, "new failure")),
            (changes.total_still_failing, f"{changes.total_still_failing:,} still failing"),
            (changes.total_fixed, f"{changes.total_fixed:,} fixed"),
            (changes.total_new_issues, many(changes.total_new_issues, "new accessibility issue")),
        )
        if count
    ]
    return ", ".join(parts) or None


def _news(changes: Changes) -> Iterator[str]:
    if total := changes.total_new_failures:
        new = [(case, case.name in changes.flaky) for case in changes.new_failures[:_NAMES]]
        yield _listed(f"*{many(total, 'new failure')}*", new, total, _new)
    if total := changes.total_still_failing:
        still = [(case, case.name in changes.flaky) for case in changes.still_failing[:_NAMES]]
        yield _listed(f"{total:,} still failing", still, total, _still)
    if total := changes.total_fixed:
        fixed = [(name, name in changes.flaky) for name in changes.fixed[:_NAMES]]
        yield _listed(f"{total:,} fixed", fixed, total, _fixed)
    if total := changes.total_new_issues:
        said = f"*{many(total, 'new accessibility issue')}*"
        yield _listed(said, changes.new_issues, total, _issue)
    if total := changes.total_gone_issues:
        said = f"{many(total, 'accessibility issue')} gone"
        yield _listed(said, changes.gone_issues, total, _issue)


def _new(marked: tuple[NewFailure, bool], limit: int) -> str:
    case, is_flaky = marked
    missed = [BLAME_WORDS[case.blame]] if case.blame in _MISSED else []
    return _named(case.name, limit, *missed, is_flaky=is_flaky)


def _still(marked: tuple[StillFailing, bool], limit: int) -> str:
    case, is_flaky = marked
    runs = f"{'at least ' if case.at_least else ''}{case.runs:,} runs in a row"
    return _named(case.name, limit, runs, f"since {date(case.since)}", is_flaky=is_flaky)


def _fixed(marked: tuple[str, bool], limit: int) -> str:
    name, is_flaky = marked
    return _named(name, limit, is_flaky=is_flaky)


def _named(name: str, limit: int, *said: str, is_flaky: bool) -> str:
    aside = ", ".join((*said, FLAKY) if is_flaky else said)
    return f"{_name(name, limit)} ({aside})" if aside else _name(name, limit)


def _issue(issue: IssueRecord, limit: int) -> str:
    severity = inline(issue.severity, 20)
    title = inline(issue.title, limit, empty="(no title)")
    return f"{title} ({severity.lower()})" if severity else title


def _name(name: str, limit: int) -> str:
    return inline(name, limit, empty="(no name)")


def _listed(said: str, items: Sequence[_T], total: int, shown: Callable[[_T, int], str]) -> str:
    """What there is of a kind: the first few by name, and how many more."""
    line = ""
    for limit in _NAME_LIMITS:
        names = "; ".join(shown(item, limit) for item in items[:_NAMES])
        left = total - min(len(items), _NAMES)
        line = f"{said}: {names}{f'; and {left:,} more' if left else ''}"
        if line_cost(line) <= _LINE_COST:
            break
    return line
