"""The database is in trouble: who types is told the truth, and no notice is lost or told twice.

Each fault meets a bot that follows a run. It ends while the database cannot be used.
"""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from bot.playground.scenarios import all_passed
from bot.playground.slack_state import Message
from tests.e2e.process import run_to_its_end, serving_process
from tests.e2e.seen import heard, logged, metric, names, readiness
from tests.e2e.stage import Installation, installed, live_message_of, replies
from tests.store.sabotage import sabotaged
from tests.store.wire import wired

API_TOKEN = "a-token-of-the-tests-and-of-nobody-else"
NOT_STORED = "I cannot use my database at the moment, so nothing was stored"

Befall = Callable[[Installation], AbstractAsyncContextManager[None]]
"""What befalls the database of an installation, until the block ends."""


@contextlib.asynccontextmanager
async def locked(bot: Installation) -> AsyncIterator[None]:
    """Another process is writing to the file, and does not come to an end."""

    def lock() -> sqlite3.Connection:
        other = sqlite3.connect(
            bot.directory / "qarun.db", isolation_level=None, check_same_thread=False
        )
        other.execute("BEGIN IMMEDIATE")
        return other

    # Not in this thread: the bot may be writing, in this very loop.
    other = await asyncio.to_thread(lock)
    try:
        yield
    finally:
        await asyncio.to_thread(other.close)


@contextlib.asynccontextmanager
async def gone(bot: Installation) -> AsyncIterator[None]:
    """The file system is not there for a while."""
    move(bot.directory, bot.directory / "elsewhere")
    try:
        yield
    finally:
        move(bot.directory / "elsewhere", bot.directory)


@contextlib.asynccontextmanager
async def read_only(_: Installation) -> AsyncIterator[None]:
    """The file system has gone read-only, as Linux makes it after an error."""
    with sabotaged() as sabotage:
        sabotage.is_read_only = True
        yield
        sabotage.is_read_only = False
        await asyncio.sleep(1)  # every connection has noticed


def move(source: Path, to: Path) -> None:
    to.mkdir(exist_ok=True)
    for name in ("qarun.db", "qarun.db-wal", "qarun.db-shm"):
        with contextlib.suppress(FileNotFoundError):
            shutil.move(source / name, to / name)


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
        (failing,) = await heard(log, "database_failing")
        assert why in failing["why"]
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
    assert names(logged(log, "database_failing", "database_recovered")) == [
        "database_failing",
        "database_recovered",
    ]


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
            await bot.until(lambda: NOT_STORED in str(bot.slack.modal(bot.ada)))
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
    installation.slack.faults.add("chat.postMessage", "delay", seconds=1.0)
    await installation.type("Mid1")
    await asyncio.sleep(0.5)  # it is on its way to Slack
    async with locked(installation):
        await installation.told("Mid1")
        await asyncio.sleep(1)
        assert not logged(log, "told")
    await heard(log, "told")
    assert len(installation.qa.messages) == 1
    assert not installation.slack.calls_of("conversations.history")  # nothing was uncertain


async def test_a_disk_that_is_full_for_a_while(tmp_path: Path) -> None:
    async with installed(tmp_path, QARUN_LOG_FORMAT="json") as bot:
        bot.stage.qatech.add(all_passed("Full1", duration=100))
        bot.stage.qatech.add(all_passed("Full2", duration=0))
        async with serving_process(bot) as process:
            await bot.type("Full1")
            await bot.confirmed("Full1")
            grow_no_more(process.process.pid, tmp_path / "qarun.db-wal")
            bot.runs.step(100)
            answer = await bot.answer_to("Full2", where=bot.channel("other"))
            assert NOT_STORED in answer.text
            status, body = await readiness(bot)
            assert status == 503
            assert "disk" in body["problems"]["database"]
            assert not replies(bot.qa)
            grow_again(process.process.pid)
            await bot.ready()
            await bot.verdict()
            assert len(bot.qa.messages) == 2
            assert await process.stop() == 0
        log = process.log.read_text()
        assert log.count('"event": "database_failing"') == 1
        assert log.count('"event": "database_recovered"') == 1


def grow_no_more(pid: int, file: Path) -> None:
    """No file of the process may become longer than this one is: the disk is full."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (file.stat().st_size, hard))


def grow_again(pid: int) -> None:
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


async def test_a_database_of_a_newer_version_is_left_alone(
    tmp_path: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "qarun.db"
    shutil.copy(sqlite_template, path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    before = path.read_bytes()
    async with installed(tmp_path) as bot:
        status, _, err = await run_to_its_end(tmp_path, "serve", variables=bot.variables)
    assert status == 2
    assert "QARUN_DATABASE_URL names a database of a newer qarun" in err
    assert "upgrade qarun" in err
    assert "Traceback" not in err
    assert path.read_bytes() == before
