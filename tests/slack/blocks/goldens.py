"""Golden messages: one JSON file for each situation, reviewed as a diff.

`QARUN_UPDATE_GOLDENS=1 pytest tests/slack/blocks` writes them anew.
"""

import json
import os
from pathlib import Path

from bot.slack.blocks.message import Message

DIRECTORY = Path(__file__).parent / "golden"


def assert_golden(name: str, message: Message) -> None:
    path = DIRECTORY / f"{name}.json"
    told = {"text": message.text.split("\n"), "blocks": list(message.blocks)}
    if os.environ.get("QARUN_UPDATE_GOLDENS"):
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told == json.loads(path.read_text(encoding="utf-8"))
