"""Watches by their ID, and what has become of their notices."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.watch import WatchedRun
from bot.services.ports import NoticeStatus
from bot.store import rows
from bot.store.database import Database
from bot.store.tables import notices, tracked_runs, watches


class SqlDeliveries:
    """See `Deliveries`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def watch_of(self, watch_id: str) -> WatchedRun | None:
        query = (
            select(*rows.WATCH_COLUMNS, *rows.RUN_COLUMNS)
            .join_from(watches, tracked_runs)
            .where(watches.c.id == watch_id)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else rows.watched_run(row)

    async def notices_of(self, watch_id: str) -> Sequence[NoticeStatus]:
        query = (
            select(
                notices.c.kind,
                notices.c.state,
                notices.c.attempts,
                notices.c.created_at,
                notices.c.message_ts,
                notices.c.last_error.label("why"),
            )
            .where(notices.c.watch_id == watch_id)
            .order_by(notices.c.id)
        )
        async with self._database.reading() as connection:
            return [NoticeStatus(**row) for row in (await connection.execute(query)).mappings()]
