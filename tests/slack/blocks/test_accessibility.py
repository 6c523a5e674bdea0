"""Messages without eyes: what an emoji or a picture says is said in words, in a fitting order."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from bot.domain.run import Run
from bot.slack.blocks.views import failed_cases_view
from tests.slack.blocks.arbitrary import runs
from tests.slack.blocks.goldens import DIRECTORY
from tests.slack.blocks.samples import KEY

GOLDEN = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(DIRECTORY.glob("*"))}
WORDS = {
    "✅": ("passed",),
    "❌": ("failed",),
    "⏭": ("skipped",),
    "⚠": ("error", "refused", "refuses", "cannot"),
    "🚫": ("canceled",),
    "❔": ("without a clear result", "no longer watched"),
    "⏳": ("in progress", "Loading"),
    "⏸": ("waiting",),
    "⌛": ("no longer watched",),
    "🔑": ("no longer watched",),
    "⏹": ("no longer watched",),
    "🔕": ("muted",),
}
"""What each emoji says, one of which words stands beside it."""
SIGNS = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
THEIRS = "👩👧"
"""In the names that the samples make others write."""
SHORTCODE = re.compile(r":[a-z_]+:")


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every object in a message or view."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from objects(inner)


def texts(told: dict[str, Any]) -> list[str]:
    """Every text of a message or view."""
    text = told.get("text", [])
    shown = [found["text"] for found in objects(told) if isinstance(found.get("text"), str)]
    return [*("\n".join(text) if isinstance(text, list) else text).split("\n"), *shown]


@pytest.mark.parametrize("name", GOLDEN)
def test_what_an_emoji_says_is_said_in_words_beside_it(name: str) -> None:
    for text in texts(GOLDEN[name]):
        for line in text.split("\n"):
            for sign in set(SIGNS.findall(line)) - set(THEIRS):
                assert sign in WORDS, f"{name}: nobody knows what {sign} says in {line!r}"
                spoken = line.lower()
                assert any(word.lower() in spoken for word in WORDS[sign]), f"{name}: {line!r}"


@pytest.mark.parametrize("name", GOLDEN)
def test_every_picture_has_an_alternative_and_every_element_a_name(name: str) -> None:
    for found in objects(GOLDEN[name]):
        kind = found.get("type")
        if kind == "image":
            assert found.get("alt_text"), name
        if kind == "button":
            assert found["text"]["text"].strip(), name
        if kind in {"static_select", "plain_text_input"}:
            assert found["placeholder"]["text"].strip(), name


@pytest.mark.parametrize("name", [name for name, told in GOLDEN.items() if "text" in told])
def test_a_message_says_in_its_text_what_its_blocks_begin_with(name: str) -> None:
    told = GOLDEN[name]
    assert any(line.strip() for line in told["text"]), name
    assert not SHORTCODE.search("\n".join(told["text"])), f"{name}: read aloud as a code"


@given(runs())
def test_buttons_that_look_alike_are_told_apart_by_their_names(run: Run) -> None:
    view = failed_cases_view(run, key=KEY, url=None, page=1)
    named = [
        found.get("accessibility_label") or found["text"]["text"]
        for found in objects(view)
        if found.get("type") == "button" and found["text"]["text"] == "Details"
    ]
    assert all(label.startswith("Details of ") and len(label) <= 75 for label in named)
