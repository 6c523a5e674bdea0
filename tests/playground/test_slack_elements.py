from itertools import count
from typing import Any

import pytest

from bot.playground.slack_elements import chosen, initial_values, is_empty, with_ids


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def test_blocks_and_elements_are_given_the_ids_they_lack() -> None:
    given: list[dict[str, Any]] = [
        {"type": "divider"},
        {"type": "actions", "elements": [{"type": "button"}, {"type": "button", "action_id": "a"}]},
        {"type": "section", "block_id": "b", "accessory": {"type": "image"}},
    ]
    divider, actions, section = with_ids(given, count(1))
    assert divider == {"type": "divider", "block_id": "b1"}
    assert [element["action_id"] for element in actions["elements"]] == ["a3", "a"]
    assert section == given[2]
    assert "block_id" not in given[0]


def test_elements_hold_at_first_what_they_were_given_and_later_what_was_chosen() -> None:
    blocks = with_ids(
        [
            {
                "type": "actions",
                "block_id": "row",
                "elements": [
                    {"type": "button", "action_id": "go"},
                    {"type": "users_select", "action_id": "who", "initial_user": "U1"},
                    {"type": "checkboxes", "action_id": "which", "options": [option("a")]},
                ],
            }
        ],
        count(),
    )
    values = initial_values(blocks)
    assert values == {
        "row": {
            "who": {"type": "users_select", "selected_user": "U1"},
            "which": {"type": "checkboxes", "selected_options": []},
        }
    }
    values["row"]["who"]["selected_user"] = "U2"
    assert initial_values(blocks, values) == values
    other_kind = {"row": {"who": {"type": "datepicker", "selected_date": None}}}
    assert initial_values(blocks, other_kind)["row"]["who"]["selected_user"] == "U1"


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ({"type": "users_select"}, "U1", {"selected_user": "U1"}),
        ({"type": "multi_channels_select"}, ["C1"], {"selected_channels": ["C1"]}),
        ({"type": "datepicker"}, "2026-01-31", {"selected_date": "2026-01-31"}),
        (
            {"type": "checkboxes", "options": [option("a"), option("b")]},
            ["b"],
            {"selected_options": [option("b")]},
        ),
        (
            {"type": "static_select", "option_groups": [{"options": [option("a")]}]},
            "a",
            {"selected_option": option("a")},
        ),
        ({"type": "static_select", "options": [option("a")]}, None, {"selected_option": None}),
        ({"type": "external_select"}, "x", {"selected_option": option("x")}),
        ({"type": "overflow", "options": [option("a")]}, None, {"selected_option": option("a")}),
        ({"type": "feedback_buttons"}, "good", {"value": "good"}),
    ],
)
def test_a_choice_is_told_in_the_words_of_its_element(
    element: dict[str, Any], value: Any, expected: dict[str, Any]
) -> None:
    assert chosen(element, value) == {"type": element["type"], **expected}


def test_an_input_is_empty_until_something_is_chosen() -> None:
    assert is_empty({"type": "plain_text_input", "value": None})
    assert is_empty({"type": "checkboxes", "selected_options": []})
    assert not is_empty({"type": "plain_text_input", "value": "x"})
