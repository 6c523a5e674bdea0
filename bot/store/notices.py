"""Writing notices, inside the transaction of the change that they tell."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Table, case, literal, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import NewNotice, Priority
from bot.store.columns import Instant
from bot.store.rows import notice_values
from bot.store.tables import NoticeState, channels, notices
from bot.store.upserting import insert_into


async def write_notices(
    connection: AsyncConnection, new: Sequence[NewNotice], now: datetime
) -> int:
    """Write the notices that are not there yet; returns how many those were.

    A live message's notice that is there already becomes a newer version of itself.
    """
    # In one order, so that two transactions never wait for each other's channels.
    for channel in sorted({notice.channel for notice in new}):
        await insert_unless_there(connection, channels, ["channel"], {"channel": channel})
    written = 0
    for notice in new:
        if notice.priority is Priority.LIVE and await _renew(connection, notice, now):
            continue
        due_at = max(now, notice.hold_until or now)
        values = {**notice_values(notice), "created_at": now, "due_at": due_at}
        written += await insert_unless_there(connection, notices, ["dedupe_key"], values)
    return written


async def supersede_live(connection: AsyncConnection, watch_ids: Iterable[str]) -> None:
    """The live messages of ended watches are not told any more: a final notice tells more.

    An attempt that is under way keeps its marks: whether it came through decides where the final
    notice goes.
    """
    await connection.execute(
        update(notices)
        .where(
            notices.c.watch_id.in_(watch_ids),
            notices.c.state == NoticeState.PENDING,
            notices.c.priority == int(Priority.LIVE),
        )
        .values(state=NoticeState.SUPERSEDED)
    )


async def insert_unless_there(
    connection: AsyncConnection, table: Table, unique: Sequence[str], values: dict[str, object]
) -> int:
    """Insert a row unless one with the same unique columns is there; returns 1 or 0."""
    inserted = await connection.execute(
        insert_into(connection, table)
        .values(values)
        .on_conflict_do_nothing(index_elements=unique)
        .returning(table.c[unique[0]])
    )
    return len(inserted.all())


async def _renew(connection: AsyncConnection, notice: NewNotice, now: datetime) -> bool:
    """Make an existing live notice a newer version; False where there is none.

    One that still waits keeps its turn. One that was told waits until its message may be edited
    again. One whose watch has ended stays superseded.
    """
    table = notices.c
    moment = literal(now, Instant())
    next_edit = case((table.not_before > moment, table.not_before), else_=moment)
    renewed = await connection.execute(
        update(notices)
        .where(table.dedupe_key == notice.dedupe_key)
        .values(
            version=table.version + 1,
            state=case(
                (table.state == NoticeState.SUPERSEDED, NoticeState.SUPERSEDED),
                else_=NoticeState.PENDING,
            ),
            due_at=case((table.state == NoticeState.PENDING, table.due_at), else_=next_edit),
        )
    )
    return renewed.rowcount > 0
