"""A trend: the last runs as a picture, and as a table for who cannot see it.

The table is Slack's own block, which a screen reader can walk through cell by cell; text that is
set with blanks would be read as one long line.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from bot.domain.facts import TrendShown
from bot.domain.time_zones import zone_of
from bot.domain.trend import MOST_RUNS, TrendRun
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.layout import Listing, listed_text
from bot.slack.blocks.message import (
    MAX_ALTERNATIVE,
    Block,
    Message,
    Picture,
    compose,
    context,
    header,
    section,
)
from bot.slack.blocks.problems import one_section
from bot.slack.blocks.text import clip, inline, plain
from bot.slack.blocks.trend_chart import trend_svg

_NAME = 64
_RIGHT = {"align": "right", "is_wrapped": False}
_LEFT = {"align": "left", "is_wrapped": False}
_COLUMNS = [_LEFT, _LEFT, _LEFT, _RIGHT, _RIGHT, _RIGHT]
_MISSING = (
    "The picture is missing: Slack did not take the file, or cannot show it here. "
    "The table says the same."
)


def trend(fact: TrendShown) -> Message:
    """The last runs; the message's picture is drawn and uploaded by who sends it."""
    zone = zone_of(fact.time_zone)
    count = len(fact.runs)
    title = "The last run" if count == 1 else f"The last {count:,} runs"
    summary = [f"{wording.verdict_counts(Counter(run.verdict for run in fact.runs))}."]
    if note := _note(fact):
        summary.append(note)
    closing = f"To see one: {typed('<run>')}."
    lines = Listing(
        heading="",
        lines=[_line(run, zone) for run in fact.runs],
        total=count,
        more=lambda left: f"and {left:,} more, further back",
    )
    times = f"Times are those of {inline(fact.time_zone, _NAME)}. {closing}"
    message = compose(
        listed_text([f"{title}, the newest first:", *summary], [lines], [times], most=MOST_RUNS),
        [
            header(title),
            section("\n".join(summary)),
            context(closing),
            _table(fact, zone),
        ],
    )
    oldest_first = fact.runs[::-1]
    picture = Picture(
        svg=trend_svg(oldest_first, f"Test cases of {title.lower()}", _span(fact, zone)),
        file_name="trend.png",
        title=title,
        alternative=_alternative(fact, title),
        at=2,
        missing=_MISSING,
    )
    return replace(message, picture=picture)


def sent_directly() -> Message:
    """The trend that was asked for privately is on its way."""
    return one_section("The trend is in our direct messages: Slack shows no pictures here.")


def nothing_to_show(*, only_watched: bool) -> Message:
    """No run is remembered."""
    if only_watched:
        return one_section(
            "I remember no run that was watched in this channel, and its rules say to count no "
            f"others. To change that: {typed('alerts')}."
        )
    return one_section(
        "I remember no run that has ended yet: I only know of those that I was told of. "
        f"To have one watched: {typed('<run>')}."
    )


def _note(fact: TrendShown) -> str | None:
    if fact.asked > MOST_RUNS and len(fact.runs) == MOST_RUNS:
        return f"These are {MOST_RUNS}, the most that can be told apart in one picture."
    if len(fact.runs) < min(fact.asked, MOST_RUNS):
        return "I remember no more than these."
    return None


def _span(fact: TrendShown, zone: tzinfo) -> str:
    first, last = (fact.runs[at].ended_at.astimezone(zone).date() for at in (-1, 0))
    days = f"{first.day} {first:%b %Y}"
    if first != last:
        days += f" to {last.day} {last:%b %Y}"
    order = "; the oldest run is on the left" if len(fact.runs) > 1 else ""
    return f"{days}{order}"


def _alternative(fact: TrendShown, title: str) -> str:
    """What the picture shows, in words; the table has the numbers."""
    broken = [run for run in fact.runs if run.failed]
    words = [
        (
            f"Bar chart of {title.lower()}, one bar of test cases for each run: "
            f"{wording.verdict_counts(Counter(run.verdict for run in fact.runs))}."
        )
    ]
    if broken:
        worst = max(broken, key=lambda run: run.failed)
        words.append(
            f"Test cases failed in {len(broken)} of them, most in run {plain(worst.short_id, 40)}: "
            f"{worst.failed:,} of {worst.total:,}."
        )
    words.append("The table below has the numbers.")
    return clip(" ".join(words), MAX_ALTERNATIVE)


def _line(run: TrendRun, zone: tzinfo) -> str:
    said = f"{wording.headline(run.key, run.verdict)} ({_moment(run.ended_at, zone)})"
    if not run.total:
        return f"• {said}; its test cases are not known"
    parts = [f"{run.passed:,} of {wording.many(run.total, 'test case')} passed"]
    if run.failed:
        parts.append(f"{run.failed:,} failed")
    if run.untested:
        parts.append(f"{run.untested:,} not tested")
    return f"• {said}: {', '.join(parts)}"


def _table(fact: TrendShown, zone: tzinfo) -> Block:
    head = ["Run", f"Ended ({plain(fact.time_zone, _NAME)})", "Result"]
    rows = [
        [
            plain(str(run.key), _NAME, empty="?"),
            _moment(run.ended_at, zone),
            wording.verdict_word(run.verdict),
            *(
                [f"{run.passed:,}", f"{run.failed:,}", f"{run.untested:,}"]
                if run.total
                else ["?", "?", "?"]
            ),
        ]
        for run in fact.runs
    ]
    return {
        "type": "table",
        "column_settings": _COLUMNS,
        "rows": [_row(cells) for cells in ([*head, "Passed", "Failed", "Not tested"], *rows)],
    }


def _row(cells: Sequence[str]) -> list[Block]:
    return [{"type": "raw_text", "text": cell} for cell in cells]


def _moment(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M}"
