"""A check that could not ask anybody is skipped, and says so; it is never called clean."""

import json

import pytest

from tests.vulnerabilities import LOCKED, judge, locked

NAMES = ("aiohttp", "rich", "typing-extensions")
CLEAN = [
    {"name": "aiohttp", "version": "3.14.5", "vulns": []},
    {"name": "rich", "version": "15.0.0", "vulns": []},
    {"name": "typing_extensions", "version": "4.15.0", "vulns": []},
]
FLAW = {"id": "PYSEC-2026-1", "fix_versions": ["3.14.6"], "aliases": [], "description": "bad"}


def output(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_packages_that_were_all_looked_at_are_clean() -> None:
    verdict = judge(NAMES, output(*CLEAN), "No known vulnerabilities found")
    assert (verdict.lines, verdict.is_bad) == (["No known vulnerability in 3 packages."], False)


def test_a_finding_is_bad_whatever_else_was_not_looked_at() -> None:
    flawed = {"name": "aiohttp", "version": "3.14.5", "vulns": [FLAW]}
    verdict = judge(NAMES, output(flawed), "")
    assert verdict.is_bad
    assert verdict.lines[1] == "aiohttp 3.14.5: PYSEC-2026-1, mended in 3.14.6"


@pytest.mark.parametrize(
    ("out", "err", "why"),
    [
        ("", "requests.exceptions.ConnectionError: no such host", "no such host"),
        ("", "", "it said nothing"),
        ("<html>", "", "it said nothing"),
        (output(), "No known vulnerabilities found", "3 of 3 packages were not looked at"),
        (output(*CLEAN[:2]), "", "1 of 3 packages were not looked at (typing-extensions)"),
        (
            output(*CLEAN[:2], {"name": "typing-extensions", "skip_reason": "not found on PyPI"}),
            "No known vulnerabilities found",
            "(typing-extensions): not found on PyPI",
        ),
    ],
)
def test_what_was_not_looked_at_is_skipped_with_the_reason(out: str, err: str, why: str) -> None:
    verdict = judge(NAMES, out, err)
    assert not verdict.is_bad
    (line,) = verdict.lines
    assert line.startswith("SKIPPED, not clean: ")
    assert why in line


def test_all_that_the_image_holds_is_asked_about() -> None:
    names = locked(LOCKED.read_text(encoding="utf-8"))
    assert len(names) > 30
    assert {"aiohttp", "pydantic-core", "slack-bolt", "uvicorn"} <= names
