"""The audit trail, as it is kept: entries are inserted, and nothing else ever happens to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Entry, NewEntry
from bot.domain.short_id import RunKey
from bot.services.ports import AuditPage
from bot.store.database import Database
from bot.store.tables import audit_entries


async def write_entries(
    connection: AsyncConnection, entries: Sequence[NewEntry], now: datetime
) -> None:
    """Write entries, inside the transaction of the change that they tell of."""
    if entries:
        await connection.execute(insert(audit_entries), [_values(entry, now) for entry in entries])


class SqlAuditTrail:
    """See `AuditTrail`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_entries(self, entries: Sequence[NewEntry], now: datetime) -> None:
        async with self._database.writing() as connection:
            await write_entries(connection, entries, now)

    async def audit(self, channel: str | None, *, limit: int, offset: int = 0) -> AuditPage:
        query, count = select(audit_entries), select(func.count()).select_from(audit_entries)
        if channel is not None:
            query = query.where(audit_entries.c.channel == channel)
            count = count.where(audit_entries.c.channel == channel)
        newest = query.order_by(audit_entries.c.id.desc()).limit(limit).offset(offset)
        async with self._database.reading() as connection:
            total = await connection.scalar(count) or 0
            found = (await connection.execute(newest)).mappings()
            return AuditPage([_entry(row) for row in found], total)


def _values(entry: NewEntry, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "act": entry.act.value,
        "who": entry.who,
        "channel": entry.channel,
        "project": entry.run.project if entry.run else None,
        "short_id": entry.run.short_id if entry.run else None,
        "detail": entry.detail,
    }


def _entry(row: RowMapping) -> Entry:
    run = None if row["short_id"] is None else RunKey(row["project"], row["short_id"])
    return Entry(
        id=row["id"],
        at=row["at"],
        act=row["act"],
        who=row["who"],
        channel=row["channel"],
        run=run,
        detail=row["detail"],
    )
