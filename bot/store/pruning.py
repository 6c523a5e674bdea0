"""Forgetting: what ended longer ago than the retention goes, in small transactions."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.watch import WatchState
from bot.services.ports import Pruned
from bot.store.database import Database
from bot.store.tables import NoticeState, notices, reruns, run_records, tracked_runs, watches

_BATCH = 500
"""Rows of one transaction: others wait for it no longer than for a poll."""

_TOLD = (NoticeState.SENT, NoticeState.DROPPED, NoticeState.SUPERSEDED, NoticeState.FOLDED)


async def prune(database: Database, before: datetime) -> Pruned:
    """Delete what ended before this moment, and say how much that was."""
    return Pruned(
        records=await _in_batches(database, _old_records(before), _delete_records),
        runs=await _in_batches(database, _old_runs(before), _delete_runs),
        notices=await _in_batches(database, _old_notices(before), _delete_notices),
    )


async def _in_batches(
    database: Database,
    old: Select[Any],
    delete_all: Callable[[AsyncConnection, Sequence[int]], Awaitable[None]],
) -> int:
    deleted = 0
    while True:
        async with database.writing() as connection:
            ids = list(await connection.scalars(old.limit(_BATCH)))
            await delete_all(connection, ids)
        deleted += len(ids)
        if len(ids) < _BATCH:
            return deleted


def _old_records(before: datetime) -> Select[Any]:
    return select(run_records.c.id).where(run_records.c.ended_at < before)


async def _delete_records(connection: AsyncConnection, ids: Sequence[int]) -> None:
    await connection.execute(delete(run_records).where(run_records.c.id.in_(ids)))


def _old_runs(before: datetime) -> Select[Any]:
    """Runs that nobody watches, and that nothing has been told of since.

    Their rows are locked: whoever opens a watch at this moment waits, and begins anew.
    """
    runs = tracked_runs.c
    watched = exists().where(
        watches.c.run_id == runs.id,
        or_(watches.c.state == WatchState.ACTIVE, watches.c.ended_at >= before),
    )
    told = exists().where(
        notices.c.run_id == runs.id,
        or_(notices.c.state == NoticeState.PENDING, notices.c.created_at >= before),
    )
    return (
        select(runs.id)
        .where(
            runs.active.is_(False),
            func.coalesce(runs.ended_at, runs.changed_at) < before,
            ~watched,
            ~told,
        )
        .with_for_update(skip_locked=True)
    )


async def _delete_runs(connection: AsyncConnection, ids: Sequence[int]) -> None:
    for table in (notices, reruns, watches):
        await connection.execute(delete(table).where(table.c.run_id.in_(ids)))
    await connection.execute(delete(tracked_runs).where(tracked_runs.c.id.in_(ids)))


def _old_notices(before: datetime) -> Select[Any]:
    """Those of no run: what a person was told where no run is, digests, many alerts in one."""
    return select(notices.c.id).where(
        notices.c.state.in_(_TOLD),
        notices.c.due_at < before,
        notices.c.created_at < before,
        notices.c.run_id.is_(None),
    )


async def _delete_notices(connection: AsyncConnection, ids: Sequence[int]) -> None:
    await connection.execute(delete(notices).where(notices.c.id.in_(ids)))
