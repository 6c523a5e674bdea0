"""The App Home: what is watched now, what ended last, and a field to look up a run."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.run import verdict
from bot.domain.watch import HomeResult, WatchedRun
from bot.slack.blocks import buttons, wording
from bot.slack.blocks.answers import watch_line
from bot.slack.blocks.commands import typed
from bot.slack.blocks.elements import button, plain_text
from bot.slack.blocks.message import Block, Message, context, header, section
from bot.slack.blocks.modal import View
from bot.slack.blocks.text import channel_name, date, inline, link, safe_url

_MOST = 15
"""Entries of one list; Slack allows 100 blocks in all."""


def home_view(
    *,
    watched_by_me: Sequence[WatchedRun],
    watched_in_my_channels: Sequence[WatchedRun],
    last_results: Sequence[HomeResult],
    now: datetime,
    not_understood: str | None = None,
    rules: Sequence[Block] = (),
) -> View:
    """One person's App Home.

    Args:
        watched_by_me: active watches that this person asked for, oldest first.
        watched_in_my_channels: those of others in the person's channels.
        last_results: runs that ended, newest first.
        now: the present moment.
        not_understood: what stood in the field, where it was no run.
        rules: what the person's channels want to hear, already laid out.
    """
    blocks = [
        *_look_up(not_understood),
        *_watched("Watched for you", "mine", watched_by_me, now),
        *_watched("Watched in your channels", "ours", watched_in_my_channels, now),
        *_results(last_results),
        *rules,
        context(f"All that you can type: {typed('help')} in any channel."),
    ]
    return {"type": "home", "blocks": blocks}


def problem_home(message: Message) -> View:
    """What stands in the way of the App Home, in the words that a message would have."""
    return {"type": "home", "blocks": list(message.blocks)}


def _look_up(not_understood: str | None) -> list[Block]:
    field: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": buttons.LOOK_UP,
        "placeholder": plain_text("UkxK, or the run's link"),
        "max_length": 500,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    blocks: list[Block] = [
        {
            "type": "input",
            "block_id": buttons.LOOK_UP,
            "dispatch_action": True,
            "optional": True,
            "label": plain_text("Look up a run"),
            "hint": plain_text("Type its short ID or paste its link, then press Enter."),
            "element": field,
        }
    ]
    if not_understood is not None:
        words = inline(not_understood, 80)
        said = f"“{words}” is not a run" if words else "That is not a run"
        blocks.append(section(f"{said}. Type its short ID, like `UkxK`, or paste its link."))
    return blocks


def _watched(title: str, place: str, watched: Sequence[WatchedRun], now: datetime) -> list[Block]:
    blocks = [header(title)]
    for number, each in enumerate(watched[:_MOST], start=1):
        line = f"{watch_line(each, now, None)} · {_where(each.watch.channel)}"
        if safe_url(each.tracked.url, limit=500):
            line += f" · {link(each.tracked.url, 'Open in QA.tech')}"
        blocks.append(_entry(line, f"{place}:{number}", each))
    return [*blocks, *_rest(len(watched), "No run is being watched.")]


def _results(results: Sequence[HomeResult]) -> list[Block]:
    blocks = [header("Last results")]
    for number, each in enumerate(results[:_MOST], start=1):
        told = verdict(each.status, each.result)
        line = f"{wording.VERDICT_EMOJI[told]} *{wording.headline(each.key, told)}*"
        line += f" · {_where(each.channel)} · {date(each.ended_at)}"
        if safe_url(each.url, limit=500):
            line += f" · {link(each.url, 'Open in QA.tech')}"
        blocks.append(_entry(line, f"ended:{number}", each))
    return [*blocks, *_rest(len(results), "No run has ended in your channels yet.")]


def _entry(line: str, place: str, of: WatchedRun | HomeResult) -> Block:
    """A line about a run, with a button that shows it."""
    key = of.key if isinstance(of, HomeResult) else of.watch.key
    block = section(line)
    if buttons.can_carry(key):
        value = buttons.run_value(key)
        for show in button(f"{buttons.SHOW_RUN}:{place}", "Show", value):
            block["accessory"] = show | {"accessibility_label": f"Show run {key.short_id}"[:75]}
    return block


def _rest(total: int, none: str) -> list[Block]:
    """How many are not listed, or that there are none."""
    if not total:
        return [section(none)]
    return [context(f"and {total - _MOST:,} more")] if total > _MOST else []


def _where(channel: str) -> str:
    name = channel_name(channel)
    return f"in {name}" if name.startswith("<") else "in a direct message"
