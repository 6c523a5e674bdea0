"""The database of a process of its own: its disk is full, or it belongs to a newer version."""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.app import Bot
from bot.config import given_settings
from bot.domain.errors import StartupError
from bot.playground.scenarios import all_passed
from bot.store.database import Database
from tests.e2e.database_troubles import NOT_STORED
from tests.e2e.process import run_to_its_end, serving_process
from tests.e2e.seen import readiness
from tests.e2e.stage import installed, replies


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


async def test_a_database_that_goes_at_the_start_ends_it_with_a_sentence(
    tmp_path: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "qarun.db"
    shutil.copy(sqlite_template, path)
    async with installed(tmp_path) as bot:
        settings = given_settings(bot.variables)
        async with Database.open(f"sqlite:///{path}") as database:
            await database.ping()
            shutil.move(path, tmp_path / "elsewhere.db")
            starting = Bot(settings, database)
            with pytest.raises(StartupError, match=r"QARUN_DATABASE_URL: .* is gone"):
                await starting.run(asyncio.Event())
            await starting.close()


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
