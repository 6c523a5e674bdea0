"""Every notice, in every situation, as the golden messages show it."""

from datetime import timedelta

import pytest

from bot.domain.facts import (
    Fact,
    RunFinished,
    RunProgressed,
    VerdictGiven,
    WatchEnded,
    WatchEndedReply,
)
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun, WatchEnd
from bot.slack.blocks.message import Message
from bot.slack.blocks.notices import render
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits
from tests.slack.blocks.samples import (
    NOW,
    case,
    failed,
    issue,
    monster,
    passing,
    run,
    telling,
    three_failed,
    tracked,
)


def told(fact: Fact, of: TrackedRun | None) -> Message:
    message = render(telling(fact, of), now=NOW, bot_name="qarun")
    assert_within_limits(message)
    return message


HALFWAY = run(
    *passing(4),
    failed(5, "Checkout"),
    *(case(n, f"Story {n}", status="RUNNING", result=None) for n in range(6, 13)),
    status="RUNNING",
    result=None,
    issues=None,
)
AGENT_ONLY = run(
    failed(1, "Log in with SSO", "AGENT_STUCK", result_title="The agent found no button"),
    failed(2, "Pay by invoice", "PLATFORM_TIMEOUT", result_title="The browser did not start"),
    *passing(3, 3),
    result="FAILED",
)
MIXED = run(
    failed(1, "Checkout", None),
    failed(2, "", "CODE_NEWER_THAN_THE_BOT", result_title="  "),
    case(3, "Upload", status="ERROR", result=None, error_code="PLATFORM_DOWN"),
    case(4, "Export", result="FLAKY", result_title="Passed on the third try"),
    case(5, "Import", result=None),
    case(6, "Search", status="CANCELLED", result=None),
    case(7, "Pay", result="SKIPPED"),
    case(8, "Sign up", status="RUNNING", result=None),
    case(9, "Log out", classification="NEGATIVE"),
    result="FAILED",
    issues=(issue(1, "Dead link", "Minor", "SEO"), issue(2, "", "", "ACCESSIBILITY")),
)
OLD_SERVER = run(
    result="FAILED",
    issues=(issue(1, "Checkout failed", "Critical", "FAILED_TEST", cases=("Checkout",)),),
)


@pytest.mark.parametrize(
    ("name", "ended_run"),
    [
        ("report_passed", run(*passing(24))),
        ("report_three_of_24_failed", three_failed()),
        ("report_agent_problems_only", AGENT_ONLY),
        ("report_every_outcome", MIXED),
        ("report_error", run(*passing(2), status="ERROR", result=None)),
        ("report_cancelled", run(*passing(2), status="CANCELLED", result=None)),
        ("report_skipped", run(case(1, "Pay", result="SKIPPED"), result="SKIPPED")),
        ("report_null_result", run(*passing(2), result=None)),
        ("report_unknown_words", run(*passing(2), status="PARTLY_DONE", result="FLAKY")),
        ("report_accessibility_only", run(*passing(2), issues=(issue(1, "Images", "Minor"),))),
        ("report_issues_unread", run(*passing(2), issues=None)),
        ("report_failures_known_as_issues_only", OLD_SERVER),
        ("report_monster", monster()),
    ],
)
def test_the_report_of_a_run_that_ended(name: str, ended_run: Run) -> None:
    assert_golden(name, told(RunFinished(), tracked(ended_run)))


def test_the_report_when_the_details_could_not_be_read() -> None:
    known = tracked(three_failed(), run=None)
    assert_golden("report_without_details", told(RunFinished(), known))


def test_the_report_without_a_known_address_has_neither_button_nor_link() -> None:
    message = told(RunFinished(), tracked(three_failed(), url=None))
    assert "Open in QA.tech" not in message.text
    assert "Open in QA.tech" not in str(message.blocks)


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("live_halfway", tracked(HALFWAY)),
        ("live_cases_unknown", tracked(run(status="INITIATED", result=None, issues=None))),
        ("live_unknown_status", tracked(HALFWAY, status="WARMING_UP")),
        ("live_qatech_silent", tracked(HALFWAY, failures=3)),
        ("live_key_refused", tracked(HALFWAY, refusals=1)),
        ("live_waiting_for_qatech", tracked(failures=1)),
        ("live_waiting_run_unknown", tracked(missing=1)),
        ("live_waiting_key_refused", tracked(refusals=1)),
    ],
)
def test_the_live_message_of_a_run_in_progress(name: str, of: TrackedRun) -> None:
    assert_golden(name, told(RunProgressed(), of))


def test_a_live_message_without_its_watch_counts_from_the_tracked_run() -> None:
    from dataclasses import replace

    bare = replace(telling(RunProgressed(), tracked(HALFWAY), asked_by=None), watch=None)
    message = render(bare, now=NOW + timedelta(hours=1), bot_name="qarun")
    assert "Watched for 1 h 4 min" in message.text
    assert "Asked by" not in message.text


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("verdict_passed", tracked(run(*passing(24)))),
        ("verdict_failed", tracked(three_failed())),
        ("verdict_agent_problems_only", tracked(AGENT_ONLY)),
        ("verdict_error", tracked(run(status="ERROR", result=None))),
        ("verdict_without_details", tracked(three_failed(), run=None, url=None)),
    ],
)
def test_the_reply_that_gives_the_verdict(name: str, of: TrackedRun) -> None:
    assert_golden(name, told(VerdictGiven(), of))


@pytest.mark.parametrize("why", WatchEnd)
@pytest.mark.parametrize("verified", [True, False], ids=["verified", "unverified"])
def test_the_end_of_a_watch_before_its_run(why: WatchEnd, verified: bool) -> None:
    of = tracked(HALFWAY if verified else None, watched_since=NOW - timedelta(hours=24))
    kind = "verified" if verified else "unverified"
    by = "U0BOB" if why is WatchEnd.STOPPED and verified else None
    assert_golden(f"ended_{why}_{kind}", told(WatchEnded(why=why, by=by), of))
    assert_golden(f"ended_reply_{why}_{kind}", told(WatchEndedReply(why=why), of))


def test_a_reply_mentions_who_asked_and_nobody_where_nobody_did() -> None:
    asked = told(VerdictGiven(), tracked(run(*passing(1))))
    assert asked.text.startswith("<@U0ADA> Run UkxK passed.")
    nobody = telling(VerdictGiven(), tracked(run(*passing(1))), asked_by=None)
    message = render(nobody, now=NOW, bot_name="qarun")
    assert message.text.startswith("Run UkxK passed.")


def test_a_run_of_another_project_is_named_as_a_person_would_type_it() -> None:
    of = tracked(three_failed(), key=RunKey("shop", "UkxK"))
    message = told(RunFinished(), of)
    assert message.text.startswith("Run shop/UkxK failed.")
    assert "`/qarun issues shop/UkxK`" in message.text


def test_a_notice_whose_run_is_gone_still_says_something() -> None:
    assert "went wrong" in told(RunFinished(), None).text


def test_a_bot_without_a_name_is_still_named() -> None:
    known = telling(WatchEnded(why=WatchEnd.REFUSED), tracked(HALFWAY))
    assert "`this bot`" in render(known, now=NOW, bot_name="").text


def test_a_run_with_very_many_kinds_of_issue_tells_the_rest_as_a_number() -> None:
    kinds = tuple(issue(n, "x", "Minor", f"KIND_{n}") for n in range(9))
    message = told(RunFinished(), tracked(run(*passing(1), issues=kinds)))
    assert "6 issues in 6 more categories." in message.text
