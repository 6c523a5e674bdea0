"""The connection to the database: engine, transactions, health."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Protocol, Self

from sqlalchemy import URL, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import DatabaseError, StartupError
from bot.store.failing import is_any_failure, is_trouble, named
from bot.store.migrating import VERSION, outdated, upgrade
from bot.store.sqlite_file import FileState, SqliteFile, WriteLock, sqlite_engine
from bot.store.urls import read_url, reason

TRANSACTION_SECONDS = 10.0
"""Longest time for a transaction, the wait for its turn included: people wait for its outcome."""
_CONNECT_SECONDS = 10
_SILENCE_SECONDS = 30
"""How long a PostgreSQL server may leave sent data unacknowledged before it counts as gone."""
_HEALTH_SECONDS = 3.0
_HEALTH_GRACE_SECONDS = 0.5
_CLOSE_SECONDS = 1.0
"""How long transactions under way have to come to their end before the connections are closed."""


class DatabaseEvents(Protocol):
    """What the operator is told of the database; implemented by the log and the metrics."""

    def database_failed(self, error: DatabaseError) -> None: ...

    def database_wrote(self) -> None: ...


class Database:
    """One database for the life of the process. It knows transactions, and no table of ours."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._file = SqliteFile(url) if url.get_backend_name() == "sqlite" else None
        self._engine = _postgresql(url) if self._file is None else sqlite_engine(url)
        self._writer = self._engine.execution_options(qarun_begin="BEGIN IMMEDIATE")
        # SQLite has one writer at a time; its own waiting polls and is unfair, so that under
        # load some writer of the same process would time out.
        self._turn = contextlib.nullcontext() if self._file is None else asyncio.Lock()
        self._lock = WriteLock()
        self._events: DatabaseEvents | None = None
        self._look: asyncio.Task[str | None] | None = None
        self._under_way = 0
        self._none_under_way = asyncio.Event()
        self._none_under_way.set()
        self._is_closed = False

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

    def report_to(self, events: DatabaseEvents) -> None:
        """Tell of each failure, and of each transaction that could be written, from now on."""
        self._events = events

    async def close(self) -> None:
        """Close every connection.

        One that is in use would be given back to a pool that is gone, and never be closed.
        """
        self._is_closed = True
        if self._look is not None:
            self._look.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._none_under_way.wait()
        await self._engine.dispose()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes nothing.

        Raises:
            DatabaseError: the database cannot be used at this moment.
        """
        async with self._transaction(self._engine, contextlib.nullcontext()) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def writing(
        self, *, within: float | None = TRANSACTION_SECONDS
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, rolled back when the block raises.

        On SQLite it takes the write lock at its beginning: a transaction that reads first and
        writes later loses what others wrote in between, or fails (DESIGN §5.4).

        Args:
            within: seconds for all of it, the wait for its turn included.

        Raises:
            DatabaseError: the database cannot be used at this moment.
        """
        async with self._transaction(self._writer, self._turn, within) as connection:
            yield connection
        if self._events is not None:
            self._events.database_wrote()

    async def migrate(self) -> tuple[str | None, str | None]:
        """Bring the database up to date; the revisions before (None: it was empty) and after.

        Raises:
            StartupError: it cannot be reached or written to, or belongs to a newer qarun.
        """
        try:
            async with self.writing(within=None) as connection:
                return await connection.run_sync(upgrade)
        except Exception as error:
            # TypeError is how the drivers refuse an option in the URL that they do not know.
            if is_any_failure(error) or isinstance(error, TypeError | UnicodeError):
                raise StartupError(self._cannot_be_used(error)) from error
            raise

    async def ping(self) -> None:
        """Write something that changes nothing, for real: a full disk must not go unnoticed.

        Raises:
            DatabaseError, SQLAlchemyError: it cannot be written, or is not prepared.
        """
        async with self.writing(within=_HEALTH_SECONDS) as connection:
            await connection.execute(update(VERSION).values(version_num=VERSION.c.version_num))

    async def problem(self) -> str | None:
        """Why the database cannot be used at this moment; None when all is well."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._problem(), name="database health")
        # A server that is silent is not waited for, neither is the end of what it was asked.
        await asyncio.wait({self._look}, timeout=_HEALTH_SECONDS + _HEALTH_GRACE_SECONDS)
        if not self._look.done():
            return f"no answer within {_HEALTH_SECONDS:g} s"
        return self._look.result()

    async def _problem(self) -> str | None:
        try:
            await self.ping()
        except Exception as error:
            if is_any_failure(error):
                return reason(error, self._url)
            raise
        return None

    async def misfit(self) -> str | None:
        """As `problem`, or why it is not of this version; for commands that look but once."""
        if why := await self.problem():
            return why
        async with self.reading() as connection:
            return await connection.run_sync(outdated)

    @contextlib.asynccontextmanager
    async def _transaction(
        self,
        engine: AsyncEngine,
        turn: contextlib.AbstractAsyncContextManager[Any],
        within: float | None = TRANSACTION_SECONDS,
    ) -> AsyncIterator[AsyncConnection]:
        if self._is_closed:
            raise DatabaseError("it has been closed")
        committing = False
        self._began()
        try:
            async with asyncio.timeout(within) as deadline, turn:
                await self._open_file()
                async with engine.connect() as connection:
                    if engine is self._writer:
                        await self._lock.begin(connection)
                    else:
                        await connection.begin()
                    try:
                        yield connection
                        self._raise_unless_there()
                        committing = True
                        await connection.commit()
                    except asyncio.CancelledError:
                        # A server that is silent would not answer to a rollback either.
                        await connection.invalidate()
                        raise
        except Exception as error:
            if isinstance(error, TimeoutError) and deadline.expired():
                why = self._lock.why or f"no answer within {within:g} s"
                trouble = DatabaseError(why, uncertain=committing)
            elif isinstance(error, DatabaseError):
                trouble = error
            elif is_trouble(error):
                trouble = named(error, self._url, committing=committing)
            else:
                raise
            if self._events is not None:
                self._events.database_failed(trouble)
            raise trouble from error
        finally:
            self._ended()

    def _began(self) -> None:
        self._under_way += 1
        self._none_under_way.clear()

    def _ended(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._none_under_way.set()

    async def _open_file(self) -> None:
        if self._file is None:
            return
        if self._file.state() is FileState.REPLACED:
            await self._engine.dispose()
            self._file.forget()
        self._raise_unless_there()
        await self._file.open(self._engine)

    def _raise_unless_there(self) -> None:
        """What is written to a file that was deleted would be lost, and nobody would know."""
        if self._file is not None and self._file.state() is not FileState.THERE:
            raise DatabaseError(f"the file {self._file.path} is gone")

    def _cannot_be_used(self, error: Exception) -> str:
        why = reason(error, self._url)
        if self._file is None:
            return (
                f"QARUN_DATABASE_URL: the PostgreSQL database cannot be used ({why}); "
                "check host, port, user, password and database name, and that the server runs."
            )
        path = self._file.path
        if not path.parent.is_dir():
            return (
                f"QARUN_DATABASE_URL: the directory {path.parent} does not exist; "
                "create it or name another file."
            )
        return (
            f"QARUN_DATABASE_URL: the SQLite file {path} cannot be used ({why}); "
            "make it and its directory writable or name another file."
        )


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
