"""The rows of buttons below messages about a run."""

from typing import Any

import pytest

from bot.domain.facts import RunFinished, RunProgressed, WatchEnded
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun, WatchEnd
from bot.slack.blocks import buttons
from bot.slack.blocks.message import Message
from bot.slack.blocks.notices import render
from bot.slack.blocks.run_buttons import menu, run_row
from tests.slack.blocks.samples import (
    KEY,
    NOW,
    URL,
    case,
    failed,
    issue,
    passing,
    run,
    telling,
    three_failed,
    tracked,
)
from tests.slack.blocks.test_notices import HALFWAY, OLD_SERVER


def actions_of(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def told(fact: Any, of: TrackedRun) -> Message:
    return render(telling(fact, of), now=NOW, bot_name="qarun")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (
            three_failed(),
            ["failed_cases", "accessibility", "rerun_failed", "open_run", "more"],
        ),
        (run(*passing(3)), ["open_run", "more"]),
        (run(case(1, "Pay", result="SKIPPED"), result="SKIPPED"), ["open_run", "more"]),
        (run(*passing(1), issues=(issue(1, "x", "Minor"),)), ["accessibility", "open_run", "more"]),
        (
            run(case(1, "Pay", status="ERROR", result=None), status="ERROR", result=None),
            ["failed_cases", "rerun_failed", "open_run", "more"],
        ),
        (OLD_SERVER, ["failed_cases", "open_run", "more"]),
    ],
)
def test_a_report_has_the_buttons_that_lead_somewhere(seen: Run, expected: list[str]) -> None:
    assert actions_of(told(RunFinished(), tracked(seen))) == expected


def test_a_report_without_details_can_be_refreshed() -> None:
    message = told(RunFinished(), tracked(three_failed(), run=None))
    assert actions_of(message) == ["open_run", "more"]


def test_only_a_live_message_offers_to_stop_watching() -> None:
    live = told(RunProgressed(), tracked(HALFWAY))
    ended = told(WatchEnded(why=WatchEnd.STOPPED), tracked(HALFWAY))
    report = told(RunFinished(), tracked(three_failed()))
    for message, expected in (
        (live, [buttons.REFRESH, buttons.STOP_WATCHING, buttons.COPY_ID]),
        (ended, [buttons.COPY_ID]),
        (report, [buttons.REFRESH, buttons.COPY_ID]),
    ):
        assert actions_of(message)[-1] == "more"
        options = message.blocks[-1]["elements"][-1]["options"]
        read = [buttons.read_more_value(option["value"]) for option in options]
        assert read == [(what, KEY) for what in expected]


def test_a_run_in_progress_cannot_be_rerun() -> None:
    (row,) = run_row(KEY, URL, HALFWAY)
    assert [element["action_id"] for element in row["elements"]] == [
        "failed_cases",
        "open_run",
        "more",
    ]


def test_a_rerun_is_confirmed_in_words_that_say_how_many_and_what_it_costs() -> None:
    seen = run(*(failed(n, f"Story {n}") for n in range(5)), result="FAILED")
    (row,) = run_row(RunKey("shop", "Bq7Tz"), URL, seen)
    (rerun,) = [each for each in row["elements"] if each["action_id"] == buttons.RERUN_FAILED]
    assert rerun["confirm"]["text"]["text"] == (
        "Rerun 5 test cases of run shop/Bq7Tz? QA.tech counts them as a new run against your quota."
    )
    assert rerun["confirm"]["confirm"]["text"] == "Rerun 5 test cases"


def test_a_run_that_no_button_can_name_has_only_its_link() -> None:
    odd = RunKey("a/b", "c d")
    (row,) = run_row(odd, URL, three_failed())
    assert [element["action_id"] for element in row["elements"]] == ["open_run"]
    assert run_row(odd, None, three_failed()) == []
    assert menu(odd, buttons.COPY_ID) == []
