"""Alerts as they stand in the outbox, and many of them made one message."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.facts import AlertLine, AlertsCollapsed, AlertsGrouped
from bot.domain.noise import WINDOW, Alerts, Fold, WaitingAlert, alert_line, group_key
from bot.domain.notice import NewNotice
from bot.domain.run import verdict
from bot.domain.short_id import RunKey
from bot.store import rows
from bot.store.columns import Instant
from bot.store.database import Database
from bot.store.notices import write_notices
from bot.store.tables import NoticeState, channels, notices, tracked_runs


class SqlQuiet:
    """See `Quiet`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def alerts(self, channel: str, *, now: datetime) -> Alerts:
        async with self._database.reading() as connection:
            waiting = await _waiting(connection, channel, now)
            if not waiting:  # as it is most often
                return Alerts()
            told = select(notices.c.sent_at).where(
                notices.c.channel == channel,
                notices.c.is_alert.is_(True),
                notices.c.state == NoticeState.SENT,
                notices.c.sent_at > now - WINDOW,
            )
            return Alerts(
                told_at=list(await connection.scalars(told)),
                waiting=waiting,
                collapsed=await _collapsed(connection, channel),
                grouped=await _grouped(connection, channel, waiting),
            )

    async def fold(self, fold: Fold, *, channel: str, owner: str, now: datetime) -> bool:
        async with self._database.writing() as connection:
            held = await connection.execute(
                update(channels)
                .where(channels.c.channel == channel, channels.c.leased_by == owner)
                .values(leased_by=owner)
            )
            if not held.rowcount:
                return False
            await connection.execute(
                update(notices)
                .where(notices.c.id.in_(fold.ids), notices.c.state == NoticeState.PENDING)
                .values(state=NoticeState.FOLDED, last_error=None)
            )
            if not await _renew(connection, fold, now):
                new = NewNotice(dedupe_key=fold.dedupe_key, channel=channel, fact=fold.fact)
                await write_notices(connection, [new], now)
            return True


async def _waiting(connection: AsyncConnection, channel: str, now: datetime) -> list[WaitingAlert]:
    """The due alerts that are in Slack for certain not, oldest first."""
    query = (
        select(
            notices.c.id,
            notices.c.fact,
            notices.c.group_key,
            notices.c.created_at,
            notices.c.asked_by,
            tracked_runs.c.project,
            tracked_runs.c.short_id,
            tracked_runs.c.status,
            tracked_runs.c.result,
            tracked_runs.c.url,
        )
        .join(tracked_runs, tracked_runs.c.id == notices.c.run_id)
        .where(
            notices.c.channel == channel,
            notices.c.is_alert.is_(True),
            notices.c.state == NoticeState.PENDING,
            notices.c.due_at <= now,
            notices.c.attempt_open.is_(False),
            notices.c.uncertain.is_(False),
        )
        .order_by(notices.c.id)
    )
    found = (await connection.execute(query)).mappings()
    return [WaitingAlert(id=row["id"], line=_line(row), group=row["group_key"]) for row in found]


def _line(row: rows.Row) -> AlertLine:
    return alert_line(
        RunKey(row["project"], row["short_id"]),
        verdict(row["status"], row["result"]),
        rows.fact(row["fact"]),
        at=row["created_at"],
        url=row["url"],
        asked_by=row["asked_by"],
    )


async def _collapsed(
    connection: AsyncConnection, channel: str
) -> tuple[str, AlertsCollapsed] | None:
    query = (
        select(notices.c.dedupe_key, notices.c.fact)
        .where(notices.c.channel == channel, notices.c.kind == "alerts_collapsed")
        .order_by(notices.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    fact = None if row is None else rows.fact(row.fact)
    if row is None or not isinstance(fact, AlertsCollapsed):
        return None
    return row.dedupe_key, fact


async def _grouped(
    connection: AsyncConnection, channel: str, waiting: Sequence[WaitingAlert]
) -> Mapping[str, AlertsGrouped]:
    keys = {group_key(channel, each.group): each.group for each in waiting if each.group}
    query = select(notices.c.dedupe_key, notices.c.fact).where(notices.c.dedupe_key.in_(keys))
    found = {
        keys[row.dedupe_key]: rows.fact(row.fact) for row in (await connection.execute(query)).all()
    }
    return {group: fact for group, fact in found.items() if isinstance(fact, AlertsGrouped)}


async def _renew(connection: AsyncConnection, fold: Fold, now: datetime) -> bool:
    """Make a message that is there already a newer version; False where there is none.

    One that was told is edited, but not before its message may be.
    """
    table = notices.c
    moment = literal(now, Instant())
    next_edit = case((table.not_before > moment, table.not_before), else_=moment)
    renewed = await connection.execute(
        update(notices)
        .where(table.dedupe_key == fold.dedupe_key)
        .values(
            fact=rows.fact_text(fold.fact),
            version=table.version + 1,
            state=NoticeState.PENDING,
            due_at=case((table.state == NoticeState.PENDING, table.due_at), else_=next_edit),
        )
    )
    return renewed.rowcount > 0
