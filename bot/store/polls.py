"""The tracked runs, shared out by leases (DESIGN §5.3)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import NewNotice
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun, WatchState
from bot.services.ports import NoticesBeside, NoticesFor, Polled
from bot.store import rows
from bot.store.database import Database
from bot.store.notices import supersede_live, write_notices
from bot.store.records import remember
from bot.store.tables import tracked_runs, watches


class SqlPolls:
    """See `Polls`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim_runs(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[TrackedRun]:
        due = (
            select(tracked_runs.c.id)
            .where(_is_due(now))
            .order_by(tracked_runs.c.next_poll_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            # Not as a sub-select, which PostgreSQL may run again for each row: what this statement
            # has updated is then skipped, and more is claimed than was asked for.
            .cte("due")
        )
        # The condition stands here again: PostgreSQL may have chosen the row before another
        # worker took it.
        claim = (
            update(tracked_runs)
            .where(tracked_runs.c.id.in_(select(due.c.id)), _is_due(now))
            .values(leased_by=owner, leased_until=until)
            .returning(tracked_runs.c.id)
        )
        async with self._database.writing() as connection:
            ids = (await connection.scalars(claim)).all()
            # Not by RETURNING: there SQLAlchemy leaves out the names of tables, and in the
            # sub-select of IS_LIVE another table's `id` would be meant.
            chosen = select(*rows.RUN_COLUMNS).where(tracked_runs.c.id.in_(ids))
            claimed = (await connection.execute(chosen)).mappings().all()
        return sorted(
            (rows.tracked_run(row) for row in claimed),
            key=lambda tracked: (tracked.next_poll_at, tracked.id),
        )

    async def save_poll(
        self,
        polled: Polled,
        *,
        owner: str,
        notices_for: NoticesFor,
        now: datetime,
        notices_beside: NoticesBeside | None = None,
    ) -> bool:
        # An expired lease still counts while nobody else has taken it: what was seen is true.
        async with self._database.writing() as connection:
            saved = await connection.execute(
                update(tracked_runs)
                .where(tracked_runs.c.id == polled.run_id, tracked_runs.c.leased_by == owner)
                .values(_values(polled, now))
                .returning(tracked_runs.c.project, tracked_runs.c.short_id)
            )
            row = saved.one_or_none()
            if row is None:
                return False
            if polled.record is not None:
                await remember(connection, polled.record)
            key = RunKey(*row)
            spoken_for = [] if notices_beside is None else await _spoken_for(connection, polled)
            owed = await _tell_watches(connection, polled, key, notices_for, now)
            if notices_beside is not None:
                owed += notices_beside(spoken_for)
            await write_notices(connection, owed, now)
        return True

    async def save_quiet_polls(
        self, polls: Sequence[Polled], *, owner: str, now: datetime
    ) -> Collection[int]:
        ids = [polled.run_id for polled in polls]
        # Locked in one order, so that two such transactions never wait for each other.
        held = (
            select(tracked_runs.c.id)
            .where(tracked_runs.c.id.in_(ids), tracked_runs.c.leased_by == owner)
            .order_by(tracked_runs.c.id)
            .with_for_update(key_share=True)
        )
        async with self._database.writing() as connection:
            saved = set(await connection.scalars(held))
            if saved:
                # A statement of its own, so that it sees who has stopped watching meanwhile.
                watched = {*await connection.scalars(_watched(saved))}
                await connection.execute(
                    update(tracked_runs).where(tracked_runs.c.id == bindparam("run_id")),
                    [
                        {
                            **_values(polled, now),
                            "active": polled.active and polled.run_id in watched,
                            "run_id": polled.run_id,
                        }
                        for polled in polls
                        if polled.run_id in saved
                    ],
                )
        return saved

    async def poll_all_soon(self, now: datetime) -> int:
        later = and_(
            tracked_runs.c.active.is_(True),
            tracked_runs.c.next_poll_at > now,
            tracked_runs.c.failures == 0,
        )
        async with self._database.writing() as connection:
            await connection.execute(update(tracked_runs).where(later).values(next_poll_at=now))
            due = select(func.count()).select_from(tracked_runs).where(_is_due(now))
            return await connection.scalar(due) or 0

    async def overdue(self, now: datetime) -> float:
        most_overdue = (
            select(tracked_runs.c.next_poll_at)
            .where(_is_due(now))
            .order_by(tracked_runs.c.next_poll_at)
            .limit(1)
        )
        async with self._database.reading() as connection:
            since = await connection.scalar(most_overdue)
        return 0.0 if since is None else (now - since).total_seconds()

    async def next_due(self, now: datetime) -> datetime | None:
        query = (
            select(tracked_runs.c.next_poll_at)
            .where(tracked_runs.c.active.is_(True), _is_free(now))
            .order_by(tracked_runs.c.next_poll_at)
            .limit(1)
        )
        async with self._database.reading() as connection:
            at: datetime | None = await connection.scalar(query)
            return at

    async def due_runs(self, now: datetime, limit: int) -> int:
        due = select(tracked_runs.c.id).where(_is_due(now)).limit(limit).subquery()
        async with self._database.reading() as connection:
            return await connection.scalar(select(func.count()).select_from(due)) or 0


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(tracked_runs.c.leased_until.is_(None), tracked_runs.c.leased_until <= now)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        tracked_runs.c.active.is_(True),
        tracked_runs.c.next_poll_at <= now,
        _is_free(now),
    )


def _watched(run_ids: Collection[int]) -> Select[Any]:
    """Those of the runs that somebody watches, found run by run, not among all active watches."""
    return select(tracked_runs.c.id).where(tracked_runs.c.id.in_(run_ids), rows.IS_WATCHED)


def _values(polled: Polled, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "active": polled.active,
        "status": polled.status,
        "result": polled.result,
        "progress": rows.progress_text(polled.progress),
        "changed_at": polled.changed_at,
        "cases_seen_at": polled.cases_seen_at,
        "next_poll_at": polled.next_poll_at,
        "polls": polled.polls,
        "failures": polled.failures,
        "missing": polled.missing,
        "refusals": polled.refusals,
        "final_failures": polled.final_failures,
        "pace": rows.pace_text(polled.pace),
        "leased_by": None,
        "leased_until": None,
    }
    if polled.run is not None:
        values |= {"snapshot": rows.snapshot(polled.run), "ended_at": now}
    return values


async def _tell_watches(
    connection: AsyncConnection,
    polled: Polled,
    key: RunKey,
    notices_for: NoticesFor,
    now: datetime,
) -> list[NewNotice]:
    """End the watches where the poll says so; returns what is owed to them.

    The run's row is locked by now, so that no watch can be opened or ended beside this.
    """
    is_active = and_(watches.c.run_id == polled.run_id, watches.c.state == WatchState.ACTIVE)
    found = await connection.execute(select(watches).where(is_active).order_by(watches.c.number))
    active = [rows.watch(row, key) for row in found.mappings()]
    if polled.active and not active:
        # The last watch was ended while the run was being looked at.
        await connection.execute(
            update(tracked_runs).where(tracked_runs.c.id == polled.run_id).values(active=False)
        )
    if polled.watches_end is not None:
        await connection.execute(
            update(watches).where(is_active).values(state=polled.watches_end, ended_at=now)
        )
        await supersede_live(connection, [watch.id for watch in active])
    if polled.changed or polled.watches_end is not None:
        return [notice for watch in active for notice in notices_for(watch)]
    return []


async def _spoken_for(connection: AsyncConnection, polled: Polled) -> list[str]:
    """The channels that watch the run, and those where a person has stopped that."""
    query = select(watches.c.channel).where(
        watches.c.run_id == polled.run_id,
        watches.c.state.in_((WatchState.ACTIVE, WatchState.STOPPED)),
    )
    return list(await connection.scalars(query))
