"""The live message of a run in progress."""

from datetime import datetime

from bot.domain.notice import Telling
from bot.domain.run import Outcome, Progress
from bot.domain.watch import TrackedRun
from bot.slack.blocks.commands import typed
from bot.slack.blocks.message import Message, compose, context, header, section
from bot.slack.blocks.open_button import open_link
from bot.slack.blocks.run_buttons import live_row
from bot.slack.blocks.text import date, mention
from bot.slack.blocks.wording import (
    OUTCOME_WORDS,
    duration,
    many,
    run_name,
    status_words,
)

_BAR_CELLS = 10
_FULL, _EMPTY = "▓", "░"

_REFUSED = (
    "QA.tech refuses the bot's key. It is not your fault: "
    "whoever runs this bot must check `QATECH_API_TOKEN`."
)


def live_message(tracked: TrackedRun, telling: Telling, *, now: datetime) -> Message:
    """What is known of the run by now, and when the channel will be told more."""
    if tracked.is_verified:
        title, emoji = f"Run {run_name(tracked.key)} is in progress", "⏳"
        lines = [_status(tracked), *_progress_lines(tracked.progress), *_trouble(tracked)]
    else:
        title, emoji = f"Run {run_name(tracked.key)}: waiting for QA.tech", "⏸️"
        lines = [unverified(tracked)]
    closing = [_watched(tracked, telling, now), "I will reply in this thread when the run ends."]
    return compose(
        [f"{title}.", *lines, *closing, *open_link(tracked.url)],
        [
            header(f"{emoji} {title}"),
            section("\n".join(lines)),
            context("\n".join(closing)),
            *live_row(tracked),
        ],
    )


def _status(tracked: TrackedRun) -> str:
    return f"Status: {status_words(tracked.status, tracked.result)}"


def _progress_lines(progress: Progress) -> list[str]:
    if not progress.total:
        return ["QA.tech has not listed the test cases yet."]
    return [progress_bar(progress), f"{so_far(progress)}."]


def progress_bar(progress: Progress) -> str:
    """Ten cells and a percentage, rounded down: 100% only when every test case is finished."""
    full = _BAR_CELLS * progress.finished // progress.total
    percent = 100 * progress.finished // progress.total
    return f"{_FULL * full}{_EMPTY * (_BAR_CELLS - full)} {percent}%"


def so_far(progress: Progress) -> str:
    """How many test cases are finished and how they went."""
    if not progress.total:
        return "test cases not listed yet"
    said = f"{progress.finished:,} of {many(progress.total, 'test case')} finished"
    parts = [
        f"{progress[outcome]:,} {word}"
        for outcome, word in OUTCOME_WORDS.items()
        if outcome is not Outcome.IN_PROGRESS and progress[outcome]
    ]
    return f"{said}: {', '.join(parts)}" if parts else said


def _trouble(tracked: TrackedRun) -> list[str]:
    """What keeps us from newer numbers, if anything does."""
    if tracked.refusals:
        return [f"{_REFUSED} These numbers are from before. The watch goes on."]
    if tracked.missing or tracked.failures:
        said = (
            "QA.tech is not answering about this run at the moment; these numbers are from before."
        )
        return [f"{said} Nothing is lost: I keep asking."]
    return []


def unverified(tracked: TrackedRun) -> str:
    """Why QA.tech has not confirmed the run, whose fault that is, and that nothing is lost."""
    if tracked.refusals:
        said = _REFUSED
    elif tracked.missing:
        said = (
            "QA.tech does not know this run so far. A run that was just started may take a moment; "
            f"if the short ID is mistyped, type {typed('stop', str(tracked.key))}."
        )
    else:
        said = (
            "QA.tech has not answered yet. That is neither your fault nor the run's: "
            "QA.tech is slow or down, or the bot cannot reach it."
        )
    return f"{said} Nothing is lost: the watch is stored, and I keep asking."


def _watched(tracked: TrackedRun, telling: Telling, now: datetime) -> str:
    since = telling.watch.created_at if telling.watch else tracked.watched_since
    said = f"Watched for {duration(now - since)}, as of {date(now)}"
    who = mention(telling.notice.asked_by)
    return f"{said}. Asked by {who}." if who else f"{said}."
