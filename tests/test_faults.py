"""`docs/faults.md` names only tests that there are, and every fault has one."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "faults.md").read_text()

NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| (?!fault|in flight|---)(.+?) \|", re.MULTILINE)


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(PAGE))))
def test_a_test_that_the_page_names_is_there(file: str, name: str) -> None:
    tree = ast.parse((TESTS / file).read_text())
    there = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in there


def test_every_fault_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if ROW.match(line)]
    assert len(rows) > 30
    for row in rows:
        assert NAMED.search(row), row


@pytest.mark.parametrize(
    "fault",
    [
        *(
            "401",
            "403",
            "404",
            "429",
            "500",
            "502 with HTML",
            "slow",
            "hanging",
            "cut in the middle",
        ),
        *("wrong types", "50 MB", "redirect", "certificate"),
        *("not_in_channel", "channel_not_found", "is_archived", "restricted_action"),
        *("msg_too_long", "msg_blocks_too_long", "invalid_blocks", "message_not_found"),
        *("cant_update_message", "edit_window_closed", "token_revoked", "invalid_auth"),
        *("account_inactive", "missing_scope", "ratelimited", "internal_error", "fatal_error"),
        *("service_unavailable", "request_timeout", "socket refused", "disconnect"),
        *("locked", "full disk", "read-only", "gone and back", "newer version"),
    ],
)
def test_each_fault_has_its_row(fault: str) -> None:
    assert any(fault in found for found in ROW.findall(PAGE)), fault
