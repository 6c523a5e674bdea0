"""How a reply in a thread is laid out: opening, quotations, lists, closing, buttons."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.short_id import RunKey
from bot.slack.blocks.elements import Element, actions
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Block, Message, context, section, sections_of
from bot.slack.blocks.quotes import quote

_MOST_IN_TEXT = 10
_TEXT_ROOM = 1_000
"""What a quotation may take of a message's `text`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The run that a reply is about; `key` is None where that is not known: then no buttons."""

    key: RunKey | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text of others under a heading of ours.

    Attributes:
        room: what it may take of a message (`line_cost`).
        rest: a clause that says where all of it can be read.
    """

    heading: str
    raw: str | None
    room: int
    rest: str

    def lines(self, room: int) -> list[str]:
        """Heading and quotation, and how much is left out; nothing where there is no text."""
        quotation = quote(self.raw, room)
        if not quotation.lines and not quotation.is_clipped:
            return []
        lines = [f"*{self.heading}*", *quotation.lines]
        if quotation.is_clipped:
            lines.append(f"About {quotation.left:,} more characters are not shown: {self.rest}.")
        return lines


def reply_message(
    opening: Sequence[str],
    *,
    quoted: Sequence[Quoted] = (),
    listings: Sequence[Listing] = (),
    closing: Sequence[str] = (),
    spoken: Sequence[str] = (),
    row: Sequence[Element] = (),
) -> Message:
    """A reply within Slack's limits.

    Args:
        opening: lines that say what matters even alone.
        quoted: long texts, each clipped to its room and said to be.
        listings: lists that share the room which is left.
        closing: small print at the end.
        spoken: what stands in for the buttons in the message's `text`.
        row: the buttons.
    """
    texts, head = list(opening), _sections(opening)
    for text in quoted:
        texts += text.lines(min(text.room, _TEXT_ROOM))
        head += _sections(text.lines(text.room))
    return lay_out(
        listed_text(texts, listings, [*closing, *spoken], most=_MOST_IN_TEXT),
        head,
        listings,
        [*([context("\n".join(closing))] if closing else []), *actions(row)],
    )


def _sections(lines: Sequence[str]) -> list[Block]:
    return [section(text) for text in sections_of(lines)]
