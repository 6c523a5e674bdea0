"""SIGTERM: what is in flight is finished within ten seconds, and the rest is not lost."""

import asyncio
import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.playground.qatech_faults import hang
from bot.playground.scenarios import all_passed
from tests.e2e.database_troubles import locked
from tests.e2e.process import BotProcess, serving_process
from tests.e2e.stage import about, installed, outside_threads, poll_until, value
from tests.store.wire import wired

API_TOKEN = "a-token-of-the-tests-and-of-nobody-else"

Places = Callable[[str], Path]


@pytest.fixture
def places(tmp_path: Path, sqlite_template: Path) -> Places:
    def place(name: str) -> Path:
        made = tmp_path / name
        made.mkdir()
        shutil.copy(sqlite_template, made / "qarun.db")
        return made

    return place


async def stopped_in_time(process: BotProcess) -> float:
    """SIGTERM; seconds until the process has ended by itself, which must be fewer than ten."""
    began = asyncio.get_running_loop().time()
    assert await process.stop() == 0
    return asyncio.get_running_loop().time() - began


async def noted(process: BotProcess) -> None:
    """Until the database knows what Slack has taken."""
    await poll_until(lambda: value(process.log.read_text()), lambda log: '"told"' in log)


async def test_whatever_hangs_a_stop_takes_less_than_ten_seconds(places: Places) -> None:
    async def everything_hangs(over_http: bool) -> None:
        place = places("http" if over_http else "socket")
        async with installed(place, over_http=over_http, QARUN_API_TOKEN=API_TOKEN) as bot:
            qatech, slack = bot.stage.qatech, bot.slack
            for run in ("Live1", "Asked1", "Ci1"):
                qatech.add(all_passed(run, duration=100))
            other, ci = bot.channel("other"), bot.channel("ci")
            async with serving_process(bot) as process:
                await bot.type("Live1", within=10)
                await bot.confirmed("Live1")
                qatech.faults.inject(hang())
                slack.faults.add("*", "hung_answer", times=None)
                await bot.type("Asked1", where=other, within=10)
                asking = asyncio.create_task(
                    bot.post("/api/v1/watches", {"run": "Ci1", "channel": ci.id})
                )
                await poll_until(lambda: value(len(bot.asked_for("Ci1"))), bool)
                assert await stopped_in_time(process) < 10
                with contextlib.suppress(Exception):
                    await asking  # told 202 or cut off: the watch stands or was never promised
                qatech.faults.clear()
                slack.faults.clear()
            async with bot.running():
                bot.runs.step(100)
                await bot.told("Live1")
                await bot.verdict()
                await bot.told("Asked1", other)
                await bot.verdict(other)
                assert len(about("Live1", bot.qa)) == len(about("Asked1", other)) == 1

    await asyncio.gather(everything_hangs(over_http=False), everything_hangs(over_http=True))


async def test_a_message_in_flight_is_finished_and_noted(places: Places) -> None:
    async with installed(places("flight"), QARUN_LOG_FORMAT="json") as bot:
        bot.stage.qatech.add(all_passed("Fly1", duration=100))
        async with serving_process(bot) as process:
            bot.slack.faults.add("chat.postMessage", "delay", seconds=2.0)
            await bot.type("Fly1", within=10)
            await poll_until(lambda: value(len(bot.asked_for("Fly1"))), bool)
            await asyncio.sleep(0.5)
            await stopped_in_time(process)
            (live,) = outside_threads(bot.qa)
            assert '"event": "told"' in process.log.read_text()
        async with bot.running():
            bot.runs.step(100)
            await bot.verdict()
            assert outside_threads(bot.qa) == [live]
            assert not bot.slack.calls_of("conversations.history")  # nothing was uncertain


async def test_a_database_that_is_locked_does_not_hold_up_a_stop(places: Places) -> None:
    async with installed(places("locked"), QARUN_LOG_FORMAT="json") as bot:
        bot.stage.qatech.add(all_passed("Lock1", duration=100))
        async with serving_process(bot) as process:
            await bot.type("Lock1", within=10)
            await bot.confirmed("Lock1")
            await noted(process)
            async with locked(bot):
                bot.runs.step(100)
                await bot.type("Other1", within=10)
                await asyncio.sleep(1)
                assert await stopped_in_time(process) < 10
        async with bot.running():
            await bot.told("Lock1")
            await bot.verdict()
            assert len(bot.qa.messages) == 2


async def test_a_server_that_is_silent_in_the_middle_does_not_hold_up_a_stop(
    tmp_path: Path, prepared_postgresql: str
) -> None:
    async with (
        wired(prepared_postgresql) as wire,
        installed(tmp_path, QARUN_DATABASE_URL=wire.url, QARUN_LOG_FORMAT="json") as bot,
    ):
        bot.stage.qatech.add(all_passed("Still1", duration=100))
        async with serving_process(bot) as process:
            await bot.type("Still1", within=10)
            await bot.confirmed("Still1")
            await noted(process)
            wire.flowing.clear()
            bot.runs.step(100)
            await asyncio.sleep(1)
            assert await stopped_in_time(process) < 10
            wire.flowing.set()
        async with bot.running():
            await bot.told("Still1")
            await bot.verdict()
            assert len(bot.qa.messages) == 2
