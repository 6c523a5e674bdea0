"""aiosqlite's connection, with one trip to its thread for each statement.

aiosqlite asks the thread of a connection four times for one statement: for a cursor, to execute,
to fetch, to close. Each trip wakes two threads and costs more than a small statement itself
(`docs/performance.md`). Here one function does it all. SQLAlchemy fetches every row at once anyway.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite


class OneTripCursor(aiosqlite.Cursor):
    """As much of a cursor as SQLAlchemy asks for; its rows are there once it has executed."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        """Execute a statement and fetch what it returns."""

        def run() -> None:
            self._cursor = self._connection.raw.execute(sql, parameters)
            try:
                self._rows = self._cursor.fetchall()
            except BaseException:
                # A statement that is left in the middle keeps its transaction from ending.
                self._cursor.close()
                raise

        await self._connection.in_thread(run)
        return self

    async def executemany(self, sql: str, parameters: Any) -> Self:
        """Execute a statement that returns nothing once for each set of parameters."""

        def run() -> None:
            self._cursor = self._connection.raw.executemany(sql, parameters)

        await self._connection.in_thread(run)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """All rows, without a trip."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open: a statement whose rows have all been fetched is at its end."""


class OneTripConnection(aiosqlite.Connection):
    """A connection whose cursors are such; it is opened by awaiting it, as aiosqlite's own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, iter_chunk_size=1)
        self._thread.daemon = True  # as SQLAlchemy sets it: the process need not wait for it

    @property
    def raw(self) -> sqlite3.Connection:
        """What the thread works with."""
        return self._conn

    @property
    def is_in_transaction(self) -> bool:
        """Whether one has begun and not ended; without a trip."""
        return self._connection is not None and self._connection.in_transaction

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # SQLAlchemy enters it at once
        """A cursor, without a trip: nothing is to be made before a statement is known."""
        return OneTripCursor(self)

    async def in_thread(self, run: Callable[[], None]) -> None:
        """One trip."""
        await self._execute(run)  # type: ignore[no-untyped-call]  # aiosqlite has no type for it
