"""Bringing a database up to date with this code; the only file that knows Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text

from bot.domain.errors import StartupError

_SCRIPTS = Path(__file__).parent / "migrations"
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
    config = _config()
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_revision()
    if before is not None and before not in {one.revision for one in script.walk_revisions()}:
        raise StartupError(
            f"QARUN_DATABASE_URL names a database of a newer qarun (its revision is {before}); "
            "upgrade qarun, or use another database."
        )
    command.upgrade(config, "head")
    return before, script.get_current_head()


def outdated(connection: Connection) -> str | None:
    """Why this database does not fit this code; None where it does."""
    found = MigrationContext.configure(connection).get_current_revision()
    needed = ScriptDirectory.from_config(_config()).get_current_head()
    return None if found == needed else f"its revision is {found}, and this qarun needs {needed}"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
