"""Block Kit's interactive elements, as plain dicts."""

from collections.abc import Mapping, Sequence

from bot.slack.blocks.buttons import MAX_OPTION_VALUE, MAX_VALUE, OPEN_RUN
from bot.slack.blocks.message import MAX_URL, Block
from bot.slack.blocks.text import plain, safe_url

MAX_LABEL = 75
Element = Block


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def button(action_id: str, label: str, value: str | None, **more: object) -> list[Element]:
    """A button with an untrusted label; none where the value is missing or does not fit."""
    if value is None or len(value) > MAX_VALUE:
        return []
    text = plain(label, MAX_LABEL, empty="(no name)")
    return [
        {
            "type": "button",
            "action_id": action_id,
            "text": plain_text(text),
            "value": value,
            **more,
        }
    ]


def details_button(action_id: str, name: str, value: str | None) -> list[Element]:
    """One of many buttons that look alike; a screen reader says what each is about."""
    label = f"Details of {plain(name, MAX_LABEL - 11, empty='(no name)')}"
    return button(action_id, "Details", value, accessibility_label=label)


def link_button(url: str | None, label: str, action_id: str = OPEN_RUN) -> list[Element]:
    """A button that opens an address; none where no trustworthy one is known."""
    address = safe_url(url, limit=MAX_URL)
    if address is None:
        return []
    text = plain_text(label)
    return [{"type": "button", "action_id": action_id, "text": text, "url": address}]


def confirm(title: str, text: str, yes: str, no: str = "Cancel") -> Block:
    """A dialog that asks before the press counts; what is too long for it is clipped."""
    return {
        "title": plain_text(plain(title, 100)),
        "text": plain_text(plain(text, 300)),
        "confirm": plain_text(plain(yes, 30)),
        "deny": plain_text(plain(no, 30)),
    }


def option(label: str, value: str) -> Block:
    return {"text": plain_text(plain(label, MAX_LABEL, empty="(no name)")), "value": value}


def overflow(action_id: str, options: Sequence[Block]) -> list[Element]:
    """A menu behind three dots; options whose value does not fit are left out."""
    fitting = [each for each in options if len(each["value"]) <= MAX_OPTION_VALUE]
    return [{"type": "overflow", "action_id": action_id, "options": fitting}] if fitting else []


def actions(elements: Sequence[Element]) -> list[Block]:
    """A row of elements; no row where there are none."""
    return [{"type": "actions", "elements": list(elements)}] if elements else []


def select(options: Mapping[str, str], chosen: str) -> Element:
    """A menu of values with their words, one of them chosen."""
    return {
        "type": "static_select",
        "options": [option(words, value) for value, words in options.items()],
        "initial_option": option(options[chosen], chosen),
        "placeholder": plain_text("Choose"),
    }


def field(name: str, label: str, element: Element, *, hint: str | None = None) -> Block:
    """Something to fill in, or to leave alone; its block and its element have the same name."""
    block = {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain_text(label),
        "element": element | {"action_id": name},
    }
    return block | {"hint": plain_text(hint)} if hint else block
