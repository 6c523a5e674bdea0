"""Lists that fill what room a message has, and say how much they left out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.slack.blocks.message import (
    MAX_COST,
    MAX_TEXT,
    Block,
    Message,
    compose,
    cost,
    line_cost,
    section,
    sections_of,
    size,
)

MARGIN = 1_100
"""Room of `MAX_COST` that is left for what `problems.not_in_channel` puts before a message."""
TEXT_MARGIN = 400
"""The same of `MAX_TEXT`."""
_FRAME = cost(section(""))
_LEAST_FILL = 1_400
"""A section ends only where the next line does not fit, so it holds at least so many characters."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A heading and lines below it, of which as many are shown as there is room for.

    Attributes:
        heading: may be empty, for a list that what stands above it has introduced.
        lines: rendered only as far as they are shown, so it may be iterated once.
        total: how many lines there are.
        more: the line that says how many were left out, and how to see them.
        share: how much of the room it may take, as against the other listings.
    """

    heading: str
    lines: Iterable[str]
    total: int
    more: Callable[[int], str]
    share: int = 1


def lay_out(
    text_lines: Sequence[str],
    head: Sequence[Block],
    listings: Sequence[Listing],
    tail: Sequence[Block],
) -> Message:
    """A message whose listings share the room that head and tail leave.

    What a listing does not use goes to those after it.
    """
    frames = sum(
        _FRAME + line_cost(listing.heading) + line_cost(listing.more(listing.total))
        for listing in listings
    )
    room = MAX_COST - MARGIN - sum(map(cost, (*head, *tail))) - frames
    shares = sum(listing.share for listing in listings)
    middle: list[Block] = []
    for listing in listings:
        shown, used = _shown(listing, room * listing.share // shares)
        room -= used
        shares -= listing.share
        middle += map(section, sections_of(shown))
    return compose(text_lines, (*head, *middle, *tail))


def _shown(listing: Listing, room: int) -> tuple[list[str], int]:
    """What of a listing fits, and the room that its lines take."""
    lines = [listing.heading]
    used = length = 0
    for line in listing.lines:
        longer = length + size(line) + 1
        frames = _FRAME * (longer // _LEAST_FILL - length // _LEAST_FILL)
        price = line_cost(line) + frames
        if used + price > room:
            break
        used, length = used + price, longer
        lines.append(line)
    if left := listing.total - (len(lines) - 1):
        lines.append(listing.more(left))
    return lines, used


def listed_text(
    head: Sequence[str], listings: Sequence[Listing], tail: Sequence[str], *, most: int
) -> list[str]:
    """The lines of a message's `text`: head, at most `most` lines of each listing, tail."""
    fixed = (
        *head,
        *tail,
        *(listing.heading for listing in listings),
        *(listing.more(listing.total) for listing in listings),
    )
    room = MAX_TEXT - TEXT_MARGIN - sum(size(line) + 1 for line in fixed)
    texts = list(head)
    for listing in listings:
        texts += [listing.heading] if listing.heading else []
        shown = 0
        for line in listing.lines:
            room -= size(line) + 1
            if shown == most or room < 0:
                break
            shown += 1
            texts.append(line)
        if left := listing.total - shown:
            texts.append(listing.more(left))
    return [*texts, *tail]
