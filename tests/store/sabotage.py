"""What befalls an SQLite file: somebody else's lock, no room to grow, a file system gone read-only.

A disk that is full for real is made in `tests/e2e`, for a process of its own.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, event

_MOST_PAGES = 1073741823


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process is writing to the file, and does not come to an end."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


@dataclass(slots=True)
class Sabotage:
    """What each transaction of this process meets when it begins."""

    is_full: bool = False
    is_read_only: bool = False

    def meet(self, connection: Connection) -> None:
        pages = 1 if self.is_full else _MOST_PAGES
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.exec_driver_sql(f"PRAGMA query_only = {int(self.is_read_only)}")


@contextlib.contextmanager
def sabotaged() -> Iterator[Sabotage]:
    """A saboteur at work until the block ends; until told otherwise, all is well."""
    sabotage = Sabotage()
    _at_work.append(sabotage)
    try:
        yield sabotage
    finally:
        _at_work.remove(sabotage)


_at_work: list[Sabotage] = []


# Once and for good: to begin or to cease listening while a bot is at a transaction disturbs that.
@event.listens_for(Engine, "begin")
def _meet(connection: Connection) -> None:
    for sabotage in _at_work:
        sabotage.meet(connection)
