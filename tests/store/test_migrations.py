import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import bot.store.migrations
from bot.domain.errors import StartupError
from bot.store.database import Database
from bot.store.tables import metadata

NEWEST = "0006"
MIGRATIONS = Path(bot.store.migrations.__file__).parent


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def _schema(connection: Connection) -> dict[str, object]:
    """What the database says of our tables, the partial indexes' conditions included."""
    inspector = inspect(connection)
    return {
        table: (
            [
                (one["name"], str(one["type"]), one["nullable"])
                for one in inspector.get_columns(table)
            ],
            inspector.get_pk_constraint(table),
            inspector.get_foreign_keys(table),
            sorted(map(str, inspector.get_unique_constraints(table))),
            sorted(map(_index, inspector.get_indexes(table))),
        )
        for table in metadata.tables
    }


def _column(column: Any) -> object:
    return column["name"], str(column["type"]), column["nullable"]


def _index(index: Any) -> str:
    options = sorted((key, str(value)) for key, value in index["dialect_options"].items())
    return str((index["name"], index["column_names"], index["unique"], options))


async def test_the_migrated_database_has_exactly_the_tables_of_the_code(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        assert await database.migrate() == (None, NEWEST)
        async with database.writing() as connection:
            assert await connection.run_sync(_differences) == []
            migrated = await connection.run_sync(_schema)
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
            assert await connection.run_sync(_schema) == migrated


def test_a_file_is_named_by_its_revision_and_follows_the_one_before() -> None:
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    chain = [(one.revision, one.down_revision) for one in reversed(scripts)]
    names = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert chain == list(zip(names, [None, *names], strict=False))
    assert names[-1] == NEWEST


async def test_a_difference_between_tables_and_migrations_would_be_seen(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        await database.migrate()
        async with database.writing() as connection:
            await connection.execute(text("ALTER TABLE channels ADD COLUMN odd INTEGER"))
            await connection.execute(text("DROP INDEX ix_notices_state_due_at"))
            assert len(await connection.run_sync(_differences)) == 2


async def test_a_database_that_is_up_to_date_stays_as_it_is(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        await database.migrate()
        assert await database.migrate() == (NEWEST, NEWEST)


async def test_of_several_that_start_at_once_one_migrates(fresh_url: str) -> None:
    async def start() -> tuple[str | None, str | None]:
        async with Database.open(fresh_url) as database:
            return await database.migrate()

    done = await asyncio.gather(*(start() for _ in range(4)))
    assert sorted(before or "" for before, _ in done) == ["", NEWEST, NEWEST, NEWEST]


async def test_a_database_of_a_newer_qarun_is_refused(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        await database.migrate()
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StartupError, match=r"QARUN_DATABASE_URL .* newer qarun .*9999"):
            await database.migrate()


async def test_a_migration_that_fails_leaves_nothing_behind(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE notices (id INTEGER)"))
        with pytest.raises(StartupError, match=r"notices.* already exists"):
            await database.migrate()
        async with database.reading() as connection:
            tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert tables == ["notices"]
