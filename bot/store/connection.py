"""A connection as the stores use it: SQLAlchemy's own for PostgreSQL, `inline` for SQLite.

Named here, so that only who speaks to PostgreSQL imports `sqlalchemy.ext.asyncio`, and with it
SQLAlchemy's ORM, which nobody uses.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Dialect, Executable, ScalarResult

T = TypeVar("T")

Row = Mapping[str, Any] | None
Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Connection(Protocol):
    """The part of SQLAlchemy's `AsyncConnection` that the stores use."""

    @property
    def dialect(self) -> Dialect: ...

    async def execute(
        self, statement: Executable, parameters: Rows = None, /
    ) -> CursorResult[*tuple[Any, ...]]: ...

    async def scalar(self, statement: Executable, parameters: Row = None, /) -> Any: ...

    async def scalars(
        self, statement: Executable, parameters: Rows = None, /
    ) -> ScalarResult[Any]: ...

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, /
    ) -> CursorResult[Any]: ...

    async def run_sync(self, function: Callable[..., T], /, *args: Any) -> T: ...
