"""The runs that a Slack message speaks of, wherever they stand in it.

Other apps put their links into attachments and blocks, and every app into other fields of them: all
of what a message holds is read.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from bot.domain.sightings import linked_run, started_run
from bot.services.linking import Mentioned

SAID = frozenset({None, "bot_message", "thread_broadcast", "file_share", "me_message"})
"""The subtypes of new messages; all others are edits, joins and the like."""

_PARTS = ("text", "attachments", "blocks")
_ADDRESS = re.compile(r"https?://[^\s<>|\"]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}*~'`’”"
_MOST_STRINGS = 2_000
_DEEPEST = 20


def mentioned_in(
    event: Mapping[str, Any], *, bot_user: str | None, bot_id: str | None
) -> Mentioned | None:
    """The runs in an event; None where there are none, or the bot itself is the author."""
    author, app = event.get("user"), event.get("bot_id")
    if event.get("subtype") not in SAID or event.get("edited"):
        return None
    if (author and author == bot_user) or (app and app == bot_id):
        return None
    strings = _strings(event)
    runs = dict.fromkeys(
        run for text in strings for address in _addresses(text) if (run := linked_run(address))
    )
    started = dict.fromkeys(run for text in strings if (run := started_run(unescape(text))))
    is_app = bool(app) or event.get("subtype") == "bot_message"
    if not runs and not (started and is_app):
        return None
    return Mentioned(
        channel=str(event.get("channel", "")),
        ts=str(event.get("ts", "")),
        thread_ts=event.get("thread_ts") or None,
        user=None if is_app or not author else str(author),
        runs=tuple(runs),
        started=tuple(started) if is_app else (),
    )


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(text):
        yield unescape(found[0]).rstrip(_TRAILING)


def _strings(event: Mapping[str, Any]) -> list[str]:
    """Every text of a message, as many as are worth reading."""
    found: list[str] = []
    for part in _PARTS:
        for text in _texts(event.get(part), _DEEPEST):
            if len(found) >= _MOST_STRINGS:
                return found
            found.append(text)
    return found


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner, depth - 1)
    elif isinstance(value, list):
        # A sentence of rich text comes in pieces, each with its own look.
        pieces = [piece["text"] for piece in value if _has_text(piece)]
        if len(pieces) > 1:
            yield "".join(pieces)
        for inner in value:
            yield from _texts(inner, depth - 1)


def _has_text(piece: Any) -> bool:
    return isinstance(piece, dict) and isinstance(piece.get("text"), str)
