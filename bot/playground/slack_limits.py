"""What Slack would refuse about a message or a view: every limit of `facts/SLACK.md`.

Pure, and written from Slack's documentation, not from the bot: the simulated workspace refuses by
it, and tests hold the bot's own output against it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.playground.slack_block_rules import HOME_BLOCK, MESSAGE_BLOCK, MODAL_BLOCK
from bot.playground.slack_rules import (
    Findings,
    Rule,
    Violation,
    flag,
    items,
    objects,
    one_of,
    plain_text,
    shape,
    string,
)

MAX_TEXT = 40_000
MAX_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_BLOCK_CHARACTERS = 13_200
"""Over all blocks of a message, before `msg_blocks_too_long`."""
BLOCK_CHARACTERS = 42
"""What one block weighs besides its text.

Slack grants "12,000 text characters with a buffer for block containers". Measured by others
(slackapi/bolt-js 2509, 2867): one block with 13,297 characters is the most; 45 blocks with 11,341
are refused, 50 with 9,597 accepted. This is the least weight that explains all three.
"""
MAX_MARKDOWN = 12_000
MAX_TABLE = 10_000
MAX_METADATA_BYTES = 16_000
MAX_VIEW_BYTES = 250_000
_ORDER = ("no_text", "msg_too_long", "invalid_blocks", "msg_blocks_too_long")


def check_message(
    text: str | None,
    blocks: Sequence[Any] | None = None,
    attachments: Sequence[Any] | None = None,
) -> list[Violation]:
    """Everything that Slack would refuse about a message; empty where it would take it."""
    found: Findings = []
    if text and len(text) > MAX_TEXT:
        found.append(Violation("text is too long", "/text", "msg_too_long"))
    if not (text or "").strip() and not blocks and not attachments:
        found.append(Violation("no text, blocks or attachments", "", "no_text"))
    if blocks:
        _check_blocks(blocks, "/blocks", MESSAGE_BLOCK, MAX_BLOCKS, found)
        _check_unique(blocks, "/blocks", "action_id", found)
        _check_totals(blocks, found)
    for index, attachment in enumerate(attachments or ()):
        _check_attachment(attachment, f"/attachments/{index}", found)
    if attachments and len(attachments) > 100:
        found.append(
            Violation("no more than 100 items allowed", "/attachments", "too_many_attachments")
        )
    return found


def check_view(view: Any, *, home: bool = False) -> list[Violation]:
    """Everything that Slack would refuse about a modal, or with `home` about an App Home view."""
    found: Findings = []
    at = "/view"
    (_HOME if home else _MODAL)(view, at, found)
    if isinstance(view, dict):
        blocks = view.get("blocks")
        if isinstance(blocks, list):
            _check_blocks(
                blocks, f"{at}/blocks", HOME_BLOCK if home else MODAL_BLOCK, MAX_VIEW_BLOCKS, found
            )
            for index, block in enumerate(blocks):
                _check_unique([block], f"{at}/blocks", "action_id", found, first=index)
            asks = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
            if asks and not home and not view.get("submit"):
                found.append(Violation("missing required field: submit", at))
        if len(json.dumps(view)) > MAX_VIEW_BYTES:
            found.append(Violation("view is too large", at, "view_too_large"))
    return [
        Violation(item.message, item.pointer, "invalid_arguments")
        if item.error == "invalid_blocks"
        else item
        for item in found
    ]


def check_metadata(metadata: Any) -> list[Violation]:
    """Everything that Slack would refuse about a message's metadata."""
    found: Findings = []
    shape({"event_type": string(255), "event_payload": _any_object}, {"entities": _anything})(
        metadata, "/metadata", found
    )
    if not found and len(json.dumps(metadata).encode()) > MAX_METADATA_BYTES:
        return [Violation("metadata is too large", "/metadata", "metadata_too_large")]
    return [Violation(item.message, item.pointer, "invalid_metadata_format") for item in found]


def first_error(violations: Iterable[Violation]) -> str:
    """The one word that Slack answers where several things are wrong."""
    words = [item.error for item in violations]
    return next((word for word in _ORDER if word in words), words[0])


def block_characters(blocks: Sequence[Any]) -> int:
    """How much of `MAX_BLOCK_CHARACTERS` these blocks take."""
    return len(blocks) * BLOCK_CHARACTERS + _characters(blocks)


def _characters(value: Any) -> int:
    return sum(len(item["text"]) for _, item in objects(value) if isinstance(item.get("text"), str))


def _check_blocks(blocks: Sequence[Any], at: str, rule: Rule, most: int, found: Findings) -> None:
    items(rule, most, 0)(list(blocks), at, found)
    _check_unique(blocks, at, "block_id", found)


def _check_unique(
    blocks: Sequence[Any], at: str, name: str, found: Findings, *, first: int = 0
) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks, start=first):
        for pointer, item in objects(block, f"{at}/{index}"):
            value = item.get(name)
            if isinstance(value, str):
                if value in seen:
                    found.append(
                        Violation(f"`{name}` already exists: {value}", f"{pointer}/{name}")
                    )
                seen.add(value)


def _check_totals(blocks: Sequence[Any], found: Findings) -> None:
    if block_characters(blocks) > MAX_BLOCK_CHARACTERS:
        found.append(Violation("blocks are too long", "/blocks", "msg_blocks_too_long"))
    markdown, tables = _of_type(blocks, "markdown"), _of_type(blocks, "table")
    if _characters(markdown) > MAX_MARKDOWN:
        found.append(Violation(f"markdown blocks exceed {MAX_MARKDOWN} characters", "/blocks"))
    if len(tables) > 1:
        found.append(Violation("only one table is allowed", "/blocks"))
    if _characters(tables) > MAX_TABLE:
        found.append(Violation(f"tables exceed {MAX_TABLE} characters", "/blocks"))


def _of_type(blocks: Sequence[Any], kind: str) -> list[Any]:
    return [block for block in blocks if isinstance(block, dict) and block.get("type") == kind]


def _check_attachment(attachment: Any, at: str, found: Findings) -> None:
    if not isinstance(attachment, dict):
        found.append(Violation("must provide an object", at, "invalid_attachments"))
    elif attachment.get("blocks"):
        _check_blocks(attachment["blocks"], f"{at}/blocks", MESSAGE_BLOCK, MAX_BLOCKS, found)


def _anything(value: Any, at: str, found: Findings) -> None:
    """What nobody has described."""


def _any_object(value: Any, at: str, found: Findings) -> None:
    if not isinstance(value, dict):
        found.append(Violation("must provide an object", at))


_IN_BOTH: Mapping[str, Rule] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = shape(
    {"type": one_of("modal"), "title": plain_text(24), "blocks": _anything},
    {
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
        **_IN_BOTH,
    },
)
_HOME = shape({"type": one_of("home"), "blocks": _anything}, _IN_BOTH)
