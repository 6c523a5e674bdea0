"""Fixtures: databases that are up to date and empty, of both kinds."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from bot.store.database import Database
from bot.store.tables import metadata
from tests.store.postgresql import NOT_TESTED, postgresql, server_programs


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a private server's database; skips where no server is installed."""
    programs = server_programs()
    if programs is None:
        pytest.skip(NOT_TESTED)
    with postgresql(programs) as url:
        yield url


@pytest.fixture
async def fresh_postgresql(postgresql_server: str) -> str:
    """The URL of a schema without any table."""
    return await fresh_schema(postgresql_server, "fresh")


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The URL of a database that is up to date."""
    asyncio.run(_migrate(postgresql_server))
    return postgresql_server


@pytest.fixture
async def prepared_postgresql(migrated_postgresql: str) -> str:
    """The URL of a database that is up to date and empty."""
    async with Database.open(migrated_postgresql) as database, database.writing() as connection:
        # The triggers that keep the audit trail from being emptied are not for tests.
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in reversed(metadata.sorted_tables):
            await connection.execute(delete(table))
    return migrated_postgresql


@pytest.fixture
def fresh_sqlite(tmp_path: Path) -> str:
    """The URL of a file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'fresh.db'}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is up to date and empty, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def prepared_sqlite(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a file that is up to date and empty."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'prepared.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn, without any table of ours."""
    return str(request.getfixturevalue(f"fresh_{request.param}"))


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn, up to date and empty."""
    return str(request.getfixturevalue(f"prepared_{request.param}"))


@pytest.fixture
async def database(prepared_url: str) -> AsyncIterator[Database]:
    async with Database.open(prepared_url) as opened:
        yield opened


async def fresh_schema(server: str, name: str) -> str:
    """The URL of a schema of this name, without any table."""
    async with Database.open(server) as database, database.writing() as connection:
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        await connection.execute(text(f"CREATE SCHEMA {name}"))
    return f"{server}&options=-csearch_path%3D{name}"


async def _migrate(url: str) -> None:
    async with Database.open(url) as database:
        await database.migrate()
