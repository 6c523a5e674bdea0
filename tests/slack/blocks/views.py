"""What every view must be, whatever it shows."""

from collections.abc import Iterator
from typing import Any

from bot.playground.slack_limits import check_view
from bot.slack.blocks.message import Message
from tests.slack.blocks.limits import (
    assert_element_within_limits,
    assert_formatting_is_ours,
    assert_nothing_active_but,
    units,
)

LINKS = ("https://", "http://")


def elements(view: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything in it that can be pressed."""
    for block in view["blocks"]:
        if block["type"] == "actions":
            yield from block["elements"]
        elif "accessory" in block:
            yield block["accessory"]


def pressed(view: dict[str, Any], action: str) -> dict[str, Any]:
    """The one element whose `action_id` begins so."""
    (found,) = [each for each in elements(view) if each["action_id"].startswith(action)]
    return found


def words(view: dict[str, Any]) -> str:
    """What its sections and small print say."""
    found = []
    for block in view["blocks"]:
        if "text" in block:
            found.append(block["text"]["text"])
        found += [each["text"] for each in block.get("elements", ()) if each["type"] == "mrkdwn"]
    return "\n".join(found)


def assert_view(view: dict[str, Any], *allowed: str) -> None:
    """Within every limit, no mention but those allowed, no formatting but ours."""
    assert not check_view(view, home=view["type"] == "home")
    assert 1 <= len(view["blocks"]) <= 100
    if view["type"] == "modal":
        assert units(view["title"]["text"]) <= 24
        assert len(view["private_metadata"]) <= 3_000
    ids = []
    for element in elements(view):
        assert_element_within_limits(element)
        ids.append(element["action_id"])
    assert len(ids) == len(set(ids))
    for block in view["blocks"]:
        if block["type"] == "section":
            assert block["text"]["text"].strip()
            assert units(block["text"]["text"]) <= 3_000
    shown = Message("text", tuple(view["blocks"]))
    assert_nothing_active_but(shown, *LINKS, *allowed)
    assert_formatting_is_ours(shown)
