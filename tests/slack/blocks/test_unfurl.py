"""The preview of a link to a run."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.domain.run import Run
from bot.playground.slack_limits import check_message
from bot.slack.blocks.message import Message
from bot.slack.blocks.unfurl import unfurl
from tests.slack.blocks.arbitrary import runs
from tests.slack.blocks.goldens import assert_golden_view
from tests.slack.blocks.limits import assert_formatting_is_ours, assert_nothing_active_but
from tests.slack.blocks.samples import (
    NOW,
    case,
    failed,
    monster,
    passing,
    run,
    three_failed,
    tracked,
)
from tests.slack.blocks.test_any_run import thorough


def preview(seen: Run, **fields: Any) -> Message:
    of = tracked(seen, **({"run": seen} | fields))
    return Message("", unfurl(of, now=NOW + timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("unfurl_failed", three_failed()),
        ("unfurl_passed", run(*passing(8))),
        ("unfurl_error", run(status="ERROR", result=None)),
        (
            "unfurl_in_progress",
            run(
                *passing(3),
                failed(4, "Pay"),
                case(5, "Search", status="RUNNING", result=None),
                status="RUNNING",
                result=None,
            ),
        ),
        ("unfurl_just_started", run(status="INITIATED", result=None)),
    ],
)
def test_each_preview_is_as_it_was_reviewed(name: str, seen: Run) -> None:
    assert_golden_view(name, {"blocks": list(preview(seen).blocks)})


def test_a_preview_of_many_failures_names_a_few_and_counts_the_rest() -> None:
    text = str(preview(monster()).blocks)
    assert "and 497 more: type" in text
    assert len(text) < 4_000


@thorough
@given(runs())
def test_the_preview_of_any_run_can_be_shown(seen: Run) -> None:
    message = preview(seen)
    assert not check_message(None, message.blocks)
    assert_nothing_active_but(message, "https://", "http://")
    assert_formatting_is_ours(message)
