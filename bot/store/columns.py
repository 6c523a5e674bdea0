"""Column types: how the domain's values are kept."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, Double, Text
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as seconds since 1970 in UTC.

    One number sorts and compares the same in both databases and knows no time zone; a double
    keeps the microseconds of any date that a run can have.
    """

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> float | None:
        """Refuses a naive moment: nobody knows which one it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.timestamp()

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


class ForeignText(TypeDecorator[str]):
    """Text that comes from elsewhere: what a database cannot hold in it becomes U+FFFD or `?`.

    PostgreSQL refuses NUL, both refuse half a surrogate pair; a status or an error message that
    holds one must not keep a run from being saved.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
