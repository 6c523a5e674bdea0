"""A modal, and what keeps it within Slack's limits (`facts/SLACK.md`)."""

from collections.abc import Sequence
from typing import Any

from bot.slack.blocks.elements import Element, button, plain_text
from bot.slack.blocks.message import (
    LEFT_OUT,
    Block,
    Message,
    context,
    plain_blocks,
    section,
    sections_of,
)
from bot.slack.blocks.text import plain

View = dict[str, Any]

MAX_VIEW_BLOCKS = 100
_MAX_TITLE = 24
_MAX_METADATA = 3_000


def modal(title: str, blocks: Sequence[Block], *, metadata: str = "") -> View:
    """A modal to look at; what goes beyond its 100 blocks is left out at its end, and said to be.

    Args:
        title: clipped to the 24 characters that Slack allows.
        blocks: at least one.
        metadata: what `buttons` reads back when something in the view is pressed.
    """
    shown = list(blocks)
    if len(shown) > MAX_VIEW_BLOCKS:
        shown = [*shown[: MAX_VIEW_BLOCKS - 1], context(LEFT_OUT)]
    return {
        "type": "modal",
        "title": plain_text(plain(title, _MAX_TITLE, empty="Run")),
        "close": plain_text("Close"),
        "private_metadata": metadata if len(metadata) <= _MAX_METADATA else "",
        "blocks": shown,
    }


def loading_view(title: str) -> View:
    """What is seen while QA.tech is asked."""
    return modal(title, [section("⏳ Loading: I am asking QA.tech. This takes a moment.")])


def problem_view(title: str, message: Message) -> View:
    """What stands in the way of a view, in the words that a message would have."""
    return modal(title, message.blocks or plain_blocks(message.text.split("\n")))


def sections(lines: Sequence[str]) -> list[Block]:
    """Lines in as few sections as hold them; none where there are no lines."""
    return [section(text) for text in sections_of(lines)]


def turning(action: str, page: int, pages: int, values: Sequence[str | None]) -> list[Element]:
    """The buttons that lead to the page before and the page after, whose values are given."""
    before, after = values
    found: list[Element] = []
    if page > 1:
        found += button(f"{action}:previous", "Previous page", before)
    if page < pages:
        found += button(f"{action}:next", "Next page", after)
    return found


def page_note(page: int, pages: int, *, first: int, shown: int, total: int, what: str) -> list[str]:
    """Which part of a list is shown; nothing where it is all of it."""
    if pages == 1:
        return []
    last = first + shown - 1
    return [f"Page {page:,} of {pages:,}: {what} {first:,} to {last:,} of {total:,}."]
