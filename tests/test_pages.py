"""What SECURITY.md and docs/operations.md name is there."""

import re
from pathlib import Path

import pytest

from bot.cli import cli, outbox
from bot.config import Settings

ROOT = Path(__file__).parents[1]
PAGES = ("SECURITY.md", "docs/operations.md")


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Path:
    return ROOT / str(request.param)


def test_every_file_that_a_page_names_or_links_to_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|bot|docs)/[\w/.]+)`", text)
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [link for link in linked if not (page.parent / link).exists()] == []


def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:QARUN|SLACK|QATECH)_[A-Z_]+)[`=]", text))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_command_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"(?<![/\w])qarun (\w+)(?: (\w+))?", page.read_text(encoding="utf-8")))
    commands = {
        command.name or command.callback.__name__
        for command in cli.registered_commands
        if command.callback
    }
    inner = {command.name for command in outbox.registered_commands}
    known = {first for first, _ in named if first in commands | {"outbox"}}
    assert {"audit", "doctor"} <= known
    assert {second for first, second in named if first == "outbox" and second} <= inner


def test_every_place_on_a_page_that_it_links_to_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
