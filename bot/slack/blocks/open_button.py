"""The way from a message to the run in QA.tech."""

from bot.slack.blocks.message import MAX_URL, Block
from bot.slack.blocks.text import link, safe_url

OPEN_RUN = "open_run"
"""`action_id` of the button. Slack reports a press of a link button too: it is only to be acked."""

_LABEL = "Open in QA.tech"


def open_button(url: str | None) -> list[Block]:
    """A row with the button; nothing where no trustworthy address is known."""
    address = safe_url(url, limit=MAX_URL)
    if address is None:
        return []
    button = {
        "type": "button",
        "action_id": OPEN_RUN,
        "text": {"type": "plain_text", "text": _LABEL, "emoji": True},
        "url": address,
    }
    return [{"type": "actions", "elements": [button]}]


def open_link(url: str | None) -> list[str]:
    """The same as a line of text."""
    return [link(url, _LABEL, limit=500)] if safe_url(url, limit=500) else []
