"""Watches and the runs they follow."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import NewEntry
from bot.domain.notice import NewNotice
from bot.domain.record import RunRecord
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, WatchedRun, WatchState
from bot.services.ports import NoticesFor, Opened
from bot.store import rows, runs
from bot.store.audit import write_entries
from bot.store.database import Database
from bot.store.notices import supersede_live, write_notices
from bot.store.records import remember
from bot.store.tables import tracked_runs, watches

_IS_ACTIVE: ColumnElement[bool] = watches.c.state == WatchState.ACTIVE


class SqlWatches:
    """See `Watches`, which says what each method promises.

    Whatever opens or ends a watch locks the row of its run first, and so does the saving of a
    poll: a run that ends and a watch that is opened at the same moment come one after the other.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_watch(
        self,
        new: NewWatch,
        *,
        seen: Run | None,
        next_poll_at: datetime,
        notices_for: NoticesFor,
        now: datetime,
    ) -> Opened:
        async with self._database.writing() as connection:
            row = await runs.lock_or_insert(connection, new.key, now)
            is_here = (watches.c.run_id == row["id"]) & (watches.c.channel == new.channel)
            is_it = _IS_ACTIVE | (watches.c.id == new.id)
            there = await _find(connection, is_here & is_it)
            if there is not None:
                return Opened(there.watch, there.tracked, created=False)
            await runs.follow(
                connection, row, seen=seen, url=new.url, next_poll_at=next_poll_at, now=now
            )
            await connection.execute(
                watches.insert().values(run_id=row["id"], created_at=now, **rows.watch_values(new))
            )
            opened = await _find(connection, watches.c.id == new.id)
            assert opened is not None  # noqa: S101 - inserted above, in this transaction
            await write_notices(connection, notices_for(opened.watch), now)
            return Opened(opened.watch, opened.tracked, created=True)

    async def save_ended(
        self,
        key: RunKey,
        *,
        run: Run,
        url: str | None,
        notice_for: Callable[[int], NewNotice],
        now: datetime,
        record: RunRecord | None = None,
    ) -> None:
        async with self._database.writing() as connection:
            row = await runs.lock_or_insert(connection, key, now)
            await runs.keep_ended(connection, row, run=run, url=url, now=now)
            if record is not None:
                await remember(connection, record)
            await write_notices(connection, [notice_for(row["id"])], now)

    async def find_watch(self, key: RunKey, channel: str) -> WatchedRun | None:
        async with self._database.reading() as connection:
            return await _find(connection, _of(key, channel) & _IS_ACTIVE)

    async def last_watch(self, key: RunKey, channel: str) -> WatchedRun | None:
        async with self._database.reading() as connection:
            return await _find(connection, _of(key, channel))

    async def watches_in(self, channel: str | None) -> Sequence[WatchedRun]:
        query = _watched(*rows.RUN_COLUMNS).where(_IS_ACTIVE).order_by(watches.c.number)
        if channel is not None:
            query = query.where(watches.c.channel == channel)
        async with self._database.reading() as connection:
            found = await connection.execute(query)
            return [rows.watched_run(row) for row in found.mappings()]

    async def end_watch(
        self,
        watch_id: str,
        *,
        state: WatchState,
        notices: Sequence[NewNotice],
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> bool:
        async with self._database.writing() as connection:
            run_id = await connection.scalar(
                select(watches.c.run_id).where(watches.c.id == watch_id)
            )
            if run_id is None:
                return False
            await runs.lock(connection, tracked_runs.c.id == run_id)
            ended = await connection.execute(
                update(watches)
                .where(watches.c.id == watch_id, _IS_ACTIVE)
                .values(state=state, ended_at=now)
            )
            if not ended.rowcount:
                return False
            await supersede_live(connection, [watch_id])
            await write_notices(connection, notices, now)
            await write_entries(connection, audit, now)
            others = exists().where(watches.c.run_id == run_id, _IS_ACTIVE)
            await connection.execute(
                update(tracked_runs)
                .where(tracked_runs.c.id == run_id, ~others)
                .values(active=False)
            )
            return True

    async def poll_soon(self, run_id: int, now: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(tracked_runs)
                .where(
                    tracked_runs.c.id == run_id,
                    tracked_runs.c.active.is_(True),
                    tracked_runs.c.next_poll_at > now,
                )
                .values(next_poll_at=now)
            )


def _of(key: RunKey, channel: str) -> ColumnElement[bool]:
    return (
        (tracked_runs.c.project == key.project)
        & (tracked_runs.c.short_id == key.short_id)
        & (watches.c.channel == channel)
    )


def _watched(*run_columns: ColumnElement[object]) -> Select[tuple[object, ...]]:
    return select(*rows.WATCH_COLUMNS, *run_columns).join_from(watches, tracked_runs)


async def _find(connection: AsyncConnection, condition: ColumnElement[bool]) -> WatchedRun | None:
    """The newest watch that meets the condition, with the whole of its run."""
    query = (
        _watched(*rows.WHOLE_RUN_COLUMNS)
        .where(condition)
        .order_by(watches.c.number.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else rows.watched_run(row)
