"""What is told after a press, as the golden messages show it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import (
    AccessDenied,
    LeftAlone,
    NothingToRerun,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.domain.short_id import RunKey
from bot.playground.slack_limits import check_message
from bot.slack.blocks import pressing
from bot.slack.blocks.message import Message
from tests.slack.blocks.arbitrary import hostile
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_nothing_active_but, assert_within_limits
from tests.slack.blocks.samples import KEY

NEW = RunKey("default", "Bq7Tz")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("old_button", pressing.old_button(KEY)),
        ("old_button_of_an_unknown_run", pressing.old_button(None)),
        ("rerun_started", pressing.rerun_started(KEY, NEW)),
        ("rerun_running_already", pressing.rerun_running_already(KEY, NEW, "U0BOB")),
        ("rerun_running_already_unnamed", pressing.rerun_running_already(KEY, None, None)),
        ("rerun_unfollowed", pressing.rerun_unfollowed(KEY, NEW)),
        ("rerun_not_allowed", pressing.rerun_not_allowed()),
        ("copy_id", pressing.copy_id(KEY)),
        ("copy_id_of_another_project", pressing.copy_id(RunKey("shop", "UkxK"))),
    ],
)
def test_what_came_of_a_press(name: str, message: Message) -> None:
    assert_within_limits(message)
    assert_golden(f"pressed_{name}", message)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nothing_to_rerun", NothingToRerun("400")),
        ("usage_limit_reached", UsageLimitReached("402")),
        ("access_denied", AccessDenied("403")),
        ("not_found", RunNotFound("404")),
        ("rate_limited", RateLimited("429", 30)),
        ("rate_limited_without_a_time", RateLimited("429")),
        ("unavailable", Unavailable("503")),
        ("left_alone", LeftAlone("down", 5)),
        ("unexpected_answer", UnexpectedAnswer("html")),
        ("other", QATechError("new")),
    ],
)
def test_a_rerun_that_was_refused_is_explained(name: str, error: QATechError) -> None:
    message = pressing.rerun_refused(error, KEY)
    assert_within_limits(message)
    assert_golden(f"rerun_refused_{name}", message)


def test_only_where_nobody_knows_whether_it_was_started_is_it_not_denied() -> None:
    unsure = (Unavailable("503"), UnexpectedAnswer("html"), QATechError("new"))
    sure = (
        NothingToRerun(""),
        UsageLimitReached(""),
        AccessDenied(""),
        RateLimited("", 1),
        LeftAlone("", 5),
    )
    for error in unsure:
        assert "Look in QA.tech before" in pressing.rerun_refused(error, KEY).text
    for error in sure:
        assert "o new run was started" in pressing.rerun_refused(error, KEY).text


def test_a_run_of_another_project_is_named_with_it() -> None:
    message = pressing.rerun_refused(RunNotFound("404"), RunKey("shop", "UkxK"))
    assert "no run shop/UkxK in shop any more" in message.text


@given(st.builds(RunKey, hostile, hostile), hostile)
def test_every_answer_to_a_press_can_be_sent(key: RunKey, words: str) -> None:
    for message in (
        pressing.old_button(key),
        pressing.rerun_started(key, key),
        pressing.rerun_running_already(key, key, words),
        pressing.rerun_running_already(key, None, words),
        pressing.rerun_refused(RunNotFound(words), key),
        pressing.copy_id(key),
    ):
        assert_within_limits(message)
        assert not check_message(message.text, message.blocks)
        assert_nothing_active_but(message, "@U0EVE")
