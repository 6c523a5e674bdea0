"""An independent validator: the limits of `facts/SLACK.md`, written without the bot's constants.

It also reads what Slack would make active in a text: mentions, links, formatting.
"""

import json
import re
from typing import Any

import slackblocks

from bot.slack.blocks.message import Message

_ACTIVE = re.compile(r"<([^<>]*)>")
_CODE = re.compile(r"`[^`]*`")
_CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066\u2067]"
)
_FORBIDDEN_IN_PLAIN = re.compile(r"[<>]")


def texts(message: Message) -> list[tuple[str, bool]]:
    """Every text that is shown, and whether Slack reads markup in it."""
    found = [(message.text, True)]

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") in {"mrkdwn", "plain_text"}:
                found.append((node["text"], node["type"] == "mrkdwn"))
            for value in node.values():
                visit(value)
        elif isinstance(node, list):
            for value in node:
                visit(value)

    visit(list(message.blocks))
    return found


def lines_of(message: Message) -> list[str]:
    """The lines of all sections."""
    sections = [block for block in message.blocks if block["type"] == "section"]
    return [line for block in sections for line in block["text"]["text"].split("\n")]


def assert_within_limits(message: Message) -> None:
    assert message.text.strip(), "the text is what notifications and screen readers use"
    assert len(message.text) <= 3_900
    assert len(message.blocks) <= 50
    assert len(json.dumps(list(message.blocks))) <= 13_200
    identifiers = []
    for block in message.blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"]) <= 150
                slackblocks.HeaderBlock(block["text"]["text"])
            case "section":
                assert 1 <= len(block["text"]["text"]) <= 3_000
                assert block["text"]["text"].strip()
                assert "fields" not in block
                slackblocks.SectionBlock(block["text"]["text"])
            case "context":
                assert 1 <= len(block["elements"]) <= 10
                for element in block["elements"]:
                    assert 1 <= len(element["text"]) <= 3_000
                slackblocks.ContextBlock([slackblocks.Text(e["text"]) for e in block["elements"]])
            case "actions":
                assert 1 <= len(block["elements"]) <= 25
                for element in block["elements"]:
                    assert_element_within_limits(element)
                    identifiers.append(element["action_id"])
            case "image":
                assert 1 <= len(block["alt_text"]) <= 2_000
                assert set(block["slack_file"]) == {"id"}
            case "table":
                assert_table_within_limits(block)
            case unknown:
                raise AssertionError(f"a block that nobody checks: {unknown}")
    assert len(identifiers) == len(set(identifiers))


def assert_table_within_limits(table: dict[str, Any]) -> None:
    rows = table["rows"]
    assert 1 <= len(rows) <= 100
    assert len({len(row) for row in rows}) == 1, "each row has as many cells as the first"
    assert 1 <= len(rows[0]) <= 20
    assert len(table["column_settings"]) == len(rows[0])
    cells = [cell for row in rows for cell in row]
    assert all(cell["type"] == "raw_text" and cell["text"] for cell in cells)
    assert sum(len(cell["text"]) for cell in cells) <= 10_000


def units(text: str) -> int:
    """Length as the stricter of two ways to count."""
    return len(text.encode("utf-16-le")) // 2


def assert_element_within_limits(element: dict[str, Any]) -> None:
    assert 1 <= len(element["action_id"]) <= 255
    match element["type"]:
        case "button":
            assert 1 <= units(element["text"]["text"]) <= 75
            assert len(element.get("url", "")) <= 3_000
            assert element.keys() & {"url", "value"}
            assert len(element.get("value", "")) <= 2_000
            if dialog := element.get("confirm"):
                for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
                    assert 1 <= units(dialog[part]["text"]) <= most
        case "overflow":
            assert 1 <= len(element["options"]) <= 5
            assert_options_within_limits(element["options"])
        case "static_select":
            assert 1 <= len(element["options"]) <= 100
            assert_options_within_limits(element["options"])
            assert element["initial_option"] in element["options"]
        case unknown:
            raise AssertionError(f"an element that nobody checks: {unknown}")


def assert_options_within_limits(options: list[dict[str, Any]]) -> None:
    values = [option["value"] for option in options]
    assert len(values) == len(set(values))
    for option in options:
        assert 1 <= units(option["text"]["text"]) <= 75
        assert 1 <= len(option["value"]) <= 150


def assert_nothing_active_but(message: Message, *allowed: str) -> None:
    """No mention, no command to Slack and no link that the bot did not mean."""
    for text, is_markup in texts(message):
        assert not _CONTROL.search(text), repr(text)
        text.encode("utf-8")
        if not is_markup:
            assert not _FORBIDDEN_IN_PLAIN.search(text)
            continue
        for active in _ACTIVE.findall(text):
            assert active.startswith(("!date^", *allowed)), active
        rest = _ACTIVE.sub("", text)
        assert "<" not in rest
        assert ">" not in rest
        assert not re.search(r"&(?!(?:amp|lt|gt);)", rest), "an entity was cut or forgotten"


def assert_formatting_is_ours(message: Message) -> None:
    """Asterisks and backticks come in pairs on every line: no name has closed or opened one."""
    for text, is_markup in texts(message):
        if is_markup:
            for line in _ACTIVE.sub("", text).split("\n"):
                assert line.count("`") % 2 == 0, line
                outside = _CODE.sub("", line)  # Slack reads no formatting inside a code span
                assert outside.count("*") % 2 == 0, line
                assert "~" not in outside
