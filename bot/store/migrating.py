"""Bringing a database up to date with this code; the only file that knows Alembic."""

from pathlib import Path

from sqlalchemy import Connection, column, func, inspect, select, table, text

from bot.domain.errors import StartupError

_SCRIPTS = Path(__file__).parent / "migrations"
_REVISIONS = sorted(path.name[:4] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))
"""Ascending; a file's name begins with its revision."""
VERSION = table("alembic_version", column("version_num"))
"""Where Alembic keeps the revision: one row."""
_LOCK = int.from_bytes(b"qarun", "big")
"""Key of PostgreSQL's advisory lock; any number that no other program in it uses."""


def upgrade(connection: Connection) -> tuple[str | None, str | None]:
    """Run what is missing, inside the connection's transaction; the revisions before and after.

    Of several processes that start at once, one upgrades; the others wait for it and find nothing
    left to do. SQLite's transaction holds the write lock from its beginning; PostgreSQL is given
    a lock that ends with the transaction, so that it works behind PgBouncer.

    Raises:
        StartupError: the database has been upgraded by a newer qarun.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    before = _revision(connection)
    if before is not None and before not in _REVISIONS:
        raise StartupError(
            f"QARUN_DATABASE_URL names a database of a newer qarun (its revision is {before}); "
            "upgrade qarun, or use another database."
        )
    if before != _REVISIONS[-1]:
        _run(connection)
    return before, _REVISIONS[-1]


def outdated(connection: Connection) -> str | None:
    """Why this database does not fit this code; None where it does."""
    found, needed = _revision(connection), _REVISIONS[-1]
    return None if found == needed else f"its revision is {found}, and this qarun needs {needed}"


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.scalar(select(VERSION.c.version_num))
    return found


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a tenth of a start, and seldom needed
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
