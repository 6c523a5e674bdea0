"""Asking on: pages, choices, comparisons, a run in progress, and a QA.tech or Slack in trouble."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground.qatech_faults import hang, refuse
from bot.playground.qatech_script import Case, Script
from bot.playground.scenarios import all_passed, three_failed
from bot.slack.blocks import buttons
from tests.e2e.stage import Installation, installed, outside_threads, replies, whole_text
from tests.e2e.talk import (
    AT_ONCE,
    mention,
    press,
    reply_to,
    reported,
    said_by_bot,
    say,
    usable,
)

MANY = Script(
    "Many1",
    tuple(Case(f"Case {n:02}", "FAILED", error_code="TEST_FAILED") for n in range(1, 26)),
)
TWINS = Script(
    "Twin1",
    (
        Case("Transfer to own account", "FAILED", reason="No money arrived"),
        Case("Transfer to another bank", "FAILED", reason="The bank said no"),
    ),
)


async def test_long_answers_come_in_pages_each_of_them_once(everywhere: Installation) -> None:
    report = await reported(everywhere, MANY)
    first = await reply_to(everywhere, "what failed?", report)
    assert "Case 10" in whole_text(first)
    assert "Case 11" not in whole_text(first)
    ((action, button),) = usable(first.blocks, buttons.NEXT_PAGE)
    assert button["text"]["text"] == "Next 10"
    await asyncio.gather(
        press(everywhere, first, action), press(everywhere, first, action, by=everywhere.ben)
    )
    second = (await everywhere.until(lambda: said_by_bot(everywhere, report)[1:]))[0]
    assert "Case 20" in whole_text(second)
    await everywhere.until(lambda: everywhere.slack.ephemeral)
    assert "has been pressed already" in everywhere.slack.ephemeral[0].text
    ((action, button),) = usable(second.blocks, buttons.NEXT_PAGE)
    assert button["text"]["text"] == "Next 5"
    await press(everywhere, second, action)
    last = (await everywhere.until(lambda: said_by_bot(everywhere, report)[2:]))[0]
    assert "Case 25" in whole_text(last)
    assert not usable(last.blocks, buttons.NEXT_PAGE)


async def test_two_near_names_are_asked_about_with_buttons(installation: Installation) -> None:
    report = await reported(installation, TWINS)
    asked = await reply_to(installation, "why did the transfer fail?", report)
    assert "Which one do you mean" in asked.text
    choices = usable(asked.blocks, buttons.CHOOSE)
    assert [button["text"]["text"] for _, button in choices] == [
        "1. Transfer to own account",
        "2. Transfer to another bank",
    ]
    await press(installation, asked, choices[1][0])
    answer = (await installation.until(lambda: said_by_bot(installation, report)[1:]))[0]
    assert "The bank said no" in answer.text


async def test_a_run_is_compared_with_another_and_with_the_one_before(
    installation: Installation,
) -> None:
    qatech = installation.stage.qatech
    good = replace(three_failed("Good1", duration=100), cases=_mended(three_failed().cases))
    qatech.add(good)
    await installation.type("Good1")
    await installation.live("Good1")
    installation.runs.step(101)
    await installation.told("Good1")
    qatech.add(three_failed("Bad1", duration=100))
    await installation.type("Bad1")
    await installation.live("Bad1")
    installation.runs.step(101)
    report = await installation.told("Bad1")
    await installation.until(lambda: said_by_bot(installation, report))  # the verdict
    before = len(said_by_bot(installation, report))
    named = await reply_to(installation, "compare with Good1", report)
    assert "Run Bad1 compared with run Good1: 5 new failures" in named.text
    last = await reply_to(installation, "what changed since the last run?", report)
    assert last.text == named.text
    unknown = await reply_to(installation, "compare with Nope1", report)
    assert "QA.tech knows no run Nope1" in unknown.text
    itself = await reply_to(installation, "compare with Bad1", report)
    assert "is this run" in itself.text
    assert len(said_by_bot(installation, report)) == before + 4


def _mended(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    return tuple(
        replace(case, status="COMPLETED", result="PASSED", error_code=None) for case in cases
    )


async def test_a_run_in_progress_is_looked_at_afresh_muted_and_watched_again(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(three_failed("Going1", duration=100))
    await installation.type("Going1")
    live = await installation.live("Going1")
    installation.runs.step(90)
    reply = await reply_to(installation, "what failed so far?", live)
    assert "Guest checkout with a card" in whole_text(reply)
    reply = await reply_to(installation, "how far is it?", live)
    assert "in progress" in reply.text
    reply = await reply_to(installation, "any accessibility issues?", live)
    assert "accessibility" in reply.text.lower()
    reply = await reply_to(installation, "mute", live)
    assert "I stopped watching run Going1 here" in reply.text
    assert "Say “unmute”" in reply.text
    before = len(replies(installation.qa))
    await say(installation, "unmute", live)
    await installation.until(lambda: len(replies(installation.qa)) > before + 1)
    reply = await reply_to(installation, "stop watching", live)
    assert "I stopped watching run Going1 here" in reply.text
    assert (
        "not being watched here any more"
        in (await reply_to(installation, "stop watching", live)).text
    )


async def test_a_question_is_acknowledged_while_qatech_hangs_and_trouble_is_explained(
    installation: Installation,
) -> None:
    faults = installation.stage.qatech.faults
    installation.stage.qatech.add(three_failed("Going2", duration=100))
    await installation.type("Going2")
    live = await installation.live("Going2")
    await installation.confirmed("Going2")
    faults.inject(hang())
    await say(installation, "what failed?", live, within=AT_ONCE)
    await say(installation, mention(installation, "Hung1"), within=AT_ONCE)
    faults.clear()
    for status, words in (
        (503, "does not answer as it should"),
        (401, "does not accept the bot's key"),
        (429, "I ask too often"),
    ):
        room = installation.channel(f"room-{status}")
        await installation.type("Going2", where=room)
        thread = await installation.live("Going2", room)
        await installation.confirmed("Going2", room)
        faults.inject(refuse(status))
        assert words in (await reply_to(installation, "what failed?", thread)).text
        if status == 503:
            assert "You can ask me" in (await reply_to(installation, "help", thread)).text
        faults.clear()


@pytest.mark.parametrize("over_http", [False, True])
async def test_where_the_scopes_for_messages_are_missing_mentions_still_work(
    tmp_path: Path, over_http: bool
) -> None:
    async with installed(tmp_path, over_http=over_http) as installation:
        slack = installation.slack
        slack.events -= {"message.channels", "message.groups", "message.im"}
        slack.scopes -= {"channels:history", "groups:history", "im:history"}
        async with installation.running():
            report = await reported(installation, three_failed(duration=0))
            said = await say(installation, "what failed?", report)
            assert not said.deliveries
            reply = await reply_to(installation, mention(installation, "what failed?"), report)
            assert "3 failed" in reply.text
            assert len(said_by_bot(installation, report)) == 1


async def test_questions_in_several_threads_are_each_about_their_own_run(
    installation: Installation,
) -> None:
    bad = await reported(installation, three_failed(duration=0))
    good = await reported(installation, all_passed("Good2", duration=0))
    await say(installation, "status", bad)
    await say(installation, "status", good)
    await installation.until(lambda: said_by_bot(installation, bad))
    await installation.until(lambda: said_by_bot(installation, good))
    assert "Run Bq7Tz failed" in said_by_bot(installation, bad)[0].text
    assert "Run Good2 passed" in said_by_bot(installation, good)[0].text
    assert len(outside_threads(installation.qa)) == 2


async def test_a_question_asked_just_before_a_stop_is_answered_after_the_start(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        async with installation.running():
            report = await reported(installation, three_failed(duration=0))
            installation.slack.faults.add("chat.postMessage", "error", times=None)
            await say(installation, "what failed?", report)
            await installation.until(
                lambda: [c for c in installation.slack.calls if c.answer.get("error")]
            )
        installation.slack.faults.clear()
        async with installation.running():
            await installation.until(lambda: said_by_bot(installation, report))
            await reply_to(installation, "status", report)
            assert len(said_by_bot(installation, report)) == 2
