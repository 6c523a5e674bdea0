import asyncio
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import DatabaseError, StartupError
from bot.store.database import Database
from tests.store.postgresql import PASSWORD


async def test_a_prepared_database_is_well(database: Database) -> None:
    await database.ping()
    assert await database.problem() is None


async def test_a_database_that_is_not_prepared_is_not_well(fresh_url: str) -> None:
    async with Database.open(fresh_url) as database:
        with pytest.raises((DatabaseError, SQLAlchemyError), match="alembic_version"):
            await database.ping()
        assert "alembic_version" in str(await database.problem())


async def test_a_database_that_does_not_answer_is_not_well(prepared_sqlite: str) -> None:
    async with Database.open(prepared_sqlite) as database:
        async with database.writing():
            problem = asyncio.create_task(database.problem())
            assert await problem == "no answer within 3 s"
        assert await database.problem() is None


async def test_concurrent_increments_lose_nothing(prepared_url: str) -> None:
    async def increment(database: Database) -> None:
        async with database.writing() as connection:
            # As code does that reads, decides and writes; on PostgreSQL it locks what it read.
            lock = "" if prepared_url.startswith("sqlite") else " FOR UPDATE"
            query = text(f"SELECT free_at FROM channels WHERE channel = 'C1'{lock}")  # noqa: S608 - two words of ours
            value = await connection.scalar(query)
            await asyncio.sleep(0)
            await connection.execute(text("UPDATE channels SET free_at = :n"), {"n": value + 1})

    async with Database.open(prepared_url) as one, Database.open(prepared_url) as two:
        async with one.writing() as connection:
            await connection.execute(
                text("INSERT INTO channels (channel, free_at) VALUES ('C1', 0)")
            )
        await asyncio.gather(*(increment((one, two)[n % 2]) for n in range(60)))
        async with two.reading() as connection:
            assert await connection.scalar(text("SELECT free_at FROM channels")) == 60


async def test_a_failed_transaction_writes_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO channels (channel) VALUES ('C1')"))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM channels")) == 0


async def test_cancelled_transactions_leave_no_lock_and_no_half(database: Database) -> None:
    async def write(n: int) -> None:
        async with database.writing() as connection:
            for half in ("a", "b"):
                await connection.execute(
                    text("INSERT INTO channels (channel) VALUES (:name)"), {"name": f"{half}{n}"}
                )

    for n in range(40):
        task = asyncio.create_task(write(n))
        await asyncio.sleep(0.0002 * n)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        await write(40)
    async with database.reading() as connection:
        names = set(await connection.scalars(text("SELECT channel FROM channels")))
    assert {"a40", "b40"} <= names
    assert {name[1:] for name in names if name[0] == "a"} == {
        name[1:] for name in names if name[0] == "b"
    }


async def test_who_is_at_work_when_it_is_closed_comes_to_an_end_and_nobody_begins(
    prepared_url: str,
) -> None:
    at_work = asyncio.Event()

    async def work(database: Database) -> object:
        async with database.writing() as connection:
            at_work.set()
            await asyncio.sleep(0.2)
            return await connection.scalar(text("SELECT 7"))

    async with Database.open(prepared_url) as database:
        task = asyncio.create_task(work(database))
        await at_work.wait()
    assert task.done()
    assert await task == 7
    with pytest.raises(DatabaseError, match="closed"):
        await database.ping()


async def test_sqlite_is_prepared_for_many_processes(prepared_sqlite: str) -> None:
    async with Database.open(prepared_sqlite) as database, database.reading() as connection:
        settings = {
            name: await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }
    # synchronous 2 is FULL: what was committed outlasts a power failure.
    assert settings == {
        "journal_mode": "wal",
        "busy_timeout": 100,
        "foreign_keys": 1,
        "synchronous": 2,
    }


async def test_a_reader_is_not_held_up_by_a_writer(prepared_sqlite: str) -> None:
    async with (
        Database.open(prepared_sqlite) as database,
        database.writing() as writer,
        database.reading() as reader,
    ):
        await writer.execute(text("INSERT INTO channels (channel) VALUES ('C1')"))
        assert await reader.scalar(text("SELECT count(*) FROM channels")) == 0


async def test_postgresql_is_spoken_to_as_pgbouncer_wants_it(prepared_postgresql: str) -> None:
    async with Database.open(prepared_postgresql) as database, database.writing() as connection:
        for _ in range(10):
            await connection.scalar(text("SELECT count(*) FROM channels"))
        assert await connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
        isolation = await connection.scalar(text("SHOW transaction_isolation"))
        assert isolation == "read committed"


async def test_a_server_that_dropped_its_connections_is_used_again(
    prepared_postgresql: str,
) -> None:
    async with (
        Database.open(prepared_postgresql) as database,
        Database.open(prepared_postgresql) as other,
    ):
        await database.ping()
        async with other.writing() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        assert await database.problem() is None


async def _refusal(url: str) -> str:
    """The sentence with which a database of this URL is refused."""
    async with Database.open(url) as database:
        with pytest.raises(StartupError, match="QARUN_DATABASE_URL") as caught:
            await database.migrate()
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_directory_that_does_not_exist_is_named(tmp_path: Path) -> None:
    refusal = await _refusal(f"sqlite:///{tmp_path}/missing/q.db")
    assert f"the directory {tmp_path}/missing does not exist" in refusal


async def test_a_path_that_is_no_file_is_named(tmp_path: Path) -> None:
    assert f"the SQLite file {tmp_path} cannot be used" in await _refusal(f"sqlite:///{tmp_path}")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 99)
    assert "file is not a database" in await _refusal(f"sqlite:///{path}")


async def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE x (y)")
    refusal = await _refusal(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "attempt to write a readonly database" in refusal


async def test_an_unreachable_server_is_refused_without_showing_the_password() -> None:
    refusal = await _refusal("postgresql://u:s3cret@127.0.0.1:1/d")
    assert "Connection refused" in refusal
    assert "s3cret" not in refusal


async def test_a_wrong_password_is_not_shown(postgresql_server: str) -> None:
    url = re.sub(r":[^:@/]+@", ":wr0ng@", postgresql_server)
    refusal = await _refusal(url)
    assert "password authentication failed" in refusal
    assert "wr0ng" not in refusal
    assert PASSWORD not in refusal


async def test_an_option_that_the_driver_does_not_know_is_refused(postgresql_server: str) -> None:
    assert "invalid connection option" in await _refusal(f"{postgresql_server}&foo=1")


async def test_the_urls_own_connect_timeout_is_kept(postgresql_server: str) -> None:
    async with Database.open(f"{postgresql_server}&connect_timeout=3") as database:
        await database.migrate()


async def test_a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_rights(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new.db"
    async with Database.open(f"sqlite:///{path}") as database:
        await database.migrate()
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE more (id INTEGER)"))
        assert _rights(tmp_path) == {0o600}
    path.chmod(0o640)
    async with Database.open(f"sqlite:///{path}") as database:
        await database.ping()
        assert _rights(tmp_path) == {0o640}


def _rights(directory: Path) -> set[int]:
    """Of the database and of the files that SQLite keeps beside it."""
    return {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
