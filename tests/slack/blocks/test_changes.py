"""What changed since the run before leads the report."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import Changes, ChangeTotals, NewFailure, StillFailing
from bot.domain.facts import RunFinished, VerdictGiven
from bot.domain.record import IssueRecord
from bot.domain.run import Blame
from bot.slack.blocks.changes import changes_in_short, changes_lines
from bot.slack.blocks.message import Message
from bot.slack.blocks.notices import render
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits
from tests.slack.blocks.samples import (
    NOW,
    hostile_changes,
    passing,
    run,
    telling,
    three_failed,
    tracked,
)

BEFORE = NOW - timedelta(days=1)


def found(number: int, title: str, severity: str = "Critical") -> IssueRecord:
    return IssueRecord(
        short_id=f"i{number}", category="accessibility", severity=severity, title=title
    )


def changes(**parts: Any) -> Changes:
    return Changes(before="r1", before_ended_at=BEFORE, **parts)


ALL = changes(
    new_failures=(
        NewFailure(name="Checkout with credit card", blame=Blame.PRODUCT),
        NewFailure(name="Log in with SSO", blame=Blame.AGENT),
    ),
    still_failing=(
        StillFailing(name="Search returns results", runs=4, since=NOW - timedelta(days=3)),
    ),
    fixed=("Pay by invoice", "Story 7", "Story 8", "Story 9"),
    new_issues=(found(1, "Images must have alternative text"),),
    gone_issues=(found(9, "Buttons must have discernible text", "Major"), found(10, "", "")),
    flaky=("Search returns results",),
    total_new_failures=2,
    total_still_failing=1,
    total_fixed=12,
    total_new_issues=1,
    total_gone_issues=2,
)


def told(fact: RunFinished | VerdictGiven, seen: Any = None) -> Message:
    message = render(telling(fact, tracked(seen or three_failed())), now=NOW, bot_name="qarun")
    assert_within_limits(message)
    return message


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("report_changes", RunFinished(changes=ALL, mentions=("U0BEN", "S0QA"))),
        ("report_nothing_changed", RunFinished(changes=changes())),
        (
            "verdict_changes",
            VerdictGiven(changes=ChangeTotals(total_new_failures=2, total_fixed=1)),
        ),
    ],
)
def test_each_message_with_changes_is_as_it_was_reviewed(
    name: str, fact: RunFinished | VerdictGiven
) -> None:
    assert_golden(name, told(fact))


def test_the_changes_stand_before_the_list_of_what_failed() -> None:
    message = told(RunFinished(changes=ALL))
    for text in (message.text, "\n".join(str(block) for block in message.blocks)):
        assert text.index("2 new failures") < text.index("Failed: 3")


def test_a_run_without_one_before_says_nothing_of_changes() -> None:
    assert changes_lines(None) == []
    assert "Against run" not in told(RunFinished()).text


def test_a_flaky_test_case_is_marked_wherever_it_is_named() -> None:
    text = told(RunFinished(changes=ALL)).text
    assert text.count("flaky)") == 2
    assert "*Search returns results* (product failure, flaky)" in text


def test_a_flaky_test_case_that_passed_this_time_is_marked_too() -> None:
    (_, line) = changes_lines(changes(fixed=("Pay",), total_fixed=1, flaky=("Pay",)))
    assert line == "• 1 fixed: Pay (flaky)"


def test_a_row_that_is_longer_than_what_was_looked_at_is_at_least_so_long() -> None:
    still = StillFailing(name="Pay", runs=61, since=BEFORE, at_least=True)
    (_, line) = changes_lines(changes(still_failing=(still,), total_still_failing=1))
    assert "Pay (at least 61 runs in a row, since" in line


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (None, None),
        (ChangeTotals(), None),
        (ChangeTotals(total_gone_issues=3), None),
        (ChangeTotals(total_new_failures=1), "1 new failure"),
        (
            ChangeTotals(total_still_failing=1_000, total_fixed=2, total_new_issues=1),
            "1,000 still failing, 2 fixed, 1 new accessibility issue",
        ),
    ],
)
def test_the_same_in_half_a_sentence(totals: ChangeTotals | None, said: str | None) -> None:
    assert changes_in_short(totals) == said


def test_hostile_names_of_any_length_leave_room_for_the_report() -> None:
    message = told(RunFinished(changes=hostile_changes()), run(*passing(3)))
    assert "<!" not in message.text.replace("<!date", "")
    assert "left out" not in message.text
    assert all(f"{sign}" in message.text for sign in ("new failures", "fixed", "gone"))
