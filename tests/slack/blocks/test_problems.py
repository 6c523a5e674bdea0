"""What stands in the way of an answer, as the golden messages show it."""

import pytest

from bot.domain.errors import (
    AccessDenied,
    DatabaseError,
    LeftAlone,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
    UserError,
)
from bot.domain.short_id import RunKey, parse_run_reference
from bot.slack.blocks import answers, problems
from bot.slack.blocks.message import LEFT_OUT, Message, compose, section
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits
from tests.slack.blocks.samples import (
    KEY,
    URL,
    monster,
    three_failed,
    tracked,
)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("not_found", RunNotFound("404")),
        ("access_denied", AccessDenied("401")),
        ("rate_limited", RateLimited("429", 30)),
        ("rate_limited_without_a_time", RateLimited("429")),
        ("unavailable", Unavailable("503")),
        ("left_alone", LeftAlone("down", 5)),
        ("unexpected_answer", UnexpectedAnswer("html")),
        ("other", QATechError("new")),
    ],
)
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not_stored"])
def test_a_problem_with_qatech(name: str, error: QATechError, stored: bool) -> None:
    message = answers.qatech_problem(error, KEY, stored=stored)
    assert_within_limits(message)
    assert_golden(f"problem_{name}_{'stored' if stored else 'not_stored'}", message)


@pytest.mark.parametrize("uncertain", [False, True], ids=["not_stored", "uncertain"])
def test_a_database_that_cannot_be_used(uncertain: bool) -> None:
    message = problems.broken(DatabaseError("disk full", uncertain=uncertain))
    assert_within_limits(message)
    assert_golden(f"problem_database_{'uncertain' if uncertain else 'not_stored'}", message)
    assert "disk full" not in message.text  # for the operator alone


def test_an_error_of_our_own_is_said_without_its_words() -> None:
    assert problems.broken(ValueError("a bug")) == problems.failure_of_ours()


@pytest.mark.parametrize("why", ["is_archived", "restricted_action", "a_word_of_tomorrow"])
def test_where_nobody_can_let_the_bot_post_the_reason_comes_first(why: str) -> None:
    message = problems.cannot_post(
        answers.failed_cases(three_failed(), key=KEY, url=URL, page=1), channel="C0SHOP", why=why
    )
    assert_within_limits(message)
    assert message.text.startswith("I cannot post in <#C0SHOP>, so only you can see this: ")


def test_a_run_that_is_not_found_may_be_a_mistyped_command_of_another_project() -> None:
    message = answers.qatech_problem(
        RunNotFound("404"), RunKey("shop", "lisst"), stored=False, nearest="list"
    )
    assert "QA.tech knows no run shop/lisst in shop" in message.text
    assert "If you meant a command: `/qarun list`." in message.text


def test_where_the_bot_is_missing_the_invitation_comes_first() -> None:
    message = answers.not_in_channel(
        answers.failed_cases(three_failed(), key=KEY, url=URL, page=1),
        bot_name="@qarun",
        channel="C0SHOP",
    )
    assert_within_limits(message)
    assert_golden("answer_not_in_channel", message)
    assert "`/invite @qarun`" in message.text


def test_the_invitation_fits_before_the_largest_message() -> None:
    from bot.slack.blocks.report import report

    message = report(tracked(monster()))
    wrapped = answers.not_in_channel(message, bot_name="qarun", channel="C0SHOP")
    assert_within_limits(wrapped)
    assert wrapped.blocks[1:] == message.blocks
    assert LEFT_OUT not in wrapped.text


def test_the_invitation_before_a_plain_text_stays_plain() -> None:
    wrapped = answers.not_in_channel(Message("Hello"), bot_name="qarun", channel="C0SHOP")
    assert wrapped.blocks == ()
    assert wrapped.text.endswith("\nHello")


def test_the_invitation_before_a_message_of_others_drops_its_end_and_says_so() -> None:
    full = compose(["text"], [section("ä" * 600) for _ in range(3)])
    assert_within_limits(answers.not_in_channel(full, bot_name="ö" * 300, channel="C0SHOP"))


def test_a_mistake_is_told_in_the_sentence_that_names_it() -> None:
    with pytest.raises(UserError) as caught:
        parse_run_reference("what<!channel>?")
    message = answers.user_error(str(caught.value))
    assert_within_limits(message)
    assert_golden("answer_user_error", message)


def test_a_mistake_without_words_still_says_something() -> None:
    assert answers.user_error("").text.startswith("That cannot be done.")
