"""The connection to the database: engine, transactions, health."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import URL, Dialect, column, table, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.domain.errors import StartupError
from bot.store.connection import Connection
from bot.store.inline import InlineConnection, InlineEngine
from bot.store.migrating import upgrade
from bot.store.urls import read_url, reason

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_BUSY_SECONDS = 10
"""How long SQLite waits for another process to finish writing."""
_PAUSE_SECONDS = 0.01
"""Between two tries at a lock that another process holds."""
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
        self._file = InlineEngine(url, _prepare) if self._is_sqlite else None
        self._server = None if self._is_sqlite else _postgresql(url)
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
        for engine in (self._file, self._server):
            if engine is not None:
                await engine.dispose()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A transaction that writes nothing."""
        async with self._transaction(writes=False) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A transaction that may write: committed at the end, rolled back when the block raises.

        On SQLite it takes the write lock at its beginning: a transaction that reads first and
        writes later loses what others wrote in between, or fails (DESIGN §5.4).
        """
        await self._open_once()
        async with self._turn, self._transaction(writes=True) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def _transaction(self, *, writes: bool) -> AsyncIterator[Connection]:
        await self._open_once()
        if self._server is not None:
            async with self._server.begin() as connection:
                yield connection
        elif self._file is not None:
            begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
            async with self._file.connect(begin) as inline:
                await _begin(inline)
                try:
                    yield inline
                except BaseException:
                    await inline.roll_back()
                    raise
                await (inline.commit() if writes else inline.roll_back())

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

    async def _open_once(self) -> None:
        """Find out, in a thread, whether the file can be opened and written: it may be locked."""
        if not self._opened and self._file is not None:
            await asyncio.to_thread(_try_sqlite, self._file.dialect, self._url)
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


async def _begin(connection: InlineConnection) -> None:
    give_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            await connection.begin()
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


def _try_sqlite(dialect: Dialect, url: URL) -> None:
    (path, *_), options = dialect.create_connect_args(url)
    with contextlib.closing(sqlite3.connect(path, **options)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
        _switch_to_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()


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
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")


def _postgresql(url: URL) -> "AsyncEngine":
    # Only here: it brings SQLAlchemy's ORM along, for whose import SQLite need not wait.
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - the reason is above

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
