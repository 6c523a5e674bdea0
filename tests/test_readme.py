"""What the README says is what the code does."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.config import DEFAULT_CONFIG, Settings
from bot.domain.language.understanding import understand
from bot.domain.question import AskUnknown, LeaveAlone
from docs import picture, readme
from tests.domain.corpus.runs import SHOP

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BOT = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))


def table_rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    lines = README.partition(f"\n## {heading}\n")[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def shown(default: object) -> str:
    """A setting's default as the table writes it."""
    match default:
        case None:
            return ""
        case SecretStr():
            return f"`{default.get_secret_value()}`"
        case float():
            return f"`{default:g}`"
        case _ if default is PydanticUndefined:
            return "required"
    return f"`{default}`"


def test_the_settings_table_is_that_of_the_settings() -> None:
    """A setting that nothing reads yet is promised to nobody."""
    expected = [
        (f"`{name.upper()}`", shown(field.default))
        for name, field in Settings.model_fields.items()
        if name not in {"projects", "rules"} and re.search(rf"(settings|self)\.{name}\b", BOT)
    ]
    expected.append(("`QARUN_CONFIG`", f"`{DEFAULT_CONFIG}`"))
    told = [(variable, default) for variable, default, _ in table_rows("Settings")]
    assert told == expected


def test_the_table_of_commands_and_the_picture_as_text_are_of_the_code_as_it_is() -> None:
    assert readme.written(README) == README, "run `make picture`"


def test_a_readme_without_a_place_for_what_is_written_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for commands"):
        readme.written(README.replace("<!-- end of commands -->", ""))


def test_the_picture_is_small_enough_for_a_page() -> None:
    assert 20_000 < (ROOT / "docs/report.png").stat().st_size < 300_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_demo_is_shown_by_day_and_by_night_and_small_enough(scheme: str) -> None:
    assert f'="docs/demo-{scheme}.png"' in README
    assert 20_000 < (ROOT / f"docs/demo-{scheme}.png").stat().st_size < 300_000


def test_the_page_of_the_picture_shows_all_that_its_text_alternative_says() -> None:
    message = picture.example()
    drawn = re.sub(r"<[^>]+>", "", picture.page(message).replace("<br>", "\n"))
    for line in picture.alternative(message).splitlines()[1:-1]:
        for part in re.findall(r"[\w ]+", line):
            assert part.strip() in drawn


@pytest.mark.parametrize("target", ["demo", "test", "check", "lock", "picture", "screenshots"])
def test_a_make_target_that_the_readme_names_exists(target: str) -> None:
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_file_that_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)|(?:href|src)=\"([^\":]+)\"", README)
    assert links
    for link in ("".join(each) for each in links):
        assert (ROOT / link).exists(), link


def test_the_two_commands_stand_before_the_first_heading() -> None:
    first = README.partition("\n## ")[0]
    assert "make demo" in first
    assert "make test" in first
    assert first.index("make demo") < first.index("<details>")


def test_every_question_that_the_readme_gives_as_an_example_is_answered_without_a_mention() -> None:
    section = README.partition("\n## What you can ask in a thread\n")[2].partition("\n## ")[0]
    examples = [
        example
        for line in section.splitlines()
        if line.startswith(("| ", "`rerun`"))
        for example in re.findall(r"`([^`]+)`", line)
    ]
    assert len(examples) > 20
    for example in examples:
        reading = understand(example, SHOP, addressed=False)
        assert not isinstance(reading, LeaveAlone | AskUnknown), example
