"""The way from a message to the run in QA.tech."""

from bot.slack.blocks.elements import actions, link_button
from bot.slack.blocks.message import Block
from bot.slack.blocks.text import link, safe_url

OPEN_LABEL = "Open in QA.tech"


def open_button(url: str | None) -> list[Block]:
    """A row with the button; nothing where no trustworthy address is known."""
    return actions(link_button(url, OPEN_LABEL))


def open_link(url: str | None) -> list[str]:
    """The same as a line of text."""
    return [link(url, OPEN_LABEL, limit=500)] if safe_url(url, limit=500) else []
