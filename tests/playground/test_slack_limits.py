from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack_limits import (
    BLOCK_CHARACTERS,
    MAX_BLOCK_CHARACTERS,
    block_characters,
    check_message,
    check_metadata,
    check_view,
    first_error,
)
from tests.playground.slack_blocks import (
    CONFIRM,
    IMAGE,
    Json,
    actions,
    button,
    mrkdwn,
    option,
    plain,
    rich,
    rich_section,
    section,
    select,
    table,
)


def found(*blocks: Any) -> list[str]:
    return [f"{item.pointer}: {item.message}" for item in check_message("x", list(blocks))]


VALID: list[Json] = [
    {"type": "divider"},
    {"type": "header", "text": plain("x" * 150)},
    section("x" * 3000),
    section(accessory=IMAGE, block_id="b" * 255, expand=True),
    {"type": "section", "fields": [mrkdwn("x" * 1000)] * 10},
    {"type": "section", "fields": [plain("x" * 2000)]},
    {"type": "context", "elements": [IMAGE, mrkdwn(), plain()]},
    {"type": "context", "elements": [mrkdwn()] * 10},
    actions(*[button(action_id=str(n)) for n in range(25)]),
    actions(button(text=plain("x" * 75), value="v" * 2000, style="danger", confirm=CONFIRM)),
    actions(button(url="https://x/" + "y" * 2990)),
    actions({"type": "overflow", "options": [option(str(n), url="https://x") for n in range(5)]}),
    actions(select(options=[option(str(n)) for n in range(100)])),
    actions(select(initial_option=option())),
    actions(
        {**select(), "options": None, "option_groups": [{"label": plain(), "options": [option()]}]}
    ),
    actions({"type": "multi_users_select", "max_selected_items": 3, "placeholder": plain()}),
    actions({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "v"}]}),
    actions({"type": "datepicker", "initial_date": "2026-01-31"}),
    actions({"type": "datetimepicker", "initial_date_time": 1_700_000_000}),
    {**IMAGE, "title": plain()},
    {"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "a"},
    {"type": "markdown", "text": "x" * 12_000},
    table(rows=100, columns=20),
    {**table(), "column_settings": [{"align": "right", "is_wrapped": True}]},
    {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": "https://x",
        "video_url": "https://x",
    },
    {"type": "file", "external_id": "1", "source": "remote"},
    rich(
        rich_section({"type": "text", "text": "x", "style": {"bold": True}}),
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                rich_section(
                    {"type": "link", "url": "https://x"}, {"type": "emoji", "name": "wave"}
                )
            ],
        },
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
        {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
    ),
    {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain(), "value": "v"}],
    },
]


@pytest.mark.parametrize("block", VALID, ids=lambda block: block["type"])
def test_a_block_within_the_limits_is_taken(block: Json) -> None:
    assert found(block) == []


INVALID: list[tuple[Json, str]] = [
    ({"type": "header", "text": plain("x" * 151)}, "/text/text: must be less than 151 characters"),
    ({"type": "header", "text": mrkdwn()}, "/text/type: unsupported type: mrkdwn"),
    ({"type": "header", "text": plain("")}, "/text/text: must be more than 0 characters"),
    ({"type": "header"}, ": missing required field: text"),
    (section("x" * 3001), "/text/text: must be less than 3001 characters"),
    (section(""), "/text/text: must be more than 0 characters"),
    ({"type": "section"}, ": missing required field: text"),
    ({"type": "section", "text": "x"}, "/text: must provide an object"),
    ({"type": "section", "text": {"text": "x"}}, "/text: missing required field: type"),
    (
        {"type": "section", "text": {"type": "plain_text", "text": 5}},
        "/text/text: must be a string",
    ),
    (section(fields=[mrkdwn()] * 11), "/fields: no more than 10 items allowed"),
    (section(fields=[mrkdwn("x" * 2001)]), "/fields/0/text: must be less than 2001 characters"),
    (section(fields="x"), "/fields: must be an array"),
    (section(block_id="b" * 256), "/block_id: must be less than 256 characters"),
    (section(colour="red"), ": invalid additional property: colour"),
    (section(expand="yes"), "/expand: must be a boolean"),
    (
        section(accessory={"type": "datetimepicker"}),
        "/accessory/type: unsupported type: datetimepicker",
    ),
    (
        {"type": "section", "text": {**mrkdwn(), "emoji": True}},
        "/text: invalid additional property: emoji",
    ),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "/elements: no more than 10 items allowed"),
    ({"type": "context", "elements": []}, "/elements: must contain at least 1 items"),
    ({"type": "context", "elements": [button()]}, "/elements/0/type: unsupported type: button"),
    (
        actions(*[button(action_id=str(n)) for n in range(26)]),
        "/elements: no more than 25 items allowed",
    ),
    (
        actions(button(text=plain("x" * 76))),
        "/elements/0/text/text: must be less than 76 characters",
    ),
    (actions(button(text=mrkdwn())), "/elements/0/text/type: unsupported type: mrkdwn"),
    (actions(button(value="v" * 2001)), "/elements/0/value: must be less than 2001 characters"),
    (actions(button(value="")), "/elements/0/value: must be more than 0 characters"),
    (
        actions(button(url="https://x/" + "y" * 2991)),
        "/elements/0/url: must be less than 3001 characters",
    ),
    (actions(button(url="not a url")), "/elements/0/url: must be a valid url"),
    (actions(button(style="blue")), "/elements/0/style: value must be one of primary, danger"),
    (
        actions(button(action_id="a" * 256)),
        "/elements/0/action_id: must be less than 256 characters",
    ),
    (
        actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})),
        "/confirm/title/text: must be less than 101 characters",
    ),
    (
        actions(button(confirm={**CONFIRM, "text": plain("x" * 301)})),
        "/confirm/text/text: must be less than 301 characters",
    ),
    (
        actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})),
        "/confirm/deny/text: must be less than 31 characters",
    ),
    (actions(button(confirm={"title": plain()})), "/confirm: missing required field: text"),
    (
        actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]}),
        "/elements/0/options: no more than 5 items allowed",
    ),
    (
        actions(select(options=[option(str(n)) for n in range(101)])),
        "/elements/0/options: no more than 100 items allowed",
    ),
    (
        actions(select(options=[option("v" * 151)])),
        "/options/0/value: must be less than 151 characters",
    ),
    (
        actions(select(options=[{**option(), "text": plain("x" * 76)}])),
        "/options/0/text/text: must be less than 76 characters",
    ),
    (
        actions(select(options=[option(url="https://x")])),
        "/options/0: invalid additional property: url",
    ),
    (
        actions(select(initial_option=option("other"))),
        "/elements/0: the initial option must match one of the options",
    ),
    (
        actions({"type": "checkboxes", "options": [option()], "initial_options": [option("z")]}),
        "/elements/0: the initial option must match one of the options",
    ),
    (
        actions({**select(), "options": None}),
        "/elements/0: must provide exactly one of options, option_groups",
    ),
    (
        actions({**select(), "options": None, "option_groups": ["x"]}),
        "/option_groups/0: must provide an object",
    ),
    (actions({"type": "plain_text_input"}), "/elements/0/type: unsupported type: plain_text_input"),
    (
        actions({"type": "multi_users_select", "max_selected_items": True}),
        "/max_selected_items: must be an integer",
    ),
    (
        actions({"type": "multi_users_select", "max_selected_items": 0}),
        "/max_selected_items: must be between 1 and 100",
    ),
    ({"type": "image", "image_url": "https://x"}, ": missing required field: alt_text"),
    ({"type": "image", "alt_text": "a"}, ": must provide exactly one of image_url, slack_file"),
    (
        {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}},
        "/type: unsupported type: input",
    ),
    ({"type": "carousel"}, "/type: unsupported type: carousel"),
    ({"type": ["x"]}, "/type: unsupported type: ['x']"),
    ({"type": "markdown", "text": "x" * 12_001}, "/text: must be less than 12001 characters"),
    (table(rows=101), "/rows: no more than 100 items allowed"),
    (table(columns=21), "/rows/0: no more than 20 items allowed"),
    (
        rich(rich_section({"type": "text", "text": ""})),
        "/elements/0/elements/0/text: must be more than 0 characters",
    ),
    (
        rich(rich_section({"type": "broadcast", "range": "all"})),
        "/range: value must be one of here, channel, everyone",
    ),
    (
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "text", "text": "x"}],
            }
        ),
        "/elements/0/elements/0/type: unsupported type: text",
    ),
    (
        rich({"type": "rich_text_preformatted", "elements": [{"type": "emoji", "name": "x"}]}),
        "/elements/0/type: unsupported type: emoji",
    ),
]


@pytest.mark.parametrize(("block", "violation"), INVALID, ids=lambda case: str(case)[-60:])
def test_a_block_beyond_a_limit_is_refused(block: Json, violation: str) -> None:
    pointer, _, message = violation.partition(": ")
    hits = [line for line in found(block) if line.endswith(f"{pointer}: {message}")]
    assert hits, found(block)
    assert first_error(check_message("x", [block])) == "invalid_blocks"


def test_a_block_that_is_no_object_is_refused() -> None:
    assert found("text") == ["/blocks/0: must provide an object"]


def test_a_message_holds_at_most_fifty_blocks() -> None:
    assert found(*[{"type": "divider"}] * 50) == []
    assert found(*[{"type": "divider"}] * 51) == ["/blocks: no more than 50 items allowed"]


def test_ids_are_unique_within_a_message() -> None:
    twice = found(section(block_id="b"), section(block_id="b"))
    assert twice == ["/blocks/1/block_id: `block_id` already exists: b"]
    twice = found(actions(button(action_id="a")), section(accessory=button(action_id="a")))
    assert twice == ["/blocks/1/accessory/action_id: `action_id` already exists: a"]


@pytest.mark.parametrize(
    ("count", "characters", "accepted"),
    [(1, 11_990, True), (45, 11_341, False), (50, 9_597, True)],
)
def test_the_sum_of_all_blocks_is_refused_as_others_have_measured(
    count: int, characters: int, accepted: bool
) -> None:
    share, rest = divmod(characters, count)
    blocks: list[Json] = [section("x" * share) for _ in range(count - 1)]
    blocks.append({"type": "markdown", "text": "x" * (share + rest)})
    assert block_characters(blocks) == characters + count * BLOCK_CHARACTERS
    errors = [item.error for item in check_message("x", blocks)]
    assert errors == ([] if accepted else ["msg_blocks_too_long"])


def test_what_is_wrong_with_a_block_comes_before_the_length_of_all() -> None:
    blocks = [section("x" * 3001)] * (MAX_BLOCK_CHARACTERS // 3000 + 1)
    assert first_error(check_message("x", blocks)) == "invalid_blocks"


def test_markdown_and_tables_are_limited_over_the_whole_message() -> None:
    half = {"type": "markdown", "text": "x" * 6001}
    assert found(half, half) == ["/blocks: markdown blocks exceed 12000 characters"]
    assert found(table(), table()) == ["/blocks: only one table is allowed"]
    assert found(table(text="x" * 5001, columns=2)) == ["/blocks: tables exceed 10000 characters"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ((None,), "no_text"),
        ((" \n", []), "no_text"),
        (("x" * 40_001,), "msg_too_long"),
        (("x", None, ["text"]), "invalid_attachments"),
        (("x", None, [{}] * 101), "too_many_attachments"),
        (("x", None, [{"blocks": [section("")]}]), "invalid_blocks"),
    ],
)
def test_a_message_as_a_whole_has_limits_too(args: tuple[Any, ...], error: str) -> None:
    assert [item.error for item in check_message(*args)] == [error]


def test_a_message_needs_any_one_of_text_blocks_and_attachments() -> None:
    assert check_message("x") == check_message(None, [section()]) == []
    assert check_message(None, None, [{"color": "#ff0000", "text": "x"}]) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "options", "accessory", "rows", "blocks"]),
            inner
            | st.sampled_from(["section", "actions", "static_select", "table", "mrkdwn", "modal"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=3), st.none() | st.text(max_size=5), JSON)
def test_whatever_is_sent_is_judged_and_never_crashes(
    blocks: list[Any], text: str | None, view: Any
) -> None:
    for violation in [*check_message(text, blocks), *check_view(view), *check_metadata(view)]:
        assert str(violation).startswith("[ERROR] ")
