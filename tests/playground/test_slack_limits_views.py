from typing import Any

import pytest

from bot.playground.slack_limits import check_metadata, check_view, first_error
from tests.playground.slack_blocks import ASK, Json, actions, button, plain, section, table


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "notice", "event_payload": {"id": "n1"}}, None),
        ({"event_type": "notice"}, "invalid_metadata_format"),
        ({"event_type": "notice", "event_payload": "n1"}, "invalid_metadata_format"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_format"),
        ("notice", "invalid_metadata_format"),
        ({"event_type": "notice", "event_payload": {"x": "y" * 16_000}}, "metadata_too_large"),
    ],
)
def test_metadata_has_a_type_and_a_payload_of_limited_size(metadata: Any, error: str) -> None:
    assert [item.error for item in check_metadata(metadata)] == ([error] if error else [])


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [section()], **more}


@pytest.mark.parametrize(
    "view",
    [
        modal(title=plain("x" * 24), close=plain("x" * 24)),
        modal(blocks=[section()] * 100, private_metadata="x" * 3000),
        modal(blocks=[ASK], submit=plain("Go")),
        modal(blocks=[actions(button(action_id="a")), actions(button(action_id="a"))]),
        modal(submit=None, callback_id="", external_id="e", notify_on_close=True),
    ],
)
def test_a_modal_within_the_limits_is_taken(view: Json) -> None:
    assert check_view(view) == []


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (
            modal(title=plain("x" * 25)),
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        (
            modal(submit=plain("x" * 25)),
            "must be less than 25 characters [json-pointer:/view/submit/text]",
        ),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            modal(blocks=[section()] * 101),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (modal(blocks=[ASK]), "missing required field: submit [json-pointer:/view]"),
        (modal(blocks=None), "missing required field: blocks [json-pointer:/view]"),
        (modal(blocks=["x"]), "must provide an object [json-pointer:/view/blocks/0]"),
        (modal(blocks=[table()]), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (
            modal(blocks=[actions(button(action_id="a"), button(action_id="a"))]),
            "`action_id` already exists: a [json-pointer:/view/blocks/0/elements/1/action_id]",
        ),
        (modal(type="home"), "value must be one of modal [json-pointer:/view/type]"),
        ("text", "must provide an object [json-pointer:/view]"),
    ],
)
def test_a_modal_beyond_a_limit_is_refused(view: Any, line: str) -> None:
    violations = check_view(view)
    assert [str(item) for item in violations] == [f"[ERROR] {line}"]
    assert first_error(violations) == "invalid_arguments"


def test_an_app_home_has_no_title_and_may_hold_a_table_and_inputs() -> None:
    assert check_view({"type": "home", "blocks": [table(), ASK]}, home=True) == []
    (violation,) = check_view({**modal(), "type": "home"}, home=True)
    assert violation.message == "invalid additional property: title"


def test_a_view_is_limited_in_bytes() -> None:
    big = [section("x" * 2990) for _ in range(100)]
    assert [item.error for item in check_view(modal(blocks=big))] == ["view_too_large"]
