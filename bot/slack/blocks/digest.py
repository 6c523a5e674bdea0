"""A digest: what became of the runs of a day or of a week."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from bot.domain.digest import Digest, FailingCase, FlakyCase, MutedCase, OpenIssue, Tally
from bot.domain.digest_rule import Every
from bot.domain.facts import DigestDue
from bot.domain.record import FLAKY_RUNS
from bot.domain.short_id import DEFAULT_PROJECT
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Message, context, header, section
from bot.slack.blocks.text import code, date, inline

_T = TypeVar("_T")

_NAME = 100
_MOST_IN_TEXT = 5
_TITLES = {Every.DAILY: "Daily digest", Every.WEEKLY: "Weekly digest"}
_BEFORE = {Every.DAILY: "the day before", Every.WEEKLY: "the week before"}


def digest(fact: DigestDue) -> Message:
    """The runs of a period, what broke, what flips, what is open, what was muted."""
    told = fact.digest
    title = f"{_TITLES[fact.every]}: {wording.many(told.tally.runs, 'run')}"
    opening = f"Ended from {date(fact.start)} to {date(fact.end)}."
    lines = list(_rates(told, _BEFORE[fact.every]))
    listings = list(_listings(told))
    muted = list(_muted(told))
    closing = (
        f"{typed('trend')} shows the last runs as a picture. "
        f"To change when this is told ({inline(fact.time_zone, 64)}): {typed('alerts')}."
    )
    return lay_out(
        listed_text([title, opening, *lines], listings, [*muted, closing], most=_MOST_IN_TEXT),
        [header(title), section("\n".join([opening, *lines]))],
        listings,
        [*([section("\n".join(muted))] if muted else []), context(closing)],
    )


def _rates(told: Digest, before_words: str) -> Iterator[str]:
    tally, before = told.tally, told.before
    yield f"{wording.verdict_counts(tally.verdicts)}."
    if tally.pass_rate is None:
        yield "No run passed or failed, so there is no pass rate."
    else:
        yield (
            f"*Pass rate: {_percent(tally.pass_rate)}*, {tally.passed:,} of "
            f"{wording.many(tally.decided, 'run')} that passed or failed"
            f"{_change(tally, before, lambda each: each.pass_rate, before_words)}."
        )
    if tally.case_pass_rate is not None:
        yield (
            f"Test cases: {_percent(tally.case_pass_rate)} passed, {tally.cases_passed:,} of "
            f"{tally.cases:,}{_change(tally, before, lambda each: each.case_pass_rate, '')}."
        )
    if before is None:
        yield f"I know of no runs of {before_words} to compare with."


def _change(
    tally: Tally, before: Tally | None, rate: Callable[[Tally], float | None], before_words: str
) -> str:
    """How a rate has changed, in the points that both are shown with; nothing to compare: empty."""
    now, then = rate(tally), rate(before) if before is not None else None
    if now is None or then is None:
        return ""
    points = _points(now) - _points(then)
    against = f" {before_words}" if before_words else ""
    if not points:
        return f"; {_percent(then)}{against} too"
    way = "up" if points > 0 else "down"
    return f"; {way} {wording.many(abs(points), 'point')} from {_percent(then)}{against}"


def _points(rate: float) -> int:
    """Whole percent, rounded down: not all passed is never 100%."""
    return int(rate * 100 + 1e-9)


def _percent(rate: float) -> str:
    return f"{_points(rate)}%"


def _listings(told: Digest) -> Iterator[Listing]:
    if told.failing:
        yield _listing(
            "*Broken most often*",
            told.failing,
            told.total_failing,
            lambda case: _failing(told, case),
        )
    else:
        yield _line_alone("No test case was broken.")
    if told.flaky:
        yield _listing(
            "*Flaky*: they flip between passed and broken",
            told.flaky,
            told.total_flaky,
            lambda case: _flaky(told, case),
        )
    if told.critical:
        total = wording.many(told.total_critical, "critical accessibility issue")
        yield _listing(
            f"*{total} open*", told.critical, told.total_critical, lambda issue: _open(told, issue)
        )
    elif told.issues_known:
        yield _line_alone("No critical accessibility issue is open.")
    else:
        yield _line_alone("QA.tech told no accessibility issues of these runs.")


def _listing(heading: str, items: Sequence[_T], total: int, line: Callable[[_T], str]) -> Listing:
    return Listing(
        heading=heading,
        lines=[f"• {line(item)}" for item in items],
        total=total,
        more=lambda left: f"and {left:,} more",
    )


def _line_alone(words: str) -> Listing:
    return Listing(heading=words, lines=(), total=0, more=lambda _: "")


def _failing(told: Digest, case: FailingCase) -> str:
    blame = wording.BLAME_WORDS.get(case.blame) if case.blame is not None else None
    said = f"{_name(told, case.project, case.name)}: {case.broken:,} of {_runs(case.runs)}"
    return f"{said} ({blame})" if blame else said


def _flaky(told: Digest, case: FlakyCase) -> str:
    name = _name(told, case.project, case.name)
    return f"{name}: {case.flips:,} flips within its last {FLAKY_RUNS} runs"


def _open(told: Digest, issue: OpenIssue) -> str:
    return f"{_name(told, issue.project, issue.title)} ({code(issue.short_id, 40)})"


def _muted(told: Digest) -> Iterator[str]:
    if told.muted_until is not None:
        yield f"🔕 Alerts here were muted until {date(told.muted_until)}."
    if told.muted_cases:
        yield f"🔕 Muted meanwhile: {wording.many(told.total_muted_cases, 'test case')}"
        yield from (f"• {_mute(case)}" for case in told.muted_cases)
        if left := told.total_muted_cases - len(told.muted_cases):
            yield f"and {left:,} more"


def _mute(case: MutedCase) -> str:
    broken = f"broken in {_runs(case.broken)}" if case.broken else "not broken"
    return f"{_quoted(case.name)} until {date(case.until)}: {broken}"


def _name(told: Digest, project: str, name: str) -> str:
    quoted = _quoted(name)
    if told.several_projects and project != DEFAULT_PROJECT:
        return f"{inline(project, 64)}: {quoted}"
    return quoted


def _quoted(name: str) -> str:
    return inline(name, _NAME, empty="(no name)")


def _runs(number: int) -> str:
    return wording.many(number, "run")
