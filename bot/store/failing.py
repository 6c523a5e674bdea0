"""Failures that are the database's own: away, locked, full, not writable."""

import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.errors import DatabaseError
from bot.store.urls import reason

_OURS = (IntegrityError, ProgrammingError, DataError)
"""What the database refuses because we ask for the wrong thing: errors in this bot."""


def is_trouble(error: BaseException) -> bool:
    """Whether the database, and not the code that uses it, is to blame."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or not isinstance(error, _OURS)
    return isinstance(error, PoolTimeout | sqlite3.Error | OSError)


def is_any_failure(error: BaseException) -> bool:
    """Whether it came from the database at all, whoever is to blame."""
    return isinstance(error, SQLAlchemyError | sqlite3.Error | OSError | DatabaseError)


def is_locked(error: BaseException) -> bool:
    """Whether somebody else is writing to the SQLite file at this moment."""
    return isinstance(getattr(error, "orig", None), sqlite3.OperationalError) and (
        "locked" in str(error) or "busy" in str(error)
    )


def named(error: BaseException, url: URL, *, committing: bool) -> DatabaseError:
    """The failure as the rest of the bot knows it.

    An SQLite file that refuses a commit has not kept it; a server that is lost may have.
    """
    lost = committing and isinstance(error, DBAPIError) and error.connection_invalidated
    return DatabaseError(reason(error, url), uncertain=lost)
