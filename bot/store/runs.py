"""The row of a tracked run: locked, followed, ended; always inside the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.pace import first_pace
from bot.domain.run import Progress, Run
from bot.domain.short_id import RunKey
from bot.store import rows
from bot.store.notices import insert_unless_there
from bot.store.tables import tracked_runs

_STRIKES = {"failures": 0, "missing": 0, "refusals": 0, "final_failures": 0}


async def lock(connection: AsyncConnection, which: ColumnElement[bool]) -> RowMapping:
    """Hold the row of one run until the transaction ends; returns it without the snapshot.

    SQLite's transaction holds the whole database already.
    """
    columns = (column for column in tracked_runs.c if column.name != "snapshot")
    # Not the strongest lock: that one would also hold up notices, which point to this row.
    query = select(*columns).where(which).with_for_update(key_share=True)
    return (await connection.execute(query)).mappings().one()


async def lock_or_insert(connection: AsyncConnection, key: RunKey, now: datetime) -> RowMapping:
    """The row of this run, now locked; an inactive one where there was none."""
    fresh: dict[str, Any] = {
        "project": key.project,
        "short_id": key.short_id,
        "active": False,
        "status": "",
        "progress": rows.progress_text(Progress()),
        "watched_since": now,
        "changed_at": now,
        "next_poll_at": now,
        "polls": 0,
        **_STRIKES,
    }
    await insert_unless_there(connection, tracked_runs, ["project", "short_id"], fresh)
    return await lock(
        connection,
        (tracked_runs.c.project == key.project) & (tracked_runs.c.short_id == key.short_id),
    )


async def follow(
    connection: AsyncConnection,
    row: RowMapping,
    *,
    seen: Run | None,
    url: str | None,
    next_poll_at: datetime,
    now: datetime,
) -> None:
    """Make the locked run active, or keep it so, for one more watch."""
    if row["active"]:
        values = _joined(row, seen, next_poll_at, now)
    else:
        values = _begun(seen, next_poll_at, now)
    if url is not None:
        values["url"] = url
    await _change(connection, row["id"], values)


async def keep_ended(
    connection: AsyncConnection, row: RowMapping, *, run: Run, url: str | None, now: datetime
) -> None:
    """Keep the whole answer of an ended run; one that is being followed is due at once."""
    values: dict[str, Any] = {
        "status": run.status,
        "result": run.result,
        "progress": rows.progress_text(Progress.of(run.run_test_cases)),
        "snapshot": rows.snapshot(run),
        "ended_at": now,
    }
    if url is not None:
        values["url"] = url
    if row["active"]:
        values["next_poll_at"] = min(row["next_poll_at"], now)
    await _change(connection, row["id"], values)


async def _change(connection: AsyncConnection, run_id: int, values: dict[str, Any]) -> None:
    await connection.execute(update(tracked_runs).where(tracked_runs.c.id == run_id).values(values))


def _begun(seen: Run | None, next_poll_at: datetime, now: datetime) -> dict[str, Any]:
    """A new stretch of watching. A poll of an earlier one loses its lease: it is not about this.

    What an earlier stretch saw is kept where QA.tech could not be asked now.
    """
    values: dict[str, Any] = {
        "active": True,
        "watched_since": now,
        "changed_at": now,
        "next_poll_at": next_poll_at,
        "pace": rows.pace_text(first_pace(seen)),
        "leased_by": None,
        "leased_until": None,
        **_STRIKES,
    }
    if seen is not None:
        values |= {
            "status": seen.status,
            "result": seen.result,
            "snapshot": None,
            "ended_at": None,
            **_cases(seen, now),
        }
    return values


def _joined(
    row: RowMapping, seen: Run | None, next_poll_at: datetime, now: datetime
) -> dict[str, Any]:
    """One more watch of a run that is followed already.

    Status and result stay those of the last poll: the next one must find the difference, or the
    other conversations would never be told of it. Test cases that nobody has been shown yet can
    be taken over.
    """
    values: dict[str, Any] = {"next_poll_at": min(row["next_poll_at"], next_poll_at)}
    if seen is not None and row["cases_seen_at"] is None and row["status"]:
        values |= _cases(seen, now)
    return values


def _cases(seen: Run, now: datetime) -> dict[str, Any]:
    if not seen.run_test_cases:
        return {"progress": rows.progress_text(Progress()), "cases_seen_at": None}
    return {
        "progress": rows.progress_text(Progress.of(seen.run_test_cases)),
        "cases_seen_at": now,
    }
