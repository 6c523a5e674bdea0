"""SQLite without a thread: each statement runs where it is asked for.

A statement of ours takes 20 to 100 µs, for rows are found by an index and the file is in memory.
Handing it to another thread and back, as aiosqlite does, takes several times that, of processor
time that acknowledgements wait for. Only what may take long does not run here: a commit, which
waits for the disk, has a thread; and the lock that another process holds is not waited for at all,
whoever wants it tries again.
"""

import asyncio
import contextlib
import copy
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    CursorResult,
    Dialect,
    Executable,
    QueuePool,
    ScalarResult,
    create_engine,
    event,
)
from sqlalchemy import Connection as SyncConnection

from bot.store.connection import Row, Rows

T = TypeVar("T")

_ANY_NUMBER = -1


class InlineConnection:
    """Implements `Connection`; used by one task at a time."""

    def __init__(self, connection: SyncConnection, committer: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._committer = committer

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def execute(
        self, statement: Executable, parameters: Rows = None, /
    ) -> CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Row = None, /) -> Any:
        return self._connection.scalar(statement, parameters)

    async def scalars(self, statement: Executable, parameters: Rows = None, /) -> ScalarResult[Any]:
        return self._connection.scalars(statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(statement, parameters)

    async def run_sync(self, function: Callable[..., T], /, *args: Any) -> T:
        return function(self._connection, *args)

    async def begin(self) -> None:
        """Begin the transaction.

        Raises:
            OperationalError: the lock for writing is another process'.
        """
        self._connection.begin()

    async def commit(self) -> None:
        """Commit; not cut off in the middle, even where whoever waits for it is."""
        loop = asyncio.get_running_loop()
        committing = loop.run_in_executor(self._committer, self._connection.commit)
        try:
            await asyncio.shield(committing)
        except asyncio.CancelledError:
            await asyncio.wait({committing})
            raise

    async def invalidate(self) -> None:
        """End the transaction and leave nothing of it."""
        self._connection.rollback()


class InlineEngine:
    """The part of SQLAlchemy's `AsyncEngine` that `Database` uses."""

    def __init__(self, url: URL, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """Opens nothing yet; `prepare` is given each new connection of sqlite3."""
        self._engine = create_engine(
            url,
            hide_parameters=True,
            poolclass=QueuePool,
            max_overflow=_ANY_NUMBER,  # a full pool would wait, and everything with it
        )
        self._begins_with = "BEGIN"
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")

        @event.listens_for(self._engine, "connect")
        def connected(connection: sqlite3.Connection, _record: Any) -> None:
            # The driver's own transaction control begins late and in deferred mode: it is switched
            # off, and `begin` below says how each transaction starts.
            connection.isolation_level = None
            prepare(connection)

        event.listen(self._engine, "begin", _begin)

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    def execution_options(self, *, qarun_begin: str) -> "InlineEngine":
        """The same engine, whose transactions begin with this statement."""
        view = copy.copy(self)
        view._begins_with = qarun_begin
        return view

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[InlineConnection]:
        """A connection until the end of the block; what is not committed is rolled back."""
        with self._engine.connect() as connection:
            connection.execution_options(qarun_begin=self._begins_with)
            yield InlineConnection(connection, self._committer)

    async def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _begin(connection: SyncConnection) -> None:
    """SQLite is not left to wait for the lock: it would do so here."""
    statement = connection.get_execution_options()["qarun_begin"]
    busy = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql(statement)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {busy}")
