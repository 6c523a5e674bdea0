"""The elements of blocks in use: finding them, their IDs, what is chosen in them."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from bot.playground.slack_rules import Json

Values = dict[str, dict[str, Json]]
"""Block ID, action ID, value with its `type`."""

_FIELDS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "files"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
"""For each kind of stateful element: the field of its value, and of what it holds at first."""

_EMPTY_LISTS = frozenset(
    {"selected_options", "selected_users", "selected_channels", "selected_conversations", "files"}
)


def initial_values(blocks: Sequence[Json], kept: Values | None = None) -> Values:
    """What the elements hold before anybody has touched them; `kept` where they stay the same."""
    values: Values = {}
    for block_id, element in elements(blocks):
        kind, action_id = element["type"], element["action_id"]
        if kind not in _FIELDS:
            continue
        name, initial = _FIELDS[kind]
        before = (kept or {}).get(block_id, {}).get(action_id)
        if before is not None and before["type"] == kind:
            held = before
        else:
            empty: Any = [] if name in _EMPTY_LISTS else None
            held = {"type": kind, name: element.get(initial, empty)}
        values.setdefault(block_id, {})[action_id] = held
    return values


def chosen(element: Json, value: Any) -> Json:
    """What an element says when `value` is chosen in it, with its `type`.

    Options are named by their `value`; several, by a list of those. A button and an overflow menu
    need no value, or that of one of their own.

    Raises:
        LookupError: there is no such option.
    """
    kind = element["type"]
    if kind == "button":
        own = element.get("value")
        said: Json = {"type": kind, "text": element["text"]}
        if value is not None and value != own:
            raise LookupError(f"the button's value is {own!r}, not {value!r}")
        return said if own is None else {**said, "value": own}
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, value)}
    if kind not in _FIELDS:
        return {"type": kind, "value": value}
    name = _FIELDS[kind][0]
    if name == "selected_option" and value is not None:
        value = _option(element, value)
    elif name == "selected_options":
        value = [_option(element, item) for item in value]
    return {"type": kind, name: value}


def is_empty(value: Json) -> bool:
    """Whether an input with this value counts as not filled in."""
    return not any(held for name, held in value.items() if name != "type")


def _option(element: Json, value: Any) -> Json:
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    options = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        options.extend(group["options"])
    for option in options:
        if value in (None, option["value"]):
            return dict(option)
    raise LookupError(f"no option {value!r}; there is: {[option['value'] for option in options]}")


def with_ids(blocks: Sequence[Json], numbers: Iterator[int]) -> list[Json]:
    """A copy of the blocks in which each has a `block_id` and each element an `action_id`."""
    copies = copy.deepcopy(list(blocks))
    for block in copies:
        block.setdefault("block_id", f"b{next(numbers)}")
        for element in _inside(block):
            if element.get("type") not in _WITHOUT_ACTION:
                element.setdefault("action_id", f"a{next(numbers)}")
    return copies


def _inside(block: Json) -> Iterator[Json]:
    for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
        if isinstance(element, dict):
            yield element


_WITHOUT_ACTION = frozenset(
    {"image", "mrkdwn", "plain_text"}
    | {f"rich_text_{kind}" for kind in ("section", "list", "preformatted", "quote")}
)


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """The elements that can be used, each with the ID of its block."""
    for block in blocks:
        for element in _inside(block):
            if "action_id" in element:
                yield block["block_id"], element


def find_element(
    blocks: Sequence[Json], action_id: str, block_id: str | None = None
) -> tuple[str, Json]:
    """The element with this action ID, in this block where one is named.

    Raises:
        LookupError: there is none; the sentence names those there are.
    """
    known = list(elements(blocks))
    for block, element in known:
        if element["action_id"] == action_id and block_id in (None, block):
            return block, element
    names = ", ".join(f"{block}/{element['action_id']}" for block, element in known) or "none"
    raise LookupError(f"nothing to use with action_id {action_id!r}; there is: {names}")
