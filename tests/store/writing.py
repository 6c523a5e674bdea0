"""The smallest things to write to a database and to read from it."""

from sqlalchemy import text

from bot.store.database import Database


async def write(database: Database, name: str, *, within: float = 5.0) -> None:
    async with database.writing(within=within) as connection:
        await connection.execute(
            text("INSERT INTO channels (channel) VALUES (:name)"), {"name": name}
        )


async def channels(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.scalars(text("SELECT channel FROM channels")))
