"""What befalls the database of a running bot, until a block ends."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.e2e.stage import Installation
from tests.store.sabotage import sabotaged

NOT_STORED = "I cannot use my database at the moment, so nothing was stored"

Befall = Callable[[Installation], AbstractAsyncContextManager[None]]
"""What befalls the database of an installation, until the block ends."""


@contextlib.asynccontextmanager
async def locked(bot: Installation) -> AsyncIterator[None]:
    """Another process is writing to the file, and does not come to an end."""

    def lock() -> sqlite3.Connection:
        other = sqlite3.connect(
            bot.directory / "qarun.db", isolation_level=None, check_same_thread=False
        )
        other.execute("BEGIN IMMEDIATE")
        return other

    # Not in this thread: the bot may be writing, in this very loop.
    other = await asyncio.to_thread(lock)
    try:
        yield
    finally:
        await asyncio.to_thread(other.close)


@contextlib.asynccontextmanager
async def gone(bot: Installation) -> AsyncIterator[None]:
    """The file system is not there for a while."""
    move(bot.directory, bot.directory / "elsewhere")
    try:
        yield
    finally:
        move(bot.directory / "elsewhere", bot.directory)


@contextlib.asynccontextmanager
async def read_only(_: Installation) -> AsyncIterator[None]:
    """The file system has gone read-only, as Linux makes it after an error."""
    with sabotaged() as sabotage:
        sabotage.is_read_only = True
        yield
        sabotage.is_read_only = False
        await asyncio.sleep(1)  # every connection has noticed


def move(source: Path, to: Path) -> None:
    to.mkdir(exist_ok=True)
    for name in ("qarun.db", "qarun.db-wal", "qarun.db-shm"):
        with contextlib.suppress(FileNotFoundError):
            shutil.move(source / name, to / name)
