"""Block Kit's blocks, each as a rule, and the surfaces they may stand on.

Source: docs.slack.dev, "Blocks"; `facts/SLACK.md`. Left out on purpose, and therefore refused as
unsupported: alert, card, carousel, container, data_table, data_visualization, plan, task_card.
"""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack_element_rules import (
    ACCESSORIES,
    ACTIONS_ELEMENTS,
    IMAGE,
    INPUT_ELEMENTS,
    SLACK_FILE,
)
from bot.playground.slack_rich_text_rules import RICH_TEXT_ELEMENTS
from bot.playground.slack_rules import (
    Findings,
    Rule,
    Violation,
    exactly_one,
    flag,
    items,
    one_of,
    plain_text,
    shape,
    string,
    text_object,
    typed,
    url,
)


def _block(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    *,
    also: Rule | None = None,
) -> Rule:
    return shape(required, {"block_id": string(255), **(optional or {})}, also=also)


def _text_or_fields(value: Any, at: str, found: Findings) -> None:
    if not value.get("text") and not value.get("fields"):
        found.append(Violation("missing required field: text", at))


_RICH_TEXT = _block({"elements": items(typed(RICH_TEXT_ELEMENTS), 1000)})
_CELL = typed(
    {
        "raw_text": shape({"text": string(10_000)}),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_TEXT_IN_CONTEXT = text_object(3000)


def _context_element(value: Any, at: str, found: Findings) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        IMAGE(value, at, found)
    else:
        _TEXT_IN_CONTEXT(value, at, found)


_FEEDBACK = shape(
    {"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)}
)

BLOCKS: dict[str, Rule] = {
    "actions": _block({"elements": items(typed(ACTIONS_ELEMENTS), 25)}),
    "context": _block({"elements": items(_context_element, 10)}),
    "context_actions": _block(
        {
            "elements": items(
                typed(
                    {
                        "feedback_buttons": shape(
                            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
                            {"action_id": string(255)},
                        ),
                        "icon_button": shape(
                            {"icon": one_of("trash"), "text": plain_text(75)},
                            {
                                "action_id": string(255),
                                "value": string(2000),
                                "accessibility_label": string(75),
                                "visible_to_user_ids": items(string(255), 10),
                            },
                        ),
                    }
                ),
                5,
            )
        }
    ),
    "divider": _block({}),
    "file": _block({"external_id": string(255), "source": one_of("remote")}),
    "header": _block({"text": plain_text(150)}),
    "image": _block(
        {"alt_text": string(2000)},
        {
            "image_url": url(),
            "slack_file": SLACK_FILE,
            "title": plain_text(2000),
        },
        also=exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain_text(2000), "element": typed(INPUT_ELEMENTS)},
        {"hint": plain_text(2000), "optional": flag, "dispatch_action": flag},
    ),
    "markdown": _block({"text": string(12_000)}),
    "rich_text": _RICH_TEXT,
    "section": _block(
        {},
        {
            "text": text_object(3000),
            "fields": items(text_object(2000), 10),
            "accessory": typed(ACCESSORIES),
            "expand": flag,
        },
        also=_text_or_fields,
    ),
    "table": _block(
        {"rows": items(items(_CELL, 20), 100)}, {"column_settings": items(_COLUMN, 20)}
    ),
    "video": _block(
        {
            "alt_text": string(2000),
            "title": plain_text(200),
            "thumbnail_url": url(),
            "video_url": url(),
        },
        {
            "author_name": string(50),
            "description": plain_text(200),
            "provider_icon_url": url(),
            "provider_name": string(50),
            "title_url": url(),
        },
    ),
}

_IN_VIEWS = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
)


def _only(names: frozenset[str]) -> Rule:
    return typed({name: rule for name, rule in BLOCKS.items() if name in names})


MESSAGE_BLOCK = _only(frozenset(BLOCKS) - {"input"})
MODAL_BLOCK = _only(_IN_VIEWS)
HOME_BLOCK = _only(_IN_VIEWS | {"table"})
