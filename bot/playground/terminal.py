"""Slack's messages in a terminal, as a person would read them."""

import html
import re
import time
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from bot.playground.slack import Workspace
from bot.playground.slack_state import Message

_MARKUP = re.compile(
    r"<!date\^(?P<when>\d+)\^[^|>]*(?:\|(?P<fallback>[^>]*))?>"
    r"|<@(?P<user>[A-Z0-9]+)>"
    r"|<#(?P<channel>[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
)
_EMOJI = {
    "white_check_mark": "✅",
    "x": "❌",
    "warning": "⚠️",
    "hourglass_flowing_sand": "⏳",
    "arrow_forward": "▶️",
    "no_entry_sign": "🚫",
    "octagonal_sign": "🛑",
    "fast_forward": "⏩",
    "grey_question": "❔",
}


def panel(workspace: Workspace, message: Message) -> Panel:
    """One message with its author, its time and what it is: edited, a reply, only for one."""
    notes = [
        note
        for note, holds in (
            ("edited", bool(message.edited) or bool(message.revisions)),
            ("in a thread", message.thread_ts not in (None, message.ts)),
            ("also sent to the channel", message.is_broadcast),
            ("only visible to you", message.is_ephemeral),
        )
        if holds
    ]
    at = time.strftime("%H:%M:%S", time.localtime(float(message.ts)))
    title = Text.assemble((message.author.name, "bold"), f"  {at}")
    if notes:
        title.append(f"  ({', '.join(notes)})", style="italic")
    body = [_block(workspace, block) for block in message.blocks]
    content = Group(*body) if body else mrkdwn(workspace, message.text)
    return Panel(content, title=title, title_align="left", border_style=_style(message))


def mrkdwn(workspace: Workspace, text: str) -> Text:
    """Slack's markup as styled text."""
    shown, end = Text(), 0
    for match in _MARKUP.finditer(text):
        shown.append(_plain(text[end : match.start()]))
        shown.append_text(_styled(workspace, match))
        end = match.end()
    shown.append(_plain(text[end:]))
    return shown


def _styled(workspace: Workspace, match: "re.Match[str]") -> Text:
    found = match.groupdict()
    if user := found["user"]:
        known = workspace.users.get(user)
        return Text(f"@{known.name if known else user}", style="bold blue")
    if channel := found["channel"]:
        return Text(f"#{workspace.channel(channel).name}", style="bold blue")
    if url := found["url"]:
        label = _plain(found["label"] or url)
        return Text(label, style=f"blue underline link {html.unescape(url)}")
    if code := found["code"]:
        return Text(_plain(code), style="red")
    if when := found["when"]:
        return Text(time.strftime("%H:%M", time.localtime(int(when))))
    if bold := found["bold"]:
        inner = mrkdwn(workspace, bold)
        inner.stylize("bold")
        return inner
    return Text(_plain(found["italic"] or ""), style="italic")


def _plain(text: str) -> str:
    named = re.sub(r":([a-z0-9_+-]+):", lambda m: _EMOJI.get(m[1], m[0]), html.unescape(text))
    return "".join(c for c in named if c.isprintable() or c == "\n")


def _block(workspace: Workspace, block: dict[str, Any]) -> RenderableType:
    match block["type"]:
        case "header":
            return Text(_plain(block["text"]["text"]), style="bold")
        case "section":
            parts = [block["text"], *block.get("fields", ())] if block.get("text") else []
            return Group(*(mrkdwn(workspace, part["text"]) for part in parts))
        case "context":
            lines = [
                mrkdwn(workspace, e.get("text") or e.get("alt_text", "")) for e in block["elements"]
            ]
            for line in lines:
                line.stylize("dim")
            return Group(*lines)
        case "actions":
            buttons = [f"[ {_plain(e['text']['text'])} ]" for e in block["elements"] if "text" in e]
            return Padding(Text("  ".join(buttons), style="bold cyan"), (1, 0, 0, 0))
        case "divider":
            return Rule(style="dim")
    return Text(f"({block['type']})", style="dim")


def _style(message: Message) -> str:
    if message.is_ephemeral:
        return "yellow"
    return "cyan" if message.thread_ts not in (None, message.ts) else "white"
