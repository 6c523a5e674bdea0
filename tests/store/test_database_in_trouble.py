"""The database is locked, full, not writable, gone and back: each has its error, and none hangs."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import DatabaseError
from bot.store.database import Database
from tests.store.sabotage import locked, sabotaged
from tests.store.writing import channels, write


@dataclass(slots=True)
class Told:
    """`DatabaseEvents`: what was told, in its order."""

    events: list[str] = field(default_factory=list)

    def database_failed(self, error: DatabaseError) -> None:
        self.events.append(str(error))

    def database_wrote(self) -> None:
        self.events.append("wrote")


@pytest.fixture
def path(prepared_sqlite: str) -> Path:
    return Path(prepared_sqlite.removeprefix("sqlite:///"))


@pytest.fixture
async def sqlite(prepared_sqlite: str) -> AsyncIterator[Database]:
    async with Database.open(prepared_sqlite) as opened:
        await opened.ping()
        yield opened


def move(path: Path, to: Path) -> None:
    """The file with all that belongs to it."""
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).rename(to.with_name(to.name + name))


def is_there(path: Path) -> bool:
    return path.exists()


def put_in_its_place(restored: Path, path: Path) -> None:
    """What a person does who restores a backup."""
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    restored.rename(path)


async def test_a_lock_is_waited_for_and_not_for_ever(sqlite: Database, path: Path) -> None:
    with locked(path):
        waiting = [asyncio.create_task(write(sqlite, name)) for name in ("C1", "C2")]
        began = time.monotonic()
        with pytest.raises(DatabaseError, match="locked by another process"):
            await write(sqlite, "C3", within=0.3)
        assert time.monotonic() - began < 1
        assert await channels(sqlite) == set()
    await asyncio.gather(*waiting)
    assert await channels(sqlite) == {"C1", "C2"}


async def test_under_a_lock_health_is_told_in_time_and_a_stop_is_not_held_up(
    sqlite: Database, path: Path
) -> None:
    with locked(path):
        began = time.monotonic()
        assert await sqlite.problem() == "the file is locked by another process"
        assert 2.5 < time.monotonic() - began < 4
        writing = asyncio.create_task(write(sqlite, "C1"))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert time.monotonic() - began < 1
    assert await sqlite.problem() is None


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("is_full", "database or disk is full"),
        ("is_read_only", "attempt to write a readonly database"),
    ],
)
async def test_a_file_that_takes_nothing_keeps_nothing_and_is_used_again(
    sqlite: Database, what: str, why: str
) -> None:
    large = "C" * 9000  # needs a page of its own
    with sabotaged() as sabotage:
        setattr(sabotage, what, True)
        with pytest.raises(DatabaseError, match=why) as raised:
            await write(sqlite, large)
        assert not raised.value.uncertain
        assert await channels(sqlite) == set()
        setattr(sabotage, what, False)
        await write(sqlite, large)
    assert await channels(sqlite) == {large}


async def test_a_read_only_file_is_not_well(sqlite: Database) -> None:
    with sabotaged() as sabotage:
        sabotage.is_read_only = True
        assert await sqlite.problem() == "attempt to write a readonly database"
        sabotage.is_read_only = False
        assert await sqlite.problem() is None


async def test_nothing_is_written_to_a_file_that_is_gone_until_it_is_back(
    sqlite: Database, path: Path
) -> None:
    await write(sqlite, "C1")
    away = path.with_name("away.db")
    move(path, away)
    with pytest.raises(DatabaseError, match="is gone"):
        await write(sqlite, "C2")
    with pytest.raises(DatabaseError, match="is gone"):
        await channels(sqlite)
    assert "is gone" in str(await sqlite.problem())
    assert not is_there(path)  # it was not made anew
    move(away, path)
    assert await sqlite.problem() is None
    assert await channels(sqlite) == {"C1"}


async def test_what_is_being_written_while_the_file_goes_does_not_count_as_written(
    sqlite: Database, path: Path
) -> None:
    async def write_as_it_goes() -> None:
        async with sqlite.writing() as connection:
            await connection.execute(text("INSERT INTO channels (channel) VALUES ('C1')"))
            move(path, path.with_name("away.db"))

    with pytest.raises(DatabaseError, match="is gone"):
        await write_as_it_goes()


async def test_a_restored_file_is_taken_up(
    sqlite: Database, path: Path, sqlite_template: Path
) -> None:
    await write(sqlite, "C1")
    restored = Path(shutil.copy(sqlite_template, path.with_name("restored.db")))
    with closing(sqlite3.connect(restored)) as other:
        other.execute("INSERT INTO channels (channel) VALUES ('from the backup')")
        other.commit()
    put_in_its_place(restored, path)
    await write(sqlite, "C2")
    assert await channels(sqlite) == {"from the backup", "C2"}


async def test_failures_and_writes_are_told(sqlite: Database, path: Path) -> None:
    told = Told()
    sqlite.report_to(told)
    await write(sqlite, "C1")
    await channels(sqlite)
    with locked(path), pytest.raises(DatabaseError):
        await write(sqlite, "C2", within=0.2)
    await write(sqlite, "C2")
    assert told.events == ["wrote", "the file is locked by another process", "wrote"]


async def test_an_error_of_our_own_is_not_the_databases(database: Database) -> None:
    told = Told()
    database.report_to(told)
    await write(database, "C1")
    with pytest.raises(IntegrityError):
        await write(database, "C1")
    assert told.events == ["wrote"]
