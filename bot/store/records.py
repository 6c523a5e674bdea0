"""Ended runs as they are remembered, and the forgetting of them."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.record import HISTORY_RUNS, CaseRecord, IssueRecord, RunRecord
from bot.domain.short_id import RunKey
from bot.services.ports import USUAL_RUNS, Before, Pruned
from bot.store import pruning
from bot.store.database import Database
from bot.store.notices import insert_unless_there
from bot.store.tables import notices, reruns, run_records, tracked_runs, watches
from bot.store.upserting import upsert


class _Content(BaseModel):
    """What a record holds beside the columns that are searched."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cases: tuple[CaseRecord, ...]
    issues: tuple[IssueRecord, ...]
    issues_known: bool


class SqlRecords:
    """See `Records`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, key: RunKey) -> RunRecord | None:
        query = _records().where(
            run_records.c.project == key.project, run_records.c.short_id == key.short_id
        )
        async with self._database.reading() as connection:
            found = await _read(connection, query)
        return found[0] if found else None

    async def history(
        self, project: str, *, before: datetime, limit: int = HISTORY_RUNS
    ) -> Sequence[RunRecord]:
        async with self._database.reading() as connection:
            return await _read(connection, _newest(_ended(project, before)).limit(limit))

    async def history_of(
        self, record: RunRecord, *, limit: int = HISTORY_RUNS
    ) -> Sequence[RunRecord]:
        async with self._database.reading() as connection:
            return await _history(
                connection, record.project, record.names, record.ended_at, limit=limit
            )

    async def before(self, key: RunKey, names: Collection[str], *, now: datetime) -> Before:
        ended_at = select(run_records.c.ended_at).where(
            run_records.c.project == key.project, run_records.c.short_id == key.short_id
        )
        origin = (
            _records()
            .join(
                tracked_runs,
                (tracked_runs.c.project == run_records.c.project)
                & (tracked_runs.c.short_id == run_records.c.short_id),
            )
            .join(reruns, reruns.c.run_id == tracked_runs.c.id)
            .where(reruns.c.new_short_id == key.short_id, run_records.c.project == key.project)
            .limit(1)
        )
        async with self._database.reading() as connection:
            known = await connection.scalar(ended_at)
            history = await _history(
                connection, key.project, names, known or now, limit=HISTORY_RUNS
            )
            found = await _read(connection, origin)
        return Before(known, history, found[0] if found else None)

    async def ended_in(
        self,
        projects: Sequence[str],
        *,
        until: datetime,
        since: datetime | None = None,
        channel: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> Sequence[RunRecord]:
        which = [run_records.c.project.in_(projects), run_records.c.ended_at < until]
        if since is not None:
            which.append(run_records.c.ended_at >= since)
        if channel is not None:
            which.append(_known_in(channel))
        # By its ID too: a page must begin where the one before it ended.
        newest = _newest(and_(*which)).order_by(run_records.c.id.desc())
        async with self._database.reading() as connection:
            return await _read(connection, newest.limit(limit).offset(offset))

    async def usual_seconds(self, project: str, names: Collection[str]) -> Sequence[float]:
        query = (
            select(run_records.c.seconds)
            .where(
                run_records.c.project == project,
                run_records.c.suite == _suite(names),
                run_records.c.seconds.is_not(None),
            )
            .order_by(run_records.c.ended_at.desc())
            .limit(USUAL_RUNS)
        )
        async with self._database.reading() as connection:
            return [seconds for seconds in await connection.scalars(query) if seconds is not None]

    async def prune(self, before: datetime) -> Pruned:
        return await pruning.prune(self._database, before)


async def remember(connection: AsyncConnection, record: RunRecord) -> None:
    """Keep a record, inside the caller's transaction.

    Of a run that is remembered already the newer look counts, unless it saw no test case; the
    moment of its end stays the first one.
    """
    values: dict[str, object] = {
        "project": record.project,
        "short_id": record.short_id,
        "suite": _suite(record.names),
        "verdict": record.verdict.value,
        "ended_at": record.ended_at,
        "content": _Content(
            cases=record.cases, issues=record.issues, issues_known=record.issues_known
        ).model_dump_json(),
        "seconds": record.seconds,
    }
    unique = ["project", "short_id"]
    if record.cases:
        newer = {"suite", "verdict", "content"}
        await upsert(connection, run_records, unique, values, newer)
    else:
        await insert_unless_there(connection, run_records, unique, values)


def _suite(names: Collection[str]) -> str:
    text = "\n".join(sorted(names))
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _ended(project: str, before: datetime) -> ColumnElement[bool]:
    return (run_records.c.project == project) & (run_records.c.ended_at < before)


def _known_in(channel: str) -> ColumnElement[bool]:
    """Whether the run of a record was watched in a channel, or told of there."""
    run = tracked_runs.c
    watched = exists().where(watches.c.run_id == run.id, watches.c.channel == channel)
    told = exists().where(notices.c.run_id == run.id, notices.c.channel == channel)
    return exists().where(
        run.project == run_records.c.project,
        run.short_id == run_records.c.short_id,
        or_(watched, told),
    )


async def _history(
    connection: AsyncConnection,
    project: str,
    names: Collection[str],
    before: datetime,
    *,
    limit: int,
) -> Sequence[RunRecord]:
    ended = _ended(project, before)
    is_alike = run_records.c.suite == _suite(names)
    alike, others = _newest(ended & is_alike), _newest(ended & ~is_alike)
    share = limit - limit // 2
    found = await _read(connection, alike.limit(share))
    beside = await _read(connection, others.limit(limit - len(found)))
    if len(found) == share and len(beside) < limit - share:
        rest = limit - share - len(beside)
        found += await _read(connection, alike.limit(rest).offset(share))
    return sorted([*found, *beside], key=lambda one: one.ended_at, reverse=True)


def _records() -> Select[Any]:
    columns = run_records.c
    return select(
        columns.project,
        columns.short_id,
        columns.verdict,
        columns.ended_at,
        columns.content,
        columns.seconds,
    )


def _newest(which: ColumnElement[bool]) -> Select[Any]:
    return _records().where(which).order_by(run_records.c.ended_at.desc())


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[RunRecord]:
    rows = (await connection.execute(query)).all()
    return [record for row in rows if (record := _record(row)) is not None]


def _record(row: Row[Any]) -> RunRecord | None:
    """A record that this version cannot read is as good as forgotten."""
    try:
        content = _Content.model_validate_json(row.content)
        return RunRecord(
            project=row.project,
            short_id=row.short_id,
            verdict=row.verdict,
            ended_at=row.ended_at,
            cases=content.cases,
            issues=content.issues,
            issues_known=content.issues_known,
            seconds=row.seconds,
        )
    except ValidationError:
        return None
