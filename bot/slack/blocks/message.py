"""A Slack message, and what keeps it within Slack's limits (`facts/SLACK.md`)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.blocks.text import clip

Block = dict[str, Any]

MAX_BLOCKS = 50
MAX_TEXT = 3_900
MAX_SECTION = 3_000
MAX_HEADER = 150
MAX_URL = 3_000
MAX_ALTERNATIVE = 1_000
"""Of a picture, in words; an image block would take twice as many, an uploaded file no more."""
MAX_COST = 12_000
"""All blocks of a message together. Slack refuses somewhere near 13,200 characters, and whether it
counts them before or after JSON escapes them is not known: escaped is the larger number."""

LEFT_OUT = "The rest of this message was left out: it is too long for Slack."


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that belongs into a message, once Slack has been given its file.

    Attributes:
        svg: what is drawn.
        alternative: the picture in words, at most `MAX_ALTERNATIVE` characters.
        at: the number of the block that it stands before.
        missing: what is said where it cannot be shown.
    """

    svg: str
    file_name: str
    title: str
    alternative: str
    at: int
    missing: str


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack is given. `text` alone says all that matters; `blocks` may be empty."""

    text: str
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None

    def with_picture(self, file_id: str) -> "Message":
        """The message with its picture, whose file Slack has under this ID."""
        if self.picture is None:
            return self
        block = {
            "type": "image",
            "slack_file": {"id": file_id},
            "alt_text": self.picture.alternative,
        }
        at = self.picture.at
        return Message(self.text, (*self.blocks[:at], block, *self.blocks[at:]))

    def without_picture(self) -> "Message":
        """The message alone, which says that its picture is missing."""
        if self.picture is None:
            return self
        at, note = self.picture.at, context(self.picture.missing)
        text = f"{self.text}\n{self.picture.missing}"
        return Message(text, (*self.blocks[:at], note, *self.blocks[at:]))


def cost(block: Block) -> int:
    """Characters that a block takes of `MAX_COST`."""
    return len(json.dumps(block)) + 2


def line_cost(text: str) -> int:
    """Characters that a line of text takes within a block, its line break included."""
    return len(json.dumps(text))


def size(text: str) -> int:
    """Length in UTF-16 units: the larger of the two ways in which a limit may be counted."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def section(text: str) -> Block:
    # verbatim: what looks like an address or a channel in a test's name is not made a link
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def header(text: str) -> Block:
    """A heading; one that the name of a run makes too long is clipped."""
    shown = clip(text, MAX_HEADER)
    if size(shown) > MAX_HEADER:
        shown = clip(text, MAX_HEADER // 2)
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": True}}


def context(text: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}],
    }


def compose(lines: Iterable[str], blocks: Sequence[Block]) -> Message:
    """The message; what goes beyond Slack's limits is left out at its end, and said to be."""
    return Message(text=_fitting_text(lines), blocks=_fitting_blocks(blocks))


def simpler(message: Message) -> Message | None:
    """The next simpler form, for when Slack refuses this one; None when there is none.

    From blocks of every kind to the text in plain sections, and from there to the text alone.
    """
    if not message.blocks:
        return None
    plain = plain_blocks(message.text.split("\n"))
    return Message(message.text, () if message.blocks == plain else plain)


def plain_blocks(lines: Sequence[str]) -> tuple[Block, ...]:
    """The lines in as few sections as hold them, within all limits."""
    return _fitting_blocks([section(part) for part in sections_of(lines)])


def sections_of(lines: Iterable[str]) -> list[str]:
    """Lines packed into texts that a section can hold; no line is cut."""
    texts: list[str] = []
    for line in lines:
        if texts and size(texts[-1]) + 1 + size(line) <= MAX_SECTION:
            texts[-1] += f"\n{line}"
        elif line.strip():
            texts.append(line)
    return texts


def _fitting_text(lines: Iterable[str]) -> str:
    kept: list[str] = []
    room = MAX_TEXT - size(LEFT_OUT) - 1
    for line in lines:
        room -= size(line) + 1
        if room < 0:
            kept.append(LEFT_OUT)
            break
        kept.append(line)
    return "\n".join(kept)


def _fitting_blocks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    note = context(LEFT_OUT)
    if len(blocks) <= MAX_BLOCKS and sum(map(cost, blocks)) <= MAX_COST:
        return tuple(blocks)
    kept: list[Block] = []
    room = MAX_COST - cost(note)
    for block in blocks[: MAX_BLOCKS - 1]:
        room -= cost(block)
        if room < 0:
            break
        kept.append(block)
    return (*kept, note)
