"""The parts of the demo's page that need no server."""

from typing import Any

import pytest

from bot.playground.page_journal import Journal
from bot.playground.page_own_run import OwnRun, own_script
from bot.playground.page_shown import parsed
from bot.playground.page_typing import as_slack
from bot.playground.qatech_world import Asked, QATechWorld
from bot.playground.slack import Workspace
from bot.playground.slack_changes import ApiCall
from bot.playground.slack_delivery import NO_CONSUMER, Attempt, Delivery, DeliveryKind


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("hello @qarun", "hello <@U0QARUN>"),
        ("in #qa or #nowhere", "in <#C00000001|qa> or #nowhere"),
        ("mail me@qarun or #1", "mail me@qarun or #1"),
        ("https://app.qa.tech/p/x/results/UkxK?a=1&b=2", None),
        ("<!channel> & <b>", "&lt;!channel&gt; &amp; &lt;b&gt;"),
        ("half \ud83d", "half ?"),
        ("  @nobody  ", "@nobody"),
    ],
)
def test_what_is_typed_is_sent_as_slacks_client_sends_it(typed: str, sent: str | None) -> None:
    world = Workspace()
    world.add_channel("qa")
    link = "<https://app.qa.tech/p/x/results/UkxK?a=1&amp;b=2>"
    assert as_slack(world, typed) == (sent or link)


def test_in_a_command_people_are_sent_with_their_names() -> None:
    assert as_slack(Workspace(), "ask @qarun", with_names=True) == "ask <@U0QARUN|qarun>"


def test_arguments_that_are_json_are_unpacked_and_others_left() -> None:
    args = {"blocks": '[{"type": "divider"}]', "text": "[not json", "n": 1, "view": '{"a": 1}'}
    assert parsed(args) == {
        "blocks": [{"type": "divider"}],
        "text": "[not json",
        "n": 1,
        "view": {"a": 1},
    }


def test_failures_of_ones_own_run_are_spread_over_its_time() -> None:
    script = own_script("Own11", OwnRun(cases=40, failures=4, issues=0, seconds=100))
    failed = [index for index, case in enumerate(script.cases) if case.result == "FAILED"]
    assert failed == [5, 15, 25, 35]
    assert script.at(100).result == "FAILED"
    assert script.at(0).status == "INITIATED"


@pytest.mark.parametrize(
    "wrong", [{"cases": 201}, {"failures": 13}, {"issues": -1}, {"seconds": 0}]
)
def test_a_run_out_of_bounds_is_refused_with_the_bounds(wrong: dict[str, int]) -> None:
    numbers = {"cases": 12, "failures": 0, "issues": 0, "seconds": 9} | wrong
    with pytest.raises(ValueError, match=r"Choose \d+ to \d+ "):
        OwnRun(**numbers)


def delivery(**payload: Any) -> Delivery:
    return Delivery(DeliveryKind.EVENT, payload)


def journal() -> Journal:
    return Journal(QATechWorld())


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"command": "/qarun", "text": ""}, "/qarun"),
        ({"event": {"type": "app_mention"}}, "app_mention"),
        ({"type": "block_actions", "actions": [{"action_id": "more"}]}, "block_actions more"),
        ({"type": "view_submission"}, "view_submission"),
    ],
)
def test_a_delivery_is_named_by_what_it_is_about(payload: dict[str, Any], title: str) -> None:
    assert journal().delivered(delivery(**payload), 1.0)["title"] == title


def test_a_delivery_that_is_tried_again_stays_one_entry() -> None:
    kept = journal()
    tried = delivery(event={"type": "message"})
    tried.attempts.append(Attempt(0, problem=NO_CONSUMER))
    first = kept.delivered(tried, 1.0)
    tried.attempts.append(Attempt(1, seconds=0.012))
    again = kept.delivered(tried, 9.0)
    assert (first["note"], first["ok"]) == ("not acknowledged: no consumer", False)
    assert (again["note"], again["ok"]) == ("ack 12 ms", True)
    assert (again["number"], again["at"]) == (first["number"], 1.0)
    detail = kept.detail(first["number"])
    assert detail is not None
    assert [attempt["problem"] for attempt in detail["attempts"]] == [NO_CONSUMER, None]


def test_a_call_whose_answer_was_lost_says_so() -> None:
    kept = journal()
    line = kept.called(ApiCall("chat.update", {"text": "x"}, None, {"ok": True}, 1.0))
    assert (line["note"], line["ok"]) == ("no answer", False)


def test_a_request_that_hangs_is_shown_and_changed_when_it_is_answered() -> None:
    world = QATechWorld()
    kept = Journal(world)
    asked = Asked("GET", "/v1/run/UkxK", "", {}, at=5.0)
    world.journal.append(asked)
    (first,) = kept.asked(lambda at: at + 100)
    assert (first["note"], first["ok"], first["at"]) == ("no answer yet", False, 105.0)
    assert kept.asked(lambda at: at) == []
    asked.status = 200
    (answered,) = kept.asked(lambda at: at)
    assert (answered["number"], answered["note"]) == (first["number"], "200")


def test_only_the_newest_entries_are_kept() -> None:
    kept = journal()
    for number in range(450):
        kept.called(ApiCall("auth.test", {}, 200, {"ok": True}, float(number)))
    lines = kept.lines()
    assert len(lines) == 400
    assert lines[0]["at"] == 50
    assert kept.detail(1) is None
