"""slackblocks has written down Slack's limits independently: the two have to agree."""

from collections.abc import Callable
from typing import Any

import pytest
import slackblocks as sb
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack_limits import check_message, check_view

Build = Callable[[int], Any]


def link(length: int) -> str:
    return "https://x/".ljust(length, "y")


def ask(element: Any) -> Any:
    return sb.InputBlock(label="Label", element=element)


def plain(text: str) -> Any:
    return sb.Text(text, type_=sb.TextType.PLAINTEXT)


def options(count: int) -> list[Any]:
    return [sb.Option(plain("x"), str(number)) for number in range(count)]


def confirm(**more: str) -> Any:
    parts: dict[str, Any] = {"title": "t", "text": "t", "confirm": "y", "deny": "n", **more}
    dialogue = sb.ConfirmationDialogue(**parts)
    return sb.ActionsBlock([sb.Button(text="x", action_id="a", confirm=dialogue)])


def pressed(**more: Any) -> Any:
    return sb.ActionsBlock([sb.Button(**{"text": "x", "action_id": "a", **more})])


IN_MESSAGES: dict[str, tuple[int, Build]] = {
    "section text": (3000, lambda n: sb.SectionBlock("x" * n)),
    "section fields": (10, lambda n: sb.SectionBlock(fields=[sb.Text("x")] * n)),
    "section field": (2000, lambda n: sb.SectionBlock(fields=[sb.Text("x" * n)])),
    "block_id": (255, lambda n: sb.SectionBlock("x", block_id="b" * n)),
    "header": (150, lambda n: sb.HeaderBlock("x" * n)),
    "context": (10, lambda n: sb.ContextBlock([sb.Text("x")] * n)),
    "markdown": (12_000, lambda n: sb.MarkdownBlock("x" * n)),
    "actions": (
        25,
        lambda n: sb.ActionsBlock([sb.Button(text="x", action_id=str(i)) for i in range(n)]),
    ),
    "button text": (75, lambda n: pressed(text="x" * n)),
    "button value": (2000, lambda n: pressed(value="v" * n)),
    "button url": (3000, lambda n: pressed(url=link(n))),
    "button action_id": (255, lambda n: pressed(action_id="a" * n)),
    "confirm title": (100, lambda n: confirm(title="x" * n)),
    "confirm text": (300, lambda n: confirm(text="x" * n)),
    "confirm button": (30, lambda n: confirm(confirm="x" * n)),
    "deny button": (30, lambda n: confirm(deny="x" * n)),
    "overflow": (5, lambda n: sb.ActionsBlock([sb.OverflowMenu("a", options(n))])),
    "select": (100, lambda n: sb.ActionsBlock([sb.StaticSelectMenu("a", options(n))])),
    "checkboxes": (10, lambda n: sb.ActionsBlock([sb.CheckboxGroup("a", options(n))])),
    "radio buttons": (10, lambda n: sb.ActionsBlock([sb.RadioButtonGroup("a", options(n))])),
    "option value": (
        150,
        lambda n: sb.ActionsBlock([sb.OverflowMenu("a", [sb.Option(plain("x"), "v" * n)])]),
    ),
    "option text": (
        75,
        lambda n: sb.ActionsBlock([sb.OverflowMenu("a", [sb.Option(plain("x" * n), "v")])]),
    ),
    "image alt text": (2000, lambda n: sb.ImageBlock(image_url="https://x", alt_text="a" * n)),
    "table rows": (100, lambda n: sb.TableBlock([[sb.RawText("x")]] * n)),
    "table columns": (20, lambda n: sb.TableBlock([[sb.RawText("x")] * n])),
    "video title": (
        200,
        lambda n: sb.VideoBlock("a", "https://x", "t" * n, "https://x"),
    ),
    "video author": (
        50,
        lambda n: sb.VideoBlock("a", "https://x", "t", "https://x", author_name="n" * n),
    ),
}


def resolved(thing: Any) -> dict[str, Any]:
    block: dict[str, Any] = thing._resolve()
    return block


@pytest.mark.parametrize("name", IN_MESSAGES)
def test_both_put_the_limit_of_a_block_at_the_same_place(name: str) -> None:
    limit, build = IN_MESSAGES[name]
    assert check_message("x", [resolved(build(limit))]) == []
    with pytest.raises(sb.InvalidUsageError):
        build(limit + 1)


IN_VIEWS: dict[str, tuple[int, Build]] = {
    "title": (24, lambda n: sb.ModalView("x" * n, [sb.DividerBlock()])),
    "submit": (24, lambda n: sb.ModalView("x", [sb.DividerBlock()], submit="s" * n)),
    "close": (24, lambda n: sb.ModalView("x", [sb.DividerBlock()], close="s" * n)),
    "blocks": (100, lambda n: sb.ModalView("x", [sb.DividerBlock() for _ in range(n)])),
    "private_metadata": (
        3000,
        lambda n: sb.ModalView("x", [sb.DividerBlock()], private_metadata="x" * n),
    ),
    "callback_id": (255, lambda n: sb.ModalView("x", [sb.DividerBlock()], callback_id="x" * n)),
    "input label": (
        2000,
        lambda n: sb.ModalView("x", [sb.InputBlock("x" * n, sb.PlainTextInput("a"))], submit="Go"),
    ),
}


@pytest.mark.parametrize("name", IN_VIEWS)
def test_both_put_the_limit_of_a_view_at_the_same_place(name: str) -> None:
    limit, build = IN_VIEWS[name]
    assert check_view(resolved(build(limit))) == []
    with pytest.raises(sb.InvalidUsageError):
        build(limit + 1)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    str.strip
)
BLOCKS = st.one_of(
    TEXT.map(sb.SectionBlock),
    TEXT.map(sb.HeaderBlock),
    TEXT.map(lambda text: sb.ContextBlock([sb.Text(text)])),
    TEXT.map(sb.MarkdownBlock),
    TEXT.map(lambda text: sb.RichTextBlock(sb.RichTextSection([sb.RichText(text, bold=True)]))),
    TEXT.map(lambda text: sb.SectionBlock(fields=[sb.Text(text), sb.Text(text)])),
    st.just(sb.DividerBlock()),
)


@settings(deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=10, unique_by=id))
def test_what_slackblocks_builds_is_taken(blocks: list[Any]) -> None:
    given_ids = [{**resolved(block), "block_id": str(n)} for n, block in enumerate(blocks)]
    assert check_message("x", given_ids) == []
