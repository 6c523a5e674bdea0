"""The file of an SQLite database: its engine, its lock, and whether it is still there."""

import asyncio
import contextlib
import os
import sqlite3
import time
from enum import Enum, auto
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolResetState

from bot.store.failing import is_locked
from bot.store.one_trip import OneTripConnection

OPEN_SECONDS = 10
"""How long an opening waits for other processes that open the same file."""
_BUSY_MILLISECONDS = 100
"""How long SQLite itself waits for another process to finish writing. It cannot be interrupted in
that, so whoever wants to write goes on waiting in `Database`, where others may run meanwhile."""
_LOCK_SECONDS = 60.0
"""Longest wait for another process to finish writing, where the transaction has no limit."""
_PAUSE_SECONDS = 0.02


class FileState(Enum):
    """What has become of the file that was opened."""

    THERE = auto()
    MISSING = auto()
    REPLACED = auto()


class SqliteFile:
    """Knows the file by its inode.

    Who holds a deleted file open goes on writing, and loses it all at its end; SQLite says nothing.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self.path = Path((url.database or "").removeprefix("file:"))
        self._known: tuple[int, int] | None = None
        self._is_open = False

    async def open(self, engine: AsyncEngine) -> None:
        """Find out without aiosqlite whether the file can be opened and written.

        Its thread outlives a failed connection and may print a traceback below the one sentence
        with which the command ends.
        """
        if not self._is_open:
            await asyncio.to_thread(self._try, engine)
            self._known = self._identity()
            self._is_open = True

    def forget(self) -> None:
        """Let `open` take whatever file it finds next."""
        self._is_open = False

    def state(self) -> FileState:
        """Whether it is still the file that was opened."""
        if not self._is_open or self._known is None:
            return FileState.THERE
        found = self._identity()
        if found is None:
            return FileState.MISSING
        return FileState.THERE if found == self._known else FileState.REPLACED

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _try(self, engine: AsyncEngine) -> None:
        (path, *_), options = engine.dialect.create_connect_args(self._url)
        _make_private(path)
        with contextlib.closing(sqlite3.connect(path, **options)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {OPEN_SECONDS * 1000}")
            _switch_to_wal(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()


class WriteLock:
    """SQLite's lock for writing, waited for without holding up the process.

    `why` says that somebody else holds it at this moment.
    """

    def __init__(self) -> None:
        self.why: str | None = None

    async def begin(self, connection: AsyncConnection) -> None:
        give_up = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                await connection.begin()
            except OperationalError as error:
                if not is_locked(error) or time.monotonic() > give_up:
                    raise
                self.why = "the file is locked by another process"
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                self.why = None
                return


def sqlite_engine(url: URL) -> AsyncEngine:
    """An engine whose transactions begin as the option `qarun_begin` says."""

    async def connect() -> aiosqlite.Connection:
        (path, *_), options = engine.dialect.create_connect_args(url)
        return await OneTripConnection(lambda: sqlite3.connect(path, **options))

    engine = create_async_engine(
        url,
        async_creator=connect,
        hide_parameters=True,
        # A sixth to come waits: a connection, and its thread, opened to be closed again costs more.
        pool_size=5,
        max_overflow=0,
        pool_reset_on_return=None,  # but as `reset` below says
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction control begins late and in deferred mode: it is switched
        # off, and `begin` below says how each transaction starts.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("qarun_begin", "BEGIN"))

    @event.listens_for(engine.sync_engine, "reset")
    def reset(connection: Any, _record: Any, state: PoolResetState) -> None:
        # Only after a rollback that failed is there anything to undo; else the trip is spared.
        if state.asyncio_safe and connection.driver_connection.is_in_transaction:
            connection.rollback()

    return engine


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
    give_up = time.monotonic() + OPEN_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
