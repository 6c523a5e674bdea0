"""Block Kit's elements and composition objects, each as a rule.

Source: docs.slack.dev, "Block elements" and "Composition objects"; `facts/SLACK.md`.
"""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack_rules import (
    Findings,
    Rule,
    Violation,
    exactly_one,
    flag,
    items,
    matching,
    number,
    one_of,
    plain_text,
    shape,
    string,
    text_object,
    url,
)

_STYLE = one_of("primary", "danger")
_PLACEHOLDER = plain_text(150)
_DATE = string(10)

CONFIRM = shape(
    {
        "title": plain_text(100),
        "text": text_object(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": _STYLE},
)

_OPTION = shape({"text": plain_text(75), "value": string(150)}, {"description": plain_text(75)})
_LINKED_OPTION = shape(
    {"text": plain_text(75), "value": string(150)},
    {"description": plain_text(75), "url": url()},
)
_RICH_OPTION = shape(
    {"text": text_object(75), "value": string(150)}, {"description": text_object(75)}
)
_OPTION_GROUP = shape({"label": plain_text(75), "options": items(_OPTION, 100)})
_DISPATCH = shape(
    {}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
_CONVERSATIONS = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
SLACK_FILE = shape(
    {},
    {"id": matching(r"F[A-Z0-9]{8,}"), "url": url()},
    also=exactly_one("id", "url"),
)
_TRIGGER = shape({"url": url()}, {"customizable_input_parameters": items(shape({}), 100, 0)})


def _element(
    required: Mapping[str, Rule], optional: Mapping[str, Rule], also: Rule | None = None
) -> Rule:
    return shape(required, {"action_id": string(255), "confirm": CONFIRM, **optional}, also=also)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _picked_from_options(value: Any, at: str, found: Findings) -> None:
    """What is chosen at first has to be one of the options, equal in every property."""
    options = list(_list(value.get("options")))
    for group in _list(value.get("option_groups")):
        options.extend(_list(group.get("options")) if isinstance(group, dict) else [])
    chosen = list(_list(value.get("initial_options")))
    if value.get("initial_option") is not None:
        chosen.append(value["initial_option"])
    if any(option not in options for option in chosen):
        found.append(Violation("the initial option must match one of the options", at))


def _static_menu(value: Any, at: str, found: Findings) -> None:
    exactly_one("options", "option_groups")(value, at, found)
    _picked_from_options(value, at, found)


def _menu(optional: Mapping[str, Rule], also: Rule | None = None) -> Rule:
    return _element({}, {"placeholder": _PLACEHOLDER, "focus_on_load": flag, **optional}, also)


def _menus(
    kind: str,
    one: Mapping[str, Rule],
    many: Mapping[str, Rule],
    also: Rule | None = None,
    **shared: Rule,
) -> dict[str, Rule]:
    """A select menu and its sibling that takes several choices."""
    return {
        f"{kind}_select": _menu({**shared, **one}, also),
        f"multi_{kind}_select": _menu(
            {**shared, **many, "max_selected_items": number(1, 100)}, also
        ),
    }


_IDS = items(string(255), 100)
MENUS: dict[str, Rule] = {
    **_menus(
        "static",
        {"initial_option": _OPTION},
        {"initial_options": items(_OPTION, 100)},
        _static_menu,
        options=items(_OPTION, 100),
        option_groups=items(_OPTION_GROUP, 100),
    ),
    **_menus(
        "external",
        {"initial_option": _OPTION},
        {"initial_options": items(_OPTION, 100)},
        min_query_length=number(0, 3000),
    ),
    **_menus("users", {"initial_user": string(255)}, {"initial_users": _IDS}),
    **_menus(
        "channels",
        {"initial_channel": string(255), "response_url_enabled": flag},
        {"initial_channels": _IDS},
    ),
    **_menus(
        "conversations",
        {"initial_conversation": string(255), "response_url_enabled": flag},
        {"initial_conversations": _IDS},
        default_to_current_conversation=flag,
        filter=_CONVERSATIONS,
    ),
}

IMAGE = shape(
    {"alt_text": string(2000)},
    {"image_url": url(), "slack_file": SLACK_FILE},
    also=exactly_one("image_url", "slack_file"),
)

BUTTON = _element(
    {"text": plain_text(75)},
    {"url": url(), "value": string(2000), "style": _STYLE, "accessibility_label": string(75)},
)

_CHOICES: dict[str, Rule] = {
    "checkboxes": _element(
        {"options": items(_RICH_OPTION, 10)},
        {"initial_options": items(_RICH_OPTION, 10), "focus_on_load": flag},
        _picked_from_options,
    ),
    "radio_buttons": _element(
        {"options": items(_RICH_OPTION, 10)},
        {"initial_option": _RICH_OPTION, "focus_on_load": flag},
        _picked_from_options,
    ),
    "datepicker": _menu({"initial_date": _DATE}),
    "timepicker": _menu({"initial_time": string(5), "timezone": string(255)}),
}
_MOMENT: dict[str, Rule] = {
    "datetimepicker": _element(
        {}, {"initial_date_time": number(0, 9_999_999_999), "focus_on_load": flag}
    )
}
_OTHERS: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": _element({"options": items(_LINKED_OPTION, 5)}, {}),
    "workflow_button": shape(
        {
            "text": plain_text(75),
            "workflow": shape({"trigger": _TRIGGER}),
            "action_id": string(255),
        },
        {"style": _STYLE, "accessibility_label": string(75)},
    ),
}


def _field(**optional: Rule) -> Rule:
    """An element for typing into."""
    return shape(
        {},
        {
            "action_id": string(255),
            "placeholder": _PLACEHOLDER,
            "focus_on_load": flag,
            "dispatch_action_config": _DISPATCH,
            **optional,
        },
    )


_FIELDS: dict[str, Rule] = {
    "plain_text_input": _field(
        initial_value=string(3000, 0),
        multiline=flag,
        min_length=number(0, 3000),
        max_length=number(1, 3000),
    ),
    "email_text_input": _field(initial_value=string(3000, 0)),
    "url_text_input": _field(initial_value=string(3000, 0)),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {
            "action_id": string(255),
            "placeholder": _PLACEHOLDER,
            "focus_on_load": flag,
            "dispatch_action_config": _DISPATCH,
            "initial_value": string(255),
            "min_value": string(255),
            "max_value": string(255),
        },
    ),
    "rich_text_input": _field(initial_value=shape({"elements": items(shape({}), 100, 0)})),
    "file_input": shape(
        {},
        {
            "action_id": string(255),
            "filetypes": items(string(255), 100),
            "max_files": number(1, 10),
        },
    ),
}

ACTIONS_ELEMENTS: dict[str, Rule] = {**MENUS, **_CHOICES, **_MOMENT, **_OTHERS}
ACCESSORIES: dict[str, Rule] = {**MENUS, **_CHOICES, **_OTHERS, "image": IMAGE}
INPUT_ELEMENTS: dict[str, Rule] = {**MENUS, **_CHOICES, **_MOMENT, **_FIELDS}
