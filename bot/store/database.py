"""The connection to the database: engine, transactions, health."""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, column, event, table, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import StartupError
from bot.store.migrating import outdated, upgrade
from bot.store.urls import read_url, reason

_BUSY_SECONDS = 10
"""How long SQLite waits for another process to finish writing."""
_WAL_PAUSE_SECONDS = 0.05
_CONNECT_SECONDS = 10
_SILENCE_SECONDS = 30
"""How long a PostgreSQL server may leave sent data unacknowledged before it counts as gone."""
_HEALTH_SECONDS = 3.0

_TROUBLE = (SQLAlchemyError, sqlite3.Error, OSError)

_version = table("alembic_version", column("version_num"))


class Database:
    """One database for the life of the process. It knows transactions, and no table of ours."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = _sqlite(url) if self._is_sqlite else _postgresql(url)
        self._writer = self._engine.execution_options(qarun_begin="BEGIN IMMEDIATE")
        # SQLite has one writer at a time; its own waiting polls and is unfair, so that under
        # load some writer of the same process would time out.
        self._turn = asyncio.Lock() if self._is_sqlite else contextlib.nullcontext()
        self._opened = not self._is_sqlite

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        """The database of this URL until the block ends; nothing is connected to yet.

        Raises:
            StartupError: the URL cannot be used; the sentence never shows a password.
        """
        database = cls(read_url(url))
        try:
            yield database
        finally:
            await database.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes nothing."""
        await self._open_once()
        async with self._engine.begin() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, rolled back when the block raises.

        On SQLite it takes the write lock at its beginning: a transaction that reads first and
        writes later loses what others wrote in between, or fails (DESIGN §5.4).
        """
        await self._open_once()
        async with self._turn, self._writer.begin() as connection:
            yield connection

    async def migrate(self) -> tuple[str | None, str | None]:
        """Bring the database up to date; the revisions before (None: it was empty) and after.

        Raises:
            StartupError: it cannot be reached or written to, or belongs to a newer qarun.
        """
        try:
            async with self.writing() as connection:
                return await connection.run_sync(upgrade)
        except (*_TROUBLE, TypeError, UnicodeError) as error:
            # TypeError is how the drivers refuse an option in the URL that they do not know.
            raise StartupError(self._cannot_be_used(error)) from error

    async def ping(self) -> None:
        """Write something that changes nothing, for real: a full disk must not go unnoticed.

        Raises:
            SQLAlchemyError, sqlite3.Error, OSError: it cannot be written, or is not prepared.
        """
        async with asyncio.timeout(_HEALTH_SECONDS), self.writing() as connection:
            await connection.execute(update(_version).values(version_num=_version.c.version_num))

    async def problem(self) -> str | None:
        """Why the database cannot be used at this moment; None when all is well."""
        try:
            await self.ping()
        except TimeoutError:
            return f"no answer within {_HEALTH_SECONDS:g} s"
        except _TROUBLE as error:
            return reason(error, self._url)
        return None

    async def misfit(self) -> str | None:
        """As `problem`, or why it is not of this version; for commands that look but once."""
        if why := await self.problem():
            return why
        async with self.reading() as connection:
            return await connection.run_sync(outdated)

    async def _open_once(self) -> None:
        """Find out without aiosqlite whether the file can be opened and written.

        Its thread outlives a failed connection and may print a traceback below the one sentence
        with which the command ends.
        """
        if not self._opened:
            await asyncio.to_thread(_try_sqlite, self._engine, self._url)
            self._opened = True

    def _cannot_be_used(self, error: Exception) -> str:
        why = reason(error, self._url)
        if not self._is_sqlite:
            return (
                f"QARUN_DATABASE_URL: the PostgreSQL database cannot be used ({why}); "
                "check host, port, user, password and database name, and that the server runs."
            )
        path = Path((self._url.database or "").removeprefix("file:"))
        if not path.parent.is_dir():
            return (
                f"QARUN_DATABASE_URL: the directory {path.parent} does not exist; "
                "create it or name another file."
            )
        return (
            f"QARUN_DATABASE_URL: the SQLite file {path} cannot be used ({why}); "
            "make it and its directory writable or name another file."
        )


def _try_sqlite(engine: AsyncEngine, url: URL) -> None:
    (path, *_), options = engine.dialect.create_connect_args(url)
    _make_private(path)
    with contextlib.closing(sqlite3.connect(path, **options)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
        _switch_to_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()


def _make_private(path: str) -> None:
    """Make a new file its owner's alone: it holds what private channels were told.

    A file that is there already keeps its rights, and SQLite gives the same to those beside it.
    """
    if not path.startswith("file:"):
        with contextlib.suppress(OSError):  # SQLite itself says what stands in the way
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Once for a file, which remembers it.

    Of several processes that start at once, all but one find it locked, and here SQLite does not
    wait: `busy_timeout` is not for this statement.
    """
    give_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction control begins late and in deferred mode: it is switched
        # off, and `begin` below says how each transaction starts.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("qarun_begin", "BEGIN"))

    return engine


def _postgresql(url: URL) -> AsyncEngine:
    defaults = {
        "connect_timeout": _CONNECT_SECONDS,
        "tcp_user_timeout": _SILENCE_SECONDS * 1000,
    }
    return create_async_engine(
        url,
        hide_parameters=True,  # parameters hold response_urls, and errors are logged
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        # PgBouncer hands each transaction to another server, which knows no prepared statement.
        connect_args={
            "prepare_threshold": None,
            **{name: value for name, value in defaults.items() if name not in url.query},
        },
    )
