"""Which run a thread is about, and what the App Home lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, and_, or_, select

from bot.domain.short_id import RunKey
from bot.domain.watch import HomeResult, TrackedRun, WatchedRun, WatchState
from bot.services.ports import ThreadRun
from bot.store import rows
from bot.store.database import Database
from bot.store.tables import notices, tracked_runs, watches

_ANSWER = "question_answered"
_REPORT = "run_finished"


class SqlConversations:
    """See `Conversations`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run_in_thread(self, channel: str, thread_ts: str) -> ThreadRun | None:
        # The channel stands in both arms, so that each can use its index.
        in_thread = or_(
            and_(watches.c.channel == channel, watches.c.live_ts == thread_ts),
            and_(watches.c.channel == channel, watches.c.thread_ts == thread_ts),
        )
        watched = (
            select(*rows.WHOLE_RUN_COLUMNS, *rows.WATCH_COLUMNS)
            .join(watches, watches.c.run_id == tracked_runs.c.id)
            .where(in_thread)
            .order_by(watches.c.number.desc())
            .limit(1)
        )
        reported = (
            select(*rows.WHOLE_RUN_COLUMNS, *rows.WATCH_COLUMNS)
            .join(notices, notices.c.run_id == tracked_runs.c.id)
            .outerjoin(watches, watches.c.id == notices.c.watch_id)
            .where(
                notices.c.channel == channel,
                notices.c.message_ts == thread_ts,
                notices.c.kind == _REPORT,
            )
            .limit(1)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(watched)).mappings().one_or_none()
            if row is None:
                row = (await connection.execute(reported)).mappings().one_or_none()
        if row is None:
            return None
        if row["watch_id"] is None:
            return ThreadRun(rows.tracked_run(row), None)
        found = rows.watched_run(row)
        return ThreadRun(found.tracked, found.watch)

    async def was_not_understood(self, channel: str, thread_ts: str, *, besides: str) -> bool:
        query = (
            select(notices.c.id)
            .where(
                notices.c.channel == channel,
                notices.c.kind == _ANSWER,
                notices.c.thread_ts == thread_ts,
                notices.c.dedupe_key != besides,
                # What people have typed stands in a fact with its quotation marks escaped.
                notices.c.fact.contains('"kind":"not_understood"', autoescape=True),
            )
            .limit(1)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def known_run(self, key: RunKey) -> TrackedRun | None:
        query = select(*rows.WHOLE_RUN_COLUMNS).where(
            tracked_runs.c.project == key.project, tracked_runs.c.short_id == key.short_id
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
            return None if row is None else rows.tracked_run(row)

    async def watches_by(self, user: str) -> Sequence[WatchedRun]:
        mine: ColumnElement[bool] = and_(
            watches.c.asked_by == user, watches.c.state == WatchState.ACTIVE
        )
        query = (
            select(*rows.RUN_COLUMNS, *rows.WATCH_COLUMNS)
            .join(watches, watches.c.run_id == tracked_runs.c.id)
            .where(mine)
            .order_by(watches.c.number)
        )
        async with self._database.reading() as connection:
            found = await connection.execute(query)
            return [rows.watched_run(row) for row in found.mappings()]

    async def results_in(self, channels: Sequence[str], limit: int) -> Sequence[HomeResult]:
        watched = (
            _results(watches.c.channel, watches.c.ended_at)
            .join(watches, watches.c.run_id == tracked_runs.c.id)
            .where(watches.c.state == WatchState.ENDED, watches.c.channel.in_(channels))
            .order_by(watches.c.ended_at.desc())
            .limit(limit)
        )
        # Asked for when it had ended, or told by a rule: nobody watched it there.
        reported = (
            _results(notices.c.channel, tracked_runs.c.ended_at)
            .join(notices, notices.c.run_id == tracked_runs.c.id)
            .where(
                notices.c.channel.in_(channels),
                notices.c.kind == _REPORT,
                notices.c.watch_id.is_(None),
                tracked_runs.c.ended_at.is_not(None),
            )
            .order_by(notices.c.id.desc())
            .limit(limit)
        )
        found: dict[tuple[RunKey, str], HomeResult] = {}
        async with self._database.reading() as connection:
            for query in (watched, reported):
                for row in await connection.execute(query):
                    result = _result(row)
                    found.setdefault((result.key, result.channel), result)
        newest_first = sorted(found.values(), key=lambda result: result.ended_at, reverse=True)
        return newest_first[:limit]


def _results(
    channel: Column[str], ended_at: Column[datetime]
) -> Select[tuple[str, str, str, str | None, str | None, str, datetime]]:
    return select(
        tracked_runs.c.project,
        tracked_runs.c.short_id,
        tracked_runs.c.status,
        tracked_runs.c.result,
        tracked_runs.c.url,
        channel.label("channel"),
        ended_at.label("ended_at"),
    )


def _result(row: Row[Any]) -> HomeResult:
    return HomeResult(
        key=RunKey(row.project, row.short_id),
        status=row.status,
        result=row.result,
        channel=row.channel,
        ended_at=row.ended_at,
        url=row.url,
    )
