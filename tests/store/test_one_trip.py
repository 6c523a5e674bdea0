"""aiosqlite's connection with one trip for each statement: it does what aiosqlite's own does."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.one_trip import OneTripConnection
from bot.store.sqlite_file import sqlite_engine
from bot.store.urls import read_url

_metadata = MetaData()
words = Table(
    "words",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("word", String, unique=True),
)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = sqlite_engine(read_url(f"sqlite:///{tmp_path / 'words.db'}"))
    async with engine.begin() as connection:
        await connection.run_sync(_metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with each trip to the thread of a connection."""
    made: list[str] = []
    in_thread = OneTripConnection.in_thread

    async def noted(self: OneTripConnection, run: Callable[[], None]) -> None:
        made.append(run.__qualname__)
        await in_thread(self, run)

    monkeypatch.setattr(OneTripConnection, "in_thread", noted)
    return made


async def test_rows_numbers_and_keys_come_back(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        added = await connection.execute(insert(words).values(word="one"))
        assert added.inserted_primary_key == (1,)
        both = [{"word": "two"}, {"word": "three"}]
        assert (await connection.execute(insert(words), both)).rowcount == 2
        returned = insert(words).values(word="four").returning(words.c.id, words.c.word)
        assert (await connection.execute(returned)).all() == [(4, "four")]
        changed = await connection.execute(
            update(words).where(words.c.id > 2).values(id=-words.c.id)
        )
        assert changed.rowcount == 2
    async with engine.connect() as connection:
        found = (await connection.execute(select(words).order_by(words.c.id))).mappings().all()
    assert [dict(row) for row in found] == [
        {"id": -4, "word": "four"},
        {"id": -3, "word": "three"},
        {"id": 1, "word": "one"},
        {"id": 2, "word": "two"},
    ]


async def test_what_is_wrong_is_raised_as_ever_and_undone(engine: AsyncEngine) -> None:
    async def write_twice() -> None:
        async with engine.begin() as connection:
            await connection.execute(insert(words).values(word="one"))
            await connection.execute(insert(words).values(word="one"))

    with pytest.raises(IntegrityError):
        await write_twice()
    async with engine.begin() as connection:
        assert (await connection.execute(select(words))).all() == []
        with pytest.raises(OperationalError, match="no such table"):
            await connection.execute(text("SELECT * FROM sentences"))
        await connection.execute(insert(words).values(word="two"))
    async with engine.connect() as connection:
        assert (await connection.scalars(select(words.c.word))).all() == ["two"]


async def test_each_statement_is_one_trip(engine: AsyncEngine, trips: list[str]) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(words).values(word="one").returning(words.c.id))
        assert (await connection.scalars(select(words.c.word))).all() == ["one"]
    assert len(trips) == 3  # the beginning of the transaction is one, too


async def test_a_row_that_cannot_be_read_leaves_nothing_open(engine: AsyncEngine) -> None:
    async def write(word: str) -> None:
        async with engine.begin() as connection:
            await connection.execute(insert(words).values(word=word))

    async def damage() -> None:
        async with engine.begin() as connection:
            unreadable = "UPDATE words SET word = CAST(x'ff' AS TEXT) || id RETURNING word"
            await connection.execute(text(unreadable))

    for word in ("one", "two"):
        await write(word)
    with pytest.raises(OperationalError, match="UTF-8") as caught:
        await damage()
    for word in ("three", "four"):
        await write(word)  # on the same connection
    async with engine.connect() as connection:
        found = (await connection.scalars(select(words.c.word).order_by(words.c.id))).all()
    assert found == ["one", "two", "three", "four"]
    assert caught.value is not None  # the error has held on to the statement until here


async def test_a_rollback_that_fails_does_not_leave_the_file_locked(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    undo = OneTripConnection.rollback
    failures = iter([sqlite3.OperationalError("disk I/O error")])

    async def rollback(self: OneTripConnection) -> None:
        for failure in failures:
            raise failure
        await undo(self)

    async def begin_to_write() -> None:
        async with engine.begin() as connection:
            await connection.execute(insert(words).values(word="one"))
            raise RuntimeError

    monkeypatch.setattr(OneTripConnection, "rollback", rollback)
    with pytest.raises(OperationalError, match="disk I/O error"):
        await begin_to_write()
    with contextlib.closing(sqlite3.connect(str(engine.url.database), timeout=0)) as another:
        another.execute("INSERT INTO words (word) VALUES ('two')")
