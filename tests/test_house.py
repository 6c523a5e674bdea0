"""The rules of the house find what they are for, and only that."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests import house
from tests.tracked import SourceFile, tracked_files

HASH = "--hash=sha256:" + "0" * 64
Rule = Callable[[Sequence[SourceFile]], Iterator[str]]


def found_by(rule: Rule, path: str, text: str) -> list[str]:
    return list(rule([SourceFile(path, text)]))


def test_a_file_of_250_lines_needs_no_reason() -> None:
    assert not list(house.sizes([SourceFile("bot/a.py", "x\n" * 250)], {}))


def test_a_file_of_251_lines_needs_a_reason() -> None:
    files = [SourceFile("tests/a.py", "x\n" * 251)]
    assert "251 lines" in next(house.sizes(files, {}))
    assert not list(house.sizes(files, {"tests/a.py": "it is a table"}))


def test_no_reason_is_good_enough_for_401_lines() -> None:
    files = [SourceFile("bot/a.py", "x\n" * 401)]
    assert "split it by subject" in next(house.sizes(files, {"bot/a.py": "it is a table"}))


def test_a_reason_goes_when_its_file_has_become_short_or_is_gone() -> None:
    reasons = {"bot/a.py": "it is a table", "bot/gone.py": "it was a table"}
    found = list(house.sizes([SourceFile("bot/a.py", "x\n")], reasons))
    assert [line.partition(":")[0] for line in found] == ["bot/a.py", "bot/gone.py"]


def test_what_is_not_ours_to_split_may_be_long() -> None:
    files = [SourceFile("requirements/dev.txt", "x\n" * 999), SourceFile("docs/a.py", "x\n" * 999)]
    assert not list(house.sizes(files, {}))


@pytest.mark.parametrize("path", ["bot/utils.py", "bot/slack/helpers.py", "tests/common/a.py"])
def test_a_vague_name_is_found(path: str) -> None:
    assert len(found_by(house.vague_names, path, "")) == 1


def test_a_name_that_only_contains_a_vague_word_is_no_finding() -> None:
    assert not found_by(house.vague_names, "bot/commonplace.py", "")


@pytest.mark.parametrize(
    "in_pieces",  # or the house would find them here
    [
        "https://py+pi.org/simple",
        "https://files.python+hosted.org/a.whl",
        "https://registry+.npm+js.org",
        "cd /ro+ot/project",
        "see /ho+me/ada/notes",
        "# TO+DO: later",
        "# FIX+ME",
        "XX+X",
    ],
)
def test_a_forbidden_text_is_found_in_any_kind_of_file(in_pieces: str) -> None:
    text = in_pieces.replace("+", "")
    assert found_by(house.texts, "docs/a.md", f"one\n{text}\n")[0].startswith("docs/a.md:2: ")


@pytest.mark.parametrize(
    "text",
    [
        "https://app.qa.tech/home/results",
        "tests/work/a.py",
        "proj_xxx",
        "--home-dir /data",
        "a todo list in a test's name",
    ],
)
def test_a_harmless_text_is_no_finding(text: str) -> None:
    assert not found_by(house.texts, "docs/a.md", text)


def test_a_pinned_and_hashed_requirement_is_right() -> None:
    text = f"# why\nhttpx==0.28.1 ; python_version > '3' \\\n    {HASH}\n    # via qarun\n\n"
    assert not found_by(house.requirements, "requirements/runtime.txt", text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("httpx==0.28.1\n", "no hash"),
        (f"httpx>=0.28 {HASH}\n", "not one pinned version"),
        (f"httpx @ https://host/httpx.whl {HASH}\n", "an address"),
        ("--index-url https://host/simple\n", "an address"),
        ("--find-links ./wheels\n", "an address"),
    ],
)
def test_a_requirement_that_is_not_locked_is_found(text: str, why: str) -> None:
    assert why in found_by(house.requirements, "requirements/runtime.txt", text)[0]


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "# noqa: BLE001", "# type: ignore[misc]", "# pragma: no cover"],
)
def test_who_silences_a_check_says_why(comment: str) -> None:
    found = found_by(house.silenced, "tests/a.py", f"x = 1\ny = 2  {comment}\n")
    assert found[0].startswith("tests/a.py:2: ")
    reasoned = f"y = 2  {comment} - the edge of the loop\n"
    assert not found_by(house.silenced, "tests/a.py", reasoned)


def test_a_second_code_is_no_reason() -> None:
    assert found_by(house.silenced, "bot/a.py", "x = 1  # noqa: S101, PLR0915\n")


def test_a_directive_within_a_string_silences_nothing() -> None:
    assert not found_by(house.silenced, "bot/a.py", 'x = "# noqa"\n')


@pytest.mark.parametrize("line", ["import httpx", "from httpx import AsyncClient"])
def test_a_library_away_from_its_home_is_found(line: str) -> None:
    assert found_by(house.homes, "bot/services/polling.py", line)
    assert not found_by(house.homes, "bot/qatech/client.py", line)
    assert not found_by(house.homes, "tests/qatech/test_client.py", line)


def test_a_module_of_ours_with_a_librarys_name_is_no_finding() -> None:
    assert not found_by(house.homes, "bot/slack/a.py", "from .httpx import x\nimport httpx2\n")


@pytest.mark.parametrize(
    "line",
    ["os.environ['A']", "os.getenv('A')", "from os import environ", "from os import getenv as g"],
)
def test_the_environment_is_read_in_one_file(line: str) -> None:
    assert found_by(house.environment, "bot/app.py", f"import os\n{line}\n")
    assert not found_by(house.environment, "bot/config.py", f"import os\n{line}\n")


def test_another_part_of_os_is_no_finding() -> None:
    assert not found_by(house.environment, "bot/app.py", "import os\nfrom os import path\nos.pid\n")


def test_a_module_without_a_docstring_is_found_unless_it_is_empty() -> None:
    assert found_by(house.docstrings, "bot/a.py", "x = 1\n") == ["bot/a.py: no docstring"]
    assert not found_by(house.docstrings, "bot/__init__.py", "")
    assert not found_by(house.docstrings, "bot/a.py", '"""What it is for."""\nx = 1\n')


def tree(*paths: str) -> list[SourceFile]:
    return [SourceFile(path, "x = 1\n") for path in paths]


def test_tests_that_mirror_the_code_are_right() -> None:
    files = tree("bot/app.py", "bot/web/app.py", "tests/test_app.py", "tests/web/test_health.py")
    assert not list(
        house.mirror([*files, *tree("tests/e2e/test_serve.py", "tests/fakes/store.py")])
    )


def test_a_test_beside_no_code_is_found() -> None:
    files = tree("bot/web/app.py", "tests/web/test_app.py", "tests/wbe/test_app.py")
    assert next(house.mirror(files)).startswith("tests/wbe/test_app.py: ")


def test_a_package_without_tests_is_found() -> None:
    assert list(house.mirror(tree("bot/web/app.py"))) == ["bot/web: no test in tests/web"]


def test_a_package_that_holds_only_packages_needs_no_tests() -> None:
    files = [*tree("bot/slack/blocks/text.py", "tests/slack/blocks/test_text.py")]
    assert not list(house.mirror([*files, SourceFile("bot/slack/__init__.py", '"""Slack."""')]))


def test_only_what_git_tracks_and_is_still_there_is_read(tmp_path: Path) -> None:
    for name in ("kept.py", "gone.py"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    for command in (["git", "init", "-q"], ["git", "add", "."]):
        subprocess.run(command, cwd=tmp_path, check=True)
    (tmp_path / "gone.py").unlink()
    (tmp_path / "untracked.py").write_text("x = 1\n")
    assert [file.path for file in tracked_files(tmp_path)] == ["kept.py"]


def test_every_rule_is_asked() -> None:
    files = [SourceFile("bot/utils.py", "import httpx\n")]
    found = "\n".join(house.findings(files))
    assert "does not say" in found
    assert "belongs to" in found
    assert "no docstring" in found
    assert "no test in" in found
