from bot.store.database import Database


async def test_a_prepared_database_is_well(database: Database) -> None:
    await database.ping()
    assert await database.problem() is None
