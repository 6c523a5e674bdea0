"""`QARUN_DATABASE_URL`, read; and what a driver says, in words that are safe to show."""

from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import StartupError

_FORMS = "sqlite:///path/to/file.db or postgresql://user:password@host/database"


def read_url(url: str) -> URL:
    """The URL with the async driver that qarun uses: aiosqlite or psycopg.

    `postgres://…`, which hosting platforms hand out, is the same as `postgresql://…`; a driver
    that is named in the URL is replaced.

    Raises:
        StartupError: it is no URL of a database that qarun can keep its promises in.
    """
    try:
        parsed = make_url(url.strip())
        kind = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        # What the parser complains about may be a part of the password: it is not repeated.
        raise StartupError(
            f"QARUN_DATABASE_URL is not a database URL; it must look like {_FORMS}."
        ) from None
    match kind:
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise StartupError(
        f"QARUN_DATABASE_URL names the database {kind!r}, which qarun does not know; "
        f"it must look like {_FORMS}."
    )


def _sqlite(url: URL) -> URL:
    if url.host or url.username:
        raise StartupError(
            "QARUN_DATABASE_URL has too few slashes; a file is named with three "
            "(sqlite:///qarun.db), from the root with four (sqlite:////var/lib/qarun.db)."
        )
    if not url.database or ":memory:" in url.database or url.query.get("mode") == "memory":
        raise StartupError(
            "QARUN_DATABASE_URL names a database in memory, which a restart would lose; "
            "name a file: sqlite:///qarun.db."
        )
    return url.set(drivername="sqlite+aiosqlite")


def reason(error: BaseException, url: URL) -> str:
    """What the driver said, in one line and without the password."""
    original = getattr(error, "orig", None) or error
    said = str(original).strip().partition("\n")[0].strip() or type(original).__name__
    if url.password:
        for secret in (str(url.password), quote(str(url.password), safe="")):
            said = said.replace(secret, "***")
    return said.rstrip(".")
