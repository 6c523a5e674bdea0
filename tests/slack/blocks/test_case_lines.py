"""Test cases as lines."""

import pytest

from bot.slack.blocks.case_lines import MAX_CASE_COST, case_line
from bot.slack.blocks.message import line_cost
from tests.slack.blocks.samples import case, failed


@pytest.mark.parametrize("costly", ["👍", "&", "ä", "א"])
def test_no_test_case_takes_more_room_than_a_page_has_for_it(costly: str) -> None:
    heavy = failed(1, costly * 500, costly * 500, result_title=costly * 500)
    assert line_cost(case_line(99_999, heavy)) <= MAX_CASE_COST
    odd = case(1, costly * 500, result=costly * 500, result_title=costly * 500)
    assert line_cost(case_line(99_999, odd)) <= MAX_CASE_COST


def test_the_reason_is_the_title_else_the_first_line_of_the_thought() -> None:
    both = failed(1, "Pay", result_title="Title", evaluation_thought="Thought")
    assert case_line(1, both) == "1. *Pay* (product failure): Title"
    blank = failed(1, "Pay", result_title=" \n", evaluation_thought="\n\n Thought\nmore")
    assert case_line(1, blank) == "1. *Pay* (product failure): Thought"
    neither = failed(1, "Pay", evaluation_thought=" \n ")
    assert case_line(1, neither) == "1. *Pay* (product failure): no reason given"


def test_a_case_that_nobody_failed_needs_no_reason() -> None:
    assert case_line(4, case(1, "Pay", result="SKIPPED")) == "4. *Pay*"
    assert case_line(5, case(1, "Pay", status="", result=None)) == "5. *Pay* (no status)"
