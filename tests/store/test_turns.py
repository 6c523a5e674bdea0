"""One process does it for all."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.store.database import Database
from bot.store.store import SqlStore

NOW = datetime(2026, 11, 24, 3, 17, tzinfo=UTC)
HALF_A_DAY = timedelta(hours=12)


async def test_of_several_processes_one_has_the_turn_each_time(prepared_url: str) -> None:
    async with Database.open(prepared_url) as one, Database.open(prepared_url) as two:
        stores = [SqlStore(one), SqlStore(two), SqlStore(one), SqlStore(two)]
        for day in range(3):
            # The clocks of two machines differ a little.
            moments = [NOW + timedelta(days=day, milliseconds=40 * n) for n in range(4)]
            turns = await asyncio.gather(
                *(
                    store.take_turn("prune", now=now, every=HALF_A_DAY)
                    for store, now in zip(stores, moments, strict=True)
                )
            )
            assert sorted(turns) == [False, False, False, True]


async def test_turns_of_different_things_do_not_touch_each_other(database: Database) -> None:
    store = SqlStore(database)
    await store.beat(NOW, away_after=300)
    assert await store.take_turn("prune", now=NOW, every=HALF_A_DAY)
    assert await store.take_turn("other", now=NOW, every=HALF_A_DAY)
    assert not await store.take_turn("prune", now=NOW + timedelta(hours=11), every=HALF_A_DAY)
