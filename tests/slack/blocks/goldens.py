"""Golden messages: one JSON file for each situation, reviewed as a diff.

`QARUN_UPDATE_GOLDENS=1 pytest tests/slack/blocks` writes them anew.
"""

import json
import os
from pathlib import Path
from typing import Any

from bot.slack.blocks.message import Message

DIRECTORY = Path(__file__).parent / "golden"


def assert_golden(name: str, message: Message) -> None:
    _assert_written(name, {"text": message.text.split("\n"), "blocks": list(message.blocks)})


def assert_golden_view(name: str, view: dict[str, Any]) -> None:
    _assert_written(name, view)


def _assert_written(name: str, told: dict[str, Any]) -> None:
    path = DIRECTORY / f"{name}.json"
    if os.environ.get("QARUN_UPDATE_GOLDENS"):
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told == json.loads(path.read_text(encoding="utf-8"))
