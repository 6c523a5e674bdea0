"""Presses of any age and in any shape: acknowledged, and answered or explained."""

import json

import pytest

from bot.playground.slack_delivery import DeliveryKind
from bot.slack.blocks import buttons
from tests.slack.listeners.bench import KEY, Bench

ACTIONS = (
    buttons.FAILED_CASES,
    buttons.ACCESSIBILITY,
    buttons.RERUN_FAILED,
    buttons.MORE,
    buttons.NEXT_PAGE,
    buttons.CHOOSE,
    buttons.CASE_PAGE,
    buttons.CASE_DETAILS,
    buttons.ISSUE_PAGE,
    buttons.ISSUE_FILTER,
    buttons.SHOW_RUN,
)
UNREADABLE = (
    None,
    "",
    "UkxK",
    "[]",
    "{}",
    "null",
    '[2,"default/UkxK"]',
    '[1,"default/"]',
    '[1,"nowhere"]',
    "[1,7]",
    '[1,"default/UkxK",{"kind":"retired"},1,2,3]',
    '[1,"\\ud800/UkxK"]',
    "[" * 1000,
    json.dumps([1, "default/UkxK", 10**12]),
    "x" * 3000,
)


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_value_that_cannot_be_read_is_explained(bench: Bench, action: str) -> None:
    for value in UNREADABLE:
        fields = {} if value is None else {"value": value}
        await bench.send(DeliveryKind.INTERACTIVE, bench.action(f"{action}:7", **fields))
    await bench.finished()
    told = [message.text for message in bench.slack.ephemeral_for(bench.ada)]
    assert len(told) == len(UNREADABLE)
    assert all("another version of me" in text for text in told)
    assert not bench.facts()
    assert not bench.qatech.asked


@pytest.mark.parametrize("action", ["approve_run", "rerun", "failed_cases_v0", "🙂", ""])
async def test_a_button_that_no_listener_knows_is_explained(bench: Bench, action: str) -> None:
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(action, value="whatever"))
    assert "another version of me" in (await bench.aside("This button")).text
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(action))
    await bench.finished()
    assert len(bench.slack.ephemeral) == 2


async def test_a_link_button_opens_its_link_and_says_nothing(bench: Bench) -> None:
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(buttons.OPEN_RUN))
    await bench.finished()
    assert not bench.slack.ephemeral


async def test_a_press_with_next_to_nothing_in_it_is_acknowledged(bench: Bench) -> None:
    for action in ACTIONS:
        value = buttons.run_value(KEY)
        payload = {
            "type": "block_actions",
            "user": {"id": bench.ada.id},
            "team": {"id": bench.slack.team_id},
            "actions": [{"type": "button", "action_id": action, "value": value}],
        }
        await bench.send(DeliveryKind.INTERACTIVE, payload)
    await bench.finished()
    direct = bench.slack.direct_messages(bench.ada.id)
    assert direct.messages, "where there is no channel, a direct message explains"
