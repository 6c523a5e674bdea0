"""The database is in trouble: who types is told the truth, and no notice is lost or told twice.

Each fault meets a bot that follows a run. It ends while the database cannot be used.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.scenarios import all_passed
from bot.playground.slack_state import Message
from tests.e2e.database_troubles import NOT_STORED, Befall, gone, locked, read_only
from tests.e2e.seen import heard, logged, metric, readiness
from tests.e2e.stage import Installation, installed, live_message_of, replies
from tests.store.wire import wired

API_TOKEN = "a-token-of-the-tests-and-of-nobody-else"


async def comes_through(bot: Installation, befall: Befall, log: list[Any], why: str) -> None:
    """The whole of what must hold of a database that is away and comes back."""
    for run in ("Live1", "Asked1"):
        bot.stage.qatech.add(all_passed(run, duration=100))
    other = bot.channel("other")
    await bot.type("Live1")
    await bot.confirmed("Live1")
    await heard(log, "told")
    live = live_message_of("Live1", bot.qa)
    assert live is not None
    async with befall(bot):
        bot.runs.step(100)
        await bot.slack.message(bot.ben, bot.qa, "what failed?", thread_ts=live.ts)
        answer = await bot.answer_to("Asked1", where=other)
        assert NOT_STORED in answer.text
        assert "try again in a minute" in answer.text
        failing = await heard(log, "database_failing")
        assert any(why in line["why"] for line in failing)
        status, body = await readiness(bot)
        assert status == 503
        assert why in body["problems"]["database"]
        assert await metric(bot, "qarun_database_writable") == 0
        assert (await bot.get("/healthz")).status_code == 200  # a restart would not help
        (aside,) = await bot.until(lambda: bot.slack.ephemeral_for(bot.ben, bot.qa.id))
        assert NOT_STORED in aside.text
    await heard(log, "database_recovered")
    await bot.ready()
    assert "passed" in (await bot.told("Live1")).text
    await bot.verdict()
    assert not other.messages  # nothing was stored, as it was said
    await bot.type("Asked1", where=other)
    await bot.told("Asked1", other)
    assert len(replies_of_the_bot(bot)) == 1  # the verdict
    assert await metric(bot, "qarun_database_failures_total") > 0
    *failing, recovered = logged(log, "database_failing", "database_recovered")
    assert recovered["event"] == "database_recovered"
    reasons = [line["why"] for line in failing]  # a server that goes may have several
    assert len(set(reasons)) == len(reasons)


def replies_of_the_bot(bot: Installation) -> list[Message]:
    return [reply for reply in replies(bot.qa) if reply.author.id == bot.slack.bot.id]


@pytest.mark.parametrize(
    ("befall", "why"),
    [
        (locked, "locked by another process"),
        (gone, "is gone"),
        (read_only, "readonly database"),
    ],
    ids=["locked", "gone", "read-only"],
)
async def test_a_file_that_cannot_be_used_for_a_while(
    installation: Installation, log: list[Any], befall: Befall, why: str
) -> None:
    await comes_through(installation, befall, log, why)


async def test_a_server_that_is_gone_for_a_while(
    tmp_path: Path, log: list[Any], prepared_postgresql: str
) -> None:
    async with wired(prepared_postgresql) as wire:

        @contextlib.asynccontextmanager
        async def down(_: Installation) -> AsyncIterator[None]:
            wire.down()
            yield
            wire.up()

        async with (
            installed(tmp_path, QARUN_DATABASE_URL=wire.url) as bot,
            bot.running(),
        ):
            await comes_through(bot, down, log, "closed the connection")


async def test_whatever_a_person_does_meanwhile_is_answered(tmp_path: Path) -> None:
    async with installed(tmp_path, QARUN_API_TOKEN=API_TOKEN) as bot, bot.running():
        bot.stage.qatech.add(all_passed("Live1", duration=100))
        await bot.type("Live1")
        await bot.confirmed("Live1")
        live = live_message_of("Live1", bot.qa)
        assert live is not None
        async with gone(bot):
            for text in ("list", "stop Live1", "mute 1h", "rerun Live1"):
                assert NOT_STORED in (await bot.answer_to(text)).text, text
            before = len(bot.slack.ephemeral_for(bot.ada))
            stop = next(o["value"] for o in options(live) if "Stop" in o["text"]["text"])
            await bot.slack.press(bot.ada, bot.qa, live.ts, "more", stop)
            pressed = await bot.until(lambda: bot.slack.ephemeral_for(bot.ada)[before:])
            assert NOT_STORED in pressed[0].text
            await bot.slack.open_home(bot.ada)
            await bot.until(lambda: NOT_STORED in str(bot.slack.views.homes.get(bot.ada.id)))
            await bot.type("alerts")
            await bot.until(lambda: NOT_STORED in str(bot.slack.views.modals.get(bot.ada.id)))
            asked = await bot.post("/api/v1/watches", {"run": "Live1", "channel": bot.qa.id})
            assert asked.status_code == 503
            assert "database" in asked.json()["detail"]
        bot.runs.step(100)
        await bot.told("Live1")


def options(message: Message) -> list[Any]:
    """What can be chosen from the menu of a message."""
    return [
        option
        for block in message.blocks
        for element in block.get("elements", ())
        for option in element.get("options", ())
    ]


async def test_a_lock_that_is_soon_over_is_not_noticed(
    installation: Installation, log: list[Any]
) -> None:
    installation.stage.qatech.add(all_passed("Soon1", duration=0))
    async with locked(installation):
        await installation.type("Soon1")
        await asyncio.sleep(1)
        assert not installation.qa.messages
    await installation.told("Soon1")
    assert not logged(log, "database_failing")


async def test_a_message_that_slack_took_while_the_database_went_is_told_once(
    installation: Installation, log: list[Any]
) -> None:
    installation.stage.qatech.add(all_passed("Mid1", duration=0))
    installation.slack.faults.add("chat.postMessage", "delay", seconds=5.0)
    await installation.type("Mid1")
    await asyncio.sleep(3)  # it is on its way to Slack, on a busy machine too
    async with locked(installation):
        await installation.told("Mid1")
        await asyncio.sleep(1)
        assert not logged(log, "told")
    await heard(log, "told")
    assert len(installation.qa.messages) == 1
    assert not installation.slack.calls_of("conversations.history")  # nothing was uncertain
