"""Reruns: once, by who may, followed in the same thread; why not, in words of its own."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.playground.qatech_faults import hang, refuse
from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Message
from bot.slack.blocks import buttons
from tests.e2e.stage import Installation, installed, poll_until, value, whole_text
from tests.e2e.talk import (
    AT_ONCE,
    aside,
    mention,
    next_reply,
    press,
    reply_to,
    reported,
    said_by_bot,
    say,
    usable,
)


def posts(installation: Installation) -> list[bytes]:
    """The bodies of the requests that asked QA.tech for a rerun."""
    return [asked.body for asked in installation.stage.qatech.journal if asked.method == "POST"]


async def rerun_in(installation: Installation, report: Message) -> Message:
    """The live message of the rerun, once it stands in the thread of the report."""
    return (
        await installation.until(
            lambda: [m for m in said_by_bot(installation, report) if "in progress" in m.text]
        )
    )[0]


async def test_the_button_asks_first_and_the_rerun_is_followed_in_the_same_thread(
    everywhere: Installation,
) -> None:
    everywhere.reruns = 1
    report = await reported(everywhere, three_failed(duration=1000), ended=True)
    ((_, button),) = usable(report.blocks, buttons.RERUN_FAILED)
    asked = str(button["confirm"])
    assert "Rerun 5 test cases of run Bq7Tz?" in asked
    assert "the 1 that was skipped" in asked
    assert "quota" in asked
    await press(everywhere, report, buttons.RERUN_FAILED, by=everywhere.ben)
    told = await aside(everywhere, "is the rerun of run Bq7Tz", to=everywhere.ben)
    live = await rerun_in(everywhere, report)
    assert [json.loads(body) for body in posts(everywhere)] == [{"failedOnly": True}]
    assert live.thread_ts == report.ts
    assert f"<@{everywhere.ben.id}>" in live.text
    assert live.text.split()[1] in told.text
    everywhere.runs.step(2000)
    await everywhere.until(lambda: "in progress" not in live.text)
    assert "failed" in live.text.split("\n")[0]
    again = live.text.split()[1]
    verdict = await everywhere.until(
        lambda: [m for m in said_by_bot(everywhere, report) if m is not live]
    )
    assert f"Run {again} failed" in verdict[0].text
    assert f"<@{everywhere.ben.id}>" in verdict[0].text
    # The thread is now about the newest run in it.
    assert f"Run {again} failed" in (await reply_to(everywhere, "status", report)).text


async def test_two_people_who_press_at_once_make_one_rerun(everywhere: Installation) -> None:
    everywhere.reruns = 1
    report = await reported(everywhere, three_failed(duration=1000), ended=True)
    await asyncio.gather(
        press(everywhere, report, buttons.RERUN_FAILED, by=everywhere.ada),
        press(everywhere, report, buttons.RERUN_FAILED, by=everywhere.ben),
    )
    told = await everywhere.until(
        lambda: everywhere.slack.ephemeral if len(everywhere.slack.ephemeral) == 2 else None
    )
    assert sorted("did not start a second one" in message.text for message in told) == [False, True]
    live = await rerun_in(everywhere, report)
    for late in ("rerun the failed ones", "rerun"):  # by now the thread is about that rerun
        reply = await reply_to(everywhere, late, report, by=everywhere.ben)
        assert "has not ended yet, so I did not start another" in reply.text
        assert live.text.split()[1] in reply.text
    assert len(posts(everywhere)) == 1


async def test_two_people_who_say_so_at_once_make_one_rerun(installation: Installation) -> None:
    installation.reruns = 1
    report = await reported(installation, three_failed(duration=1000), ended=True)
    await asyncio.gather(
        say(installation, "rerun the failed ones", report, by=installation.ada),
        say(installation, "rerun failed please", report, by=installation.ben),
    )
    await rerun_in(installation, report)
    await installation.until(
        lambda: [m for m in said_by_bot(installation, report) if "not start a" in m.text]
    )
    assert len(posts(installation)) == 1


async def test_a_rerun_is_asked_for_in_words(installation: Installation) -> None:
    installation.reruns = 2
    report = await reported(installation, three_failed(duration=0))
    for words, body in (
        ("rerun the failed ones", {"failedOnly": True}),
        (mention(installation, "please run it all again"), {}),
    ):
        thread = report if body else await reported(installation, all_passed("All1", duration=0))
        before = len(said_by_bot(installation, thread))
        await say(installation, words, thread)
        live = await next_reply(installation, thread, before)
        assert live.thread_ts == thread.ts
        assert json.loads(posts(installation)[-1]) == body
    one = await reply_to(installation, mention(installation, "rerun klarna"), report)
    assert "all test cases or the failed ones, not a single one" in one.text


@pytest.mark.parametrize(
    ("status", "by_button", "in_words"),
    [
        (400, "nothing to rerun", "nothing to rerun"),
        (402, "quota of your QA.tech plan is used up", "usage limit of your plan is reached"),
        (403, "key may only read", "key may only read"),
        (500, "nobody knows whether it was started", "did not say whether it started"),
    ],
)
async def test_what_qatech_refuses_is_said_in_its_own_words(
    installation: Installation, status: int, by_button: str, in_words: str
) -> None:
    installation.reruns = 2
    report = await reported(installation, three_failed(duration=0))
    other = await reported(installation, three_failed("Other1", duration=0))
    installation.stage.qatech.faults.inject(refuse(status))
    await press(installation, report, buttons.RERUN_FAILED)
    await aside(installation, by_button)
    assert in_words in (await reply_to(installation, "rerun the failed ones", other)).text
    installation.stage.qatech.faults.clear()


async def test_a_run_of_which_nothing_failed_has_no_button_and_says_so_in_words(
    installation: Installation,
) -> None:
    installation.reruns = 1
    report = await reported(installation, all_passed("Good3", duration=0))
    assert not usable(report.blocks, buttons.RERUN_FAILED)
    reply = await reply_to(installation, "rerun failed", report)
    assert "nothing to rerun in run Good3" in reply.text


async def test_a_press_is_acknowledged_while_qatech_hangs_and_nobody_starts_it_twice(
    installation: Installation,
) -> None:
    installation.reruns = 1
    report = await reported(installation, three_failed(duration=0))
    installation.stage.qatech.faults.inject(hang())
    await press(installation, report, buttons.RERUN_FAILED, within=AT_ONCE)
    await poll_until(lambda: value(posts(installation)), lambda asked: len(asked) == 1)
    await press(installation, report, buttons.RERUN_FAILED, by=installation.ben)
    told = await aside(installation, "I did not start a second one", to=installation.ben)
    assert f"<@{installation.ada.id}>" in told.text
    assert "QA.tech has not answered yet" in told.text
    installation.stage.qatech.faults.clear()


@pytest.mark.parametrize("over_http", [False, True])
async def test_only_those_who_are_named_may_rerun(tmp_path: Path, over_http: bool) -> None:
    async with installed(tmp_path, over_http=over_http) as installation:
        slack, ada, ben = installation.slack, installation.ada, installation.ben
        cleo = slack.add_user("cleo")
        installation.qa.members.append(cleo.id)
        testers = slack.add_usergroup("testers", [ben])
        installation.variables["QARUN_RERUN_ALLOWED"] = f"{cleo.id}, {testers.id}"
        installation.reruns = 2
        async with installation.running():
            report = await reported(installation, three_failed(duration=0))
            await press(installation, report, buttons.RERUN_FAILED, by=ada)
            await aside(installation, "You are not among those who may start reruns")
            before = len(slack.ephemeral_for(ada))
            await say(installation, "rerun the failed ones", report, by=ada)
            refusal = (await installation.until(lambda: slack.ephemeral_for(ada)[before:]))[0]
            assert "You are not among those" in refusal.text
            await installation.type("rerun Bq7Tz", by=ada)
            await installation.until(lambda: len(slack.ephemeral_for(ada)) == before + 2)
            assert not said_by_bot(installation, report)
            assert not posts(installation)
            await press(installation, report, buttons.RERUN_FAILED, by=ben)
            await aside(installation, "is the rerun of run Bq7Tz", to=ben)
            await installation.type("rerun Bq7Tz", by=cleo)
            told = await aside(installation, "will tell in this channel", to=cleo)
            assert "is the rerun of run Bq7Tz" in whole_text(told)


async def test_a_rerun_is_still_followed_after_a_restart(tmp_path: Path) -> None:
    async with installed(tmp_path) as installation:
        installation.reruns = 1
        async with installation.running():
            report = await reported(installation, three_failed(duration=1000), ended=True)
            await press(installation, report, buttons.RERUN_FAILED)
            live = await rerun_in(installation, report)
        installation.runs.step(2000)
        async with installation.running():
            await installation.until(lambda: "in progress" not in live.text)
            await installation.until(lambda: len(said_by_bot(installation, report)) == 2)
