from bot.services.ports import Store
from bot.store.database import Database
from bot.store.store import SqlStore


async def test_the_store_is_what_the_services_ask_for(database: Database) -> None:
    store: Store = SqlStore(database)
    await store.ping()


async def test_a_store_that_works_has_no_problem(database: Database) -> None:
    assert await SqlStore(database).problem() is None


async def test_a_store_that_is_not_prepared_says_what_is_missing(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        assert "alembic_version" in str(await SqlStore(database).problem())
