"""What the text of a message does when Slack shows it: whom it calls, where its links lead.

For tests that text from elsewhere is never active.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.slack_rules import Json, objects

MentionKind = Literal["broadcast", "user", "usergroup", "channel", "date", "link"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One active thing in a text.

    Attributes:
        target: `channel`, `here` or `everyone`; a user's, user group's or channel's ID; a URL.
        label: what is shown in its place, where the text says so.
    """

    kind: MentionKind
    target: str
    label: str | None = None


_ACTIVE = re.compile(r"<([^<>\n]+)>")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BROADCASTS = frozenset({"channel", "here", "everyone", "group"})
_IN_RICH_TEXT: dict[str, tuple[MentionKind, str]] = {
    "broadcast": ("broadcast", "range"),
    "user": ("user", "user_id"),
    "usergroup": ("usergroup", "usergroup_id"),
    "channel": ("channel", "channel_id"),
    "link": ("link", "url"),
}


def active_mentions(
    text: str | None,
    blocks: Sequence[Any] | None = None,
    attachments: Sequence[Any] | None = None,
) -> list[Mention]:
    """Everything active in a message: its text, its mrkdwn, its rich text, in that order.

    `plain_text` is never active, and neither is an escaped `&lt;!channel&gt;`.
    """
    found = list(_in_text(text or ""))
    for attachment in attachments or ():
        if isinstance(attachment, dict):
            for name in ("text", "pretext", "fallback", "title"):
                if isinstance(attachment.get(name), str):
                    found.extend(_in_text(attachment[name]))
    for _, item in objects([list(blocks or ()), list(attachments or ())]):
        found.extend(_in_object(item))
    return found


def _in_object(item: Json) -> Iterator[Mention]:
    kind, text = item.get("type"), item.get("text")
    if kind in ("mrkdwn", "markdown") and isinstance(text, str):
        yield from _in_text(text)
    elif isinstance(kind, str) and kind in _IN_RICH_TEXT:
        meaning, name = _IN_RICH_TEXT[kind]
        if isinstance(item.get(name), str):
            yield Mention(meaning, item[name], text if isinstance(text, str) else None)


def _in_text(text: str) -> Iterator[Mention]:
    for match in _ACTIVE.finditer(text):
        target, _, label = match[1].partition("|")
        mention = _read(target, label or None)
        if mention is not None:
            yield mention


def _read(target: str, label: str | None) -> Mention | None:
    rest = target[1:]
    match target[:1]:
        case "@":
            return Mention("user", rest, label)
        case "#":
            return Mention("channel", rest, label)
        case "!":
            return _read_command(rest, label)
    return Mention("link", target, label) if _SCHEME.match(target) else None


def _read_command(word: str, label: str | None) -> Mention | None:
    name, _, rest = word.partition("^")
    if name in _BROADCASTS:
        return Mention("broadcast", name, label)
    if name == "subteam":
        return Mention("usergroup", rest, label)
    return Mention("date", rest, label) if name == "date" else None
