"""The notices that were given up, and how they come back into the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, or_, select, update

from bot.domain.audit import BY_OPERATOR, Act, NewEntry
from bot.domain.notice import Priority
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.ports import DeadLetter, Revival
from bot.store.audit import write_entries
from bot.store.database import Database
from bot.store.tables import NoticeState, notices, tracked_runs, watches

_BATCH = 500
"""Notices of one transaction: others wait for it no longer than for a poll."""


class SqlDeadLetters:
    """See `DeadLetters`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        newest = (
            _notices()
            .where(notices.c.state == NoticeState.DROPPED)
            .order_by(notices.c.id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(newest)).mappings().all()
        return [_dead_letter(row) for row in reversed(found)]

    async def count_dead_letters(self, since: datetime) -> int:
        query = (
            select(func.count())
            .select_from(notices)
            .where(notices.c.state == NoticeState.DROPPED, notices.c.created_at >= since)
        )
        async with self._database.reading() as connection:
            return await connection.scalar(query) or 0

    async def revive(self, ids: Sequence[int], *, now: datetime) -> Mapping[int, Revival]:
        outcomes: dict[int, Revival] = {}
        for start in range(0, len(ids), _BATCH):
            outcomes |= await self._revive(ids[start : start + _BATCH], now)
        return outcomes

    async def _revive(self, ids: Sequence[int], now: datetime) -> Mapping[int, Revival]:
        chosen = _notices().where(notices.c.id.in_(ids)).with_for_update(of=notices)
        async with self._database.writing() as connection:
            rows = {row["id"]: row for row in (await connection.execute(chosen)).mappings()}
            outcomes = {one: _outcome(rows.get(one)) for one in ids}
            revived = [one for one, outcome in outcomes.items() if outcome is Revival.PUT_BACK]
            await connection.execute(
                update(notices)
                .where(notices.c.id.in_(revived))
                .values(
                    state=NoticeState.PENDING,
                    due_at=now,
                    revived_at=now,
                    # How the attempt ended after which it was given up is not kept.
                    uncertain=or_(notices.c.uncertain, notices.c.attempts > 0),
                    attempt_open=False,
                )
            )
            entries = [_entry(_dead_letter(rows[one])) for one in revived]
            await write_entries(connection, entries, now)
        return outcomes


def _notices() -> Select[Any]:
    return select(
        notices.c.id,
        notices.c.channel,
        notices.c.kind,
        notices.c.state,
        notices.c.priority,
        notices.c.attempts,
        notices.c.created_at,
        notices.c.last_error,
        watches.c.state.label("watch_state"),
        tracked_runs.c.project,
        tracked_runs.c.short_id,
    ).select_from(
        notices.outerjoin(watches, watches.c.id == notices.c.watch_id).outerjoin(
            tracked_runs, tracked_runs.c.id == func.coalesce(watches.c.run_id, notices.c.run_id)
        )
    )


def _outcome(row: RowMapping | None) -> Revival:
    if row is None:
        return Revival.UNKNOWN
    is_live = row["priority"] == int(Priority.LIVE)
    has_ended = is_live and row["watch_state"] != WatchState.ACTIVE
    if row["state"] == NoticeState.SUPERSEDED or (
        row["state"] == NoticeState.DROPPED and has_ended
    ):
        return Revival.SUPERSEDED
    return Revival.PUT_BACK if row["state"] == NoticeState.DROPPED else Revival.NOT_DROPPED


def _dead_letter(row: RowMapping) -> DeadLetter:
    run = None if row["short_id"] is None else RunKey(row["project"], row["short_id"])
    return DeadLetter(
        id=row["id"],
        channel=row["channel"],
        kind=row["kind"],
        run=run,
        attempts=row["attempts"],
        created_at=row["created_at"],
        why=row["last_error"] or "",
    )


def _entry(letter: DeadLetter) -> NewEntry:
    return NewEntry(
        Act.NOTICE_RETRIED,
        BY_OPERATOR,
        letter.channel,
        letter.run,
        f"notice {letter.id}: {letter.kind}, given up: {letter.why}",
    )
