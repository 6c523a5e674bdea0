"""Ephemeral answers to a command; the longer ones stand in files of their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.short_id import RunKey
from bot.domain.watch import WatchedRun
from bot.slack.blocks import wording
from bot.slack.blocks.alerts import refusal_lines
from bot.slack.blocks.commands import help_message, typed
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Message, section
from bot.slack.blocks.paged import failed_cases, issues
from bot.slack.blocks.problems import (
    failure_of_ours,
    not_in_channel,
    one_section,
    qatech_problem,
    user_error,
)
from bot.slack.blocks.progress import so_far
from bot.slack.blocks.text import channel_name, inline, link, mention, safe_url

__all__ = [
    "already_watched",
    "failed_cases",
    "failure_of_ours",
    "help_message",
    "issues",
    "just_ended",
    "no_direct_message",
    "not_in_channel",
    "nothing_to_stop",
    "qatech_problem",
    "stopped",
    "user_error",
    "watch_list",
    "watching_privately",
]

_MOST_IN_TEXT = 20


def watch_list(
    watched: Sequence[WatchedRun],
    *,
    channel: str,
    now: datetime,
    links: Mapping[str, str] | None = None,
    refusals: Mapping[str, str] | None = None,
) -> Message:
    """The runs watched in a channel.

    Args:
        watched: the active watches, oldest first.
        channel: Slack's ID of the conversation.
        now: the present moment.
        links: address of the live message by the watch's ID, where it is known.
        refusals: channel → why it refuses the bot's alerts.
    """
    where = channel_name(channel)
    warned = refusal_lines(refusals or {}, channel)
    if not watched:
        return one_section(
            f"No run is being watched in {where}.",
            f"Type {typed('<run>')} with a run's short ID or link to start.",
            *warned,
        )
    opening = f"{wording.many(len(watched), 'run')} being watched in {where}:"
    lines = [watch_line(each, now, (links or {}).get(each.watch.id)) for each in watched[:100]]
    listing = Listing(
        heading=opening,
        lines=lines,
        total=len(watched),
        more=lambda left: f"and {left:,} more, started later",
    )
    closing = [f"To stop one: {typed('stop', '<run>')}.", *warned]
    return lay_out(
        listed_text([], [listing], closing, most=_MOST_IN_TEXT),
        [],
        [listing],
        [section("\n".join(closing))],
    )


def watch_line(watched: WatchedRun, now: datetime, permalink: str | None) -> str:
    """A watch with its run: how far it is, since when it is watched, who asked."""
    watch, tracked = watched.watch, watched.tracked
    if tracked.is_verified:
        said = wording.status_words(tracked.status, tracked.result)
        state = f"{said}, {so_far(tracked.progress)}"
    else:
        state = "waiting for QA.tech"
    parts = [f"{state}, watched for {wording.duration(now - watch.created_at)}"]
    if who := mention(watch.asked_by):
        parts.append(f"asked by {who}")
    if safe_url(permalink, limit=500):
        parts.append(link(permalink, "live message"))
    return f"• *{wording.run_name(watch.key)}*: {' · '.join(parts)}"


def already_watched(key: RunKey, permalink: str | None) -> Message:
    """A live message follows this run here already."""
    where = _there(permalink, "its live message")
    return one_section(
        f"Run {wording.run_name(key)} is being watched here already{where}. "
        "You will be told here when it ends."
    )


def just_ended(key: RunKey, permalink: str | None) -> Message:
    """The run ended a moment ago, and its report is here or on its way."""
    where = _there(permalink, "its report")
    said = f"Run {wording.run_name(key)} has just ended"
    return one_section(f"{said}{where}." if where else f"{said}. Its report is on its way here.")


def looking_again(key: RunKey) -> Message:
    """A look at a watched run has been asked for."""
    return one_section(
        f"I am looking at run {wording.run_name(key)} now. Its message changes when there is news."
    )


def refreshed(key: RunKey) -> Message:
    """A run that has ended has been looked at once more; its report may look as before."""
    return one_section(
        f"I have looked at run {wording.run_name(key)} again. It has ended, and its message shows "
        "how it stands now."
    )


def _there(permalink: str | None, label: str) -> str:
    return f": {link(permalink, label)}" if safe_url(permalink, limit=500) else ""


def watching_privately(key: RunKey) -> Message:
    """The run is in progress, and its live message goes to the asker's direct messages."""
    return one_section(
        f"Run {wording.run_name(key)} is in progress. I am watching it and will tell only you, "
        "in our direct messages."
    )


def no_direct_message(code: str) -> Message:
    """Slack did not let the bot write to the asker directly; `code` is Slack's word for why."""
    return one_section(
        f"Slack did not let me send you a direct message ({inline(code, 60, empty='no reason')}). "
        "It is not your fault: whoever runs this bot must give it the scope `im:write`.",
        "Without `private`, the run can be watched here.",
    )


def stopped(key: RunKey) -> Message:
    """The watch has been stopped."""
    return one_section(
        f"I stopped watching run {wording.run_name(key)} here. The run itself goes on in QA.tech.",
        f"To watch it again: {typed(str(key))}.",
    )


def nothing_to_stop(key: RunKey) -> Message:
    """No watch of this run stands in this channel."""
    return one_section(
        f"Run {wording.run_name(key)} is not being watched here, so there is nothing to stop.",
        f"To see what is: {typed('list')}.",
    )
