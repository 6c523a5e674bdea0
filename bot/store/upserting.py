"""Insert a row, or change the one that is there: in the words of both databases."""

from collections.abc import Collection, Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_into(
    connection: AsyncConnection, table: Table
) -> sqlite.dml.Insert | postgresql.dml.Insert:
    """An `INSERT` that may say `ON CONFLICT`."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return build(table)


async def upsert(
    connection: AsyncConnection,
    table: Table,
    unique: Sequence[str],
    values: dict[str, object],
    changed: Collection[str],
) -> None:
    """Insert a row; where one with the same unique columns is there, take over `changed`."""
    insert = insert_into(connection, table).values(values)
    await connection.execute(
        insert.on_conflict_do_update(
            index_elements=unique, set_={name: insert.excluded[name] for name in sorted(changed)}
        )
    )
