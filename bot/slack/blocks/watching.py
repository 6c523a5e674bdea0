"""The answer to a wish to have a run watched, here or in another channel."""

from bot.domain.rules import NotifyOn
from bot.domain.watch import TrackedRun, Watch
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.message import Message
from bot.slack.blocks.problems import one_section
from bot.slack.blocks.text import channel_name

_WHEN = {
    None: "when it ends",
    NotifyOn.ALL: "when it ends",
    NotifyOn.FAILURES: "when it ends, unless it passed",
    NotifyOn.CHANGES: "when it ends with another verdict than the run before",
}

_ALWAYS = frozenset({None, NotifyOn.ALL})


def watched(watch: Watch, tracked: TrackedRun, *, is_new: bool) -> Message:
    """The run is watched there; where it was already, nothing was changed."""
    name, where = wording.run_name(watch.key), channel_name(watch.channel)
    if not is_new:
        return one_section(
            f"Run {name} is watched in {where} already, and I left that as it is.",
            f"To end it there: {typed('stop', str(watch.key))}.",
        )
    if tracked.has_ended:
        return one_section(
            f"Run {name} has ended already. Its report comes to {where} in a moment"
            f"{', if it is what you asked for' if watch.notify_on not in _ALWAYS else ''}."
        )
    lines = [f"I am watching run {name}, and tell {where} {_WHEN[watch.notify_on]}."]
    if not tracked.is_verified:
        lines.append("QA.tech has not answered yet; the watch is stored, and I keep asking.")
    return one_section(*lines)


def not_a_member(channel: str) -> Message:
    """The bot would tell nothing there."""
    where = channel_name(channel)
    return one_section(
        f"I am not in {where}, so I could not tell anything there. Nothing was changed.",
        *(["Type `/invite` there to invite me, then try again."] if where[0] == "<" else []),
    )


def archived(channel: str) -> Message:
    """Nobody can tell anything there."""
    return one_section(f"{_capital(channel)} is archived, so nothing can be told there.")


def membership_unknown(channel: str) -> Message:
    """Slack did not say whether the bot is there."""
    return one_section(
        f"Slack did not tell me whether I am in {channel_name(channel)}. Nothing was changed; "
        "try again in a minute."
    )


def _capital(channel: str) -> str:
    where = channel_name(channel)
    return where[0].upper() + where[1:]
