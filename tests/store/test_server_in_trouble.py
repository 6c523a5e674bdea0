"""The PostgreSQL server is gone and back, is silent, or is lost in the middle of a transaction."""

import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.domain.errors import DatabaseError
from bot.store.database import Database
from tests.store.wire import Wire, wired
from tests.store.writing import channels, write


@pytest.fixture
async def wire(prepared_postgresql: str) -> AsyncIterator[Wire]:
    async with wired(prepared_postgresql) as wire:
        yield wire


async def test_a_server_that_is_gone_is_used_again_when_it_is_back(wire: Wire) -> None:
    async with Database.open(wire.url) as database:
        await write(database, "C1")
        wire.down()
        for _ in range(2):
            with pytest.raises(DatabaseError, match="closed the connection"):
                await write(database, "C2")
        assert "closed the connection" in str(await database.problem())
        wire.up()
        await write(database, "C3")
        assert await database.problem() is None
        assert await channels(database) == {"C1", "C3"}


async def test_a_server_that_is_silent_is_told_in_time(wire: Wire) -> None:
    async with Database.open(wire.url) as database:
        await write(database, "C1")
        wire.flowing.clear()
        began = time.monotonic()
        assert await database.problem() == "no answer within 3 s"
        assert time.monotonic() - began < 5
        wire.up()
        await write(database, "C2")


async def test_a_connection_lost_before_the_commit_leaves_nothing(wire: Wire) -> None:
    async with Database.open(wire.url) as database:

        async def write_as_it_goes() -> None:
            async with database.writing() as connection:
                await connection.execute(text("INSERT INTO channels (channel) VALUES ('C1')"))
                wire.cut()
                await connection.execute(text("INSERT INTO channels (channel) VALUES ('C2')"))

        with pytest.raises(DatabaseError) as raised:
            await write_as_it_goes()
        assert not raised.value.uncertain
        assert await channels(database) == set()


async def test_a_connection_lost_during_the_commit_leaves_it_uncertain(wire: Wire) -> None:
    async with Database.open(wire.url) as database:

        async def write_as_it_goes() -> None:
            async with database.writing() as connection:
                await connection.execute(text("INSERT INTO channels (channel) VALUES ('C1')"))
                wire.cut()

        with pytest.raises(DatabaseError) as raised:
            await write_as_it_goes()
        assert raised.value.uncertain
