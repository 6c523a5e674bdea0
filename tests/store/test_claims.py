"""No more is claimed than was asked for, whatever PostgreSQL thinks of the tables."""

import pytest
from sqlalchemy import text

from bot.domain.short_id import RunKey
from bot.services.ports import Payload
from bot.store.database import Database
from bot.store.store import SqlStore
from tests.contracts.store_steps import at, report, watch


async def believe(database: Database, table: str) -> None:
    """Let the planner take the table for as small as it is now."""
    async with database.writing() as connection:
        await connection.execute(text(f"ANALYZE {table}"))


@pytest.mark.parametrize("limit", [1, 3])
async def test_runs(prepared_postgresql: str, limit: int) -> None:
    async with Database.open(prepared_postgresql) as database:
        store = SqlStore(database)
        await watch(store)
        await believe(database, "tracked_runs")  # one row: a nested loop is the cheapest
        for number in range(2, 8):
            await watch(store, f"w{number}", key=RunKey("default", f"run{number}"))
        claimed = await store.claim_runs(now=at(60), limit=limit, owner="one", until=at(90))
        assert len(claimed) == limit


@pytest.mark.parametrize("limit", [1, 3])
async def test_channels(prepared_postgresql: str, limit: int) -> None:
    async with Database.open(prepared_postgresql) as database:
        store = SqlStore(database)
        await store.add([report("n0", channel="C0")], at(0))
        await believe(database, "channels")
        await believe(database, "notices")
        await store.add([report(f"n{n}", channel=f"C{n}") for n in range(1, 8)], at(0))
        claimed = await store.claim_channels(now=at(60), limit=limit, owner="one", until=at(90))
        assert len(claimed) == limit


@pytest.mark.parametrize("limit", [1, 3])
async def test_what_slack_has_handed_over(prepared_postgresql: str, limit: int) -> None:
    async with Database.open(prepared_postgresql) as database:
        store = SqlStore(database)
        await store.keep([Payload("k0", "{}")], owner="dead", until=at(0), now=at(0))
        await believe(database, "inbox")
        for number in range(1, 8):
            await store.keep([Payload(f"k{number}", "{}")], owner="dead", until=at(0), now=at(0))
        taken = await store.take_up(now=at(60), limit=limit, owner="one", until=at(90))
        assert len(taken) == limit
