"""One clock for all processes that share a database: the database's.

A lease is a promise about time. Two machines whose clocks differ by more than an attempt takes
would break it: the one that is ahead takes what the other still holds.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text

from bot.store.database import Database

_WORTH_A_WORD = timedelta(seconds=2)

_log = structlog.stdlib.get_logger("qarun")


class DatabaseClock:
    """The present moment, aware, in UTC: this machine's, put right by the database server's.

    With SQLite it is the machine's: all who share the file share the machine.
    """

    def __init__(self, database: Database, *, own_clock: Callable[[], datetime]) -> None:
        self._database = database
        self._own_clock = own_clock
        self._offset = timedelta()
        self._differs = False

    def __call__(self) -> datetime:
        return self._own_clock() + self._offset

    async def set(self) -> None:
        """Ask the server for its time; to be repeated, since clocks drift.

        Raises:
            SQLAlchemyError, OSError: the database cannot be asked.
        """
        async with self._database.reading() as connection:
            if connection.dialect.name != "postgresql":
                return
            asked, began = self._own_clock(), time.monotonic()
            server: datetime = await connection.scalar(text("SELECT clock_timestamp()"))
            # The server looked at its clock about in the middle of the time that this took.
            took = timedelta(seconds=time.monotonic() - began)
        self._offset = server - (asked + took / 2)
        self._note()

    def _note(self) -> None:
        """A clock that is wrong is said once, and that it is right again once."""
        differs = abs(self._offset) > _WORTH_A_WORD
        if differs and not self._differs:
            seconds = round(self._offset.total_seconds(), 1)
            _log.warning("clock_differs", from_database_seconds=seconds)
        if self._differs and not differs:
            _log.info("clock_agrees")
        self._differs = differs
