"""Ephemeral answers, as the golden messages show them."""

from datetime import timedelta

import pytest

from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchedRun
from bot.slack.blocks import answers
from bot.slack.blocks.commands import COMMANDS, SUBCOMMANDS
from bot.slack.blocks.message import Message
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits, lines_of
from tests.slack.blocks.samples import (
    KEY,
    NOW,
    URL,
    case,
    failed,
    issue,
    monster,
    passing,
    run,
    three_failed,
    tracked,
    watch,
)
from tests.slack.blocks.test_notices import HALFWAY, MIXED, OLD_SERVER

PERMALINK = "https://shop.slack.com/archives/C0SHOP/p1700000000000100"


def many_failed(count: int) -> Run:
    return run(
        *(failed(n, f"Story {n}", result_title="It broke") for n in range(1, count + 1)),
        result="FAILED",
    )


@pytest.mark.parametrize(
    ("name", "seen", "page"),
    [
        ("failed_three", three_failed(), 1),
        ("failed_every_outcome", MIXED, 1),
        ("failed_none", run(*passing(24)), 1),
        ("failed_none_listed", run(), 1),
        ("failed_none_listed_though_failed", run(result="FAILED"), 1),
        ("failed_in_progress", HALFWAY, 1),
        ("failed_page_2_of_9", many_failed(88), 2),
        ("failed_page_beyond_the_last", many_failed(12), 7),
        ("failed_known_as_issues_only", OLD_SERVER, 1),
    ],
)
def test_the_failed_cases(name: str, seen: Run, page: int) -> None:
    message = answers.failed_cases(seen, key=KEY, url=URL, page=page)
    assert_within_limits(message)
    assert_golden(f"answer_{name}", message)


@pytest.mark.parametrize(
    ("name", "seen", "category", "page"),
    [
        ("issues_all", three_failed(), None, 1),
        ("issues_accessibility", three_failed(), "accessibility", 1),
        ("issues_failed_test", three_failed(), "failed_test", 1),
        ("issues_none", run(*passing(2)), None, 1),
        ("issues_no_hosting", run(*passing(2)), "hosting", 1),
        ("issues_unread", run(*passing(2), issues=None), None, 1),
        ("issues_in_progress", run(status="RUNNING", result=None), None, 1),
        ("issues_page_3", monster(failures=0, issues=400), None, 3),
    ],
)
def test_the_issues(name: str, seen: Run, category: str | None, page: int) -> None:
    message = answers.issues(seen, key=KEY, url=URL, category=category, page=page)
    assert_within_limits(message)
    assert_golden(f"answer_{name}", message)


def test_the_pages_together_hold_every_failed_case_once() -> None:
    seen = monster(failures=93, issues=0)
    numbers = []
    for page in range(1, 11):
        message = answers.failed_cases(seen, key=KEY, url=None, page=page)
        assert_within_limits(message)
        told = [line for line in lines_of(message) if line.split(".")[0].isdigit()]
        numbers += [int(line.split(".")[0]) for line in told]
    assert numbers == list(range(1, 94))


def test_the_pages_together_hold_every_issue_once() -> None:
    seen = monster(failures=0, issues=61)
    numbers = []
    for page in range(1, 9):
        message = answers.issues(seen, key=KEY, url=None, page=page)
        assert_within_limits(message)
        told = [line for line in lines_of(message) if line.split(".")[0].isdigit()]
        numbers += [int(line.split(".")[0]) for line in told]
    assert numbers == list(range(1, 62))


def test_a_page_below_the_first_is_the_first() -> None:
    message = answers.failed_cases(many_failed(3), key=KEY, url=None, page=0)
    assert "There is no page 0." in message.blocks[-1]["elements"][0]["text"]


def test_issues_of_many_kinds_are_counted_for_the_first_few_and_numbered_for_the_rest() -> None:
    kinds = tuple(issue(n, "x", "Minor", f"KIND_{n}") for n in range(9))
    message = answers.issues(run(issues=kinds), key=KEY, url=None)
    assert "5 more categories." in message.text


def watched(number: int, *, seen: Run | None = HALFWAY) -> WatchedRun:
    key = RunKey("default", f"Run{number}")
    return WatchedRun(
        watch=watch(id=f"w{number}", key=key, created_at=NOW - timedelta(minutes=number)),
        tracked=tracked(seen, key=key),
    )


def test_the_list_of_watched_runs() -> None:
    message = answers.watch_list(
        [watched(1), watched(2, seen=None)],
        channel="C0SHOP",
        now=NOW,
        links={"w1": PERMALINK},
    )
    assert_within_limits(message)
    assert_golden("answer_list", message)


def test_the_list_where_nothing_is_watched() -> None:
    assert_golden("answer_list_empty", answers.watch_list([], channel="C0SHOP", now=NOW))


def test_a_long_list_says_how_many_it_left_out() -> None:
    message = answers.watch_list(
        [watched(n) for n in range(300)], channel="D0ADA", now=NOW, links={}
    )
    assert_within_limits(message)
    shown = [line for line in lines_of(message) if line.startswith("• ")]
    assert f"and {300 - len(shown):,} more, started later" in lines_of(message)


def test_the_help() -> None:
    message = answers.help_message()
    assert_within_limits(message)
    assert_golden("answer_help", message)
    assert all(form.does in message.text for form in COMMANDS)
    assert {"failed", "issues", "rerun", "watch", "list", "stop", "help"} <= set(SUBCOMMANDS)


def test_the_help_for_what_was_not_understood_names_the_nearest_command() -> None:
    message = answers.help_message(not_understood="fialed <UkxK>", nearest="failed UkxK")
    assert_within_limits(message)
    assert_golden("answer_not_understood", message)
    assert "Did you mean" not in answers.help_message(not_understood="x").text
    assert "I did not understand that." in answers.help_message(not_understood="\x00").text


def test_the_help_names_the_command_as_this_workspace_does() -> None:
    message = answers.help_message(command="/qa", not_understood="x", nearest="list")
    assert "`/qa list`" in message.text
    assert "/qarun" not in message.text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("already_watched", answers.already_watched(KEY, PERMALINK)),
        ("already_watched_without_link", answers.already_watched(KEY, None)),
        ("just_ended", answers.just_ended(KEY, PERMALINK)),
        ("just_ended_without_link", answers.just_ended(KEY, None)),
        ("looking_again", answers.looking_again(KEY)),
        ("refreshed", answers.refreshed(KEY)),
        ("watching_privately", answers.watching_privately(KEY)),
        ("no_direct_message", answers.no_direct_message("missing_scope")),
        ("stopped", answers.stopped(KEY)),
        ("nothing_to_stop", answers.nothing_to_stop(KEY)),
        ("failure_of_ours", answers.failure_of_ours()),
    ],
)
def test_a_short_answer(name: str, message: Message) -> None:
    assert_within_limits(message)
    assert_golden(f"answer_{name}", message)


def test_an_issue_with_too_much_of_everything_loses_details_before_its_number() -> None:
    heavy = issue(
        1,
        "👍" * 200,
        "🚨" * 200,
        help_url="https://qa.tech/?" + "&" * 280,
        tags=("👍" * 50,) * 9,
        cases=("👍" * 90,) * 12,
    )
    message = answers.issues(run(issues=(heavy,) * 8), key=KEY, url=URL)
    assert_within_limits(message)
    assert sum(line.startswith(tuple("12345678")) for line in lines_of(message)) == 8


def test_tags_that_show_nothing_are_not_mentioned() -> None:
    blank = issue(1, "x", "Minor", tags=("\x00",))
    assert "tags" not in answers.issues(run(issues=(blank,)), key=KEY, url=None).text


def test_a_case_that_is_not_finished_is_not_listed_before_its_run_has_ended() -> None:
    seen = run(case(1, "Pay", status="RUNNING", result=None), status="RUNNING", result=None)
    message = answers.failed_cases(seen, key=KEY, url=None)
    assert "*Pay*" not in message.text
