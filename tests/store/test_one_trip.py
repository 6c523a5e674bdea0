"""aiosqlite's connection with one trip for each statement: it does what aiosqlite's own does."""

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
