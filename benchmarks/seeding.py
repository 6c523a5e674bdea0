"""A database with many watched runs, written as the bot would have, but in bulk."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.domain.pace import first_pace
from bot.domain.run import Progress, Run, RunTestCase
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch
from bot.store import rows
from bot.store.database import Database
from bot.store.tables import tracked_runs, watches

_BATCH = 2000
_SEEN = Run(
    short_id="seen",
    status="RUNNING",
    run_test_cases=tuple(
        RunTestCase(id=f"c{n}", short_id=f"case{n}", name=f"Customer can pay by card {n}", **state)
        for n in range(12)
        for state in [
            {"status": "COMPLETED", "result": "PASSED"} if n < 6 else {"status": "RUNNING"}
        ]
    ),
)


async def seed_runs(url: str, number: int, *, due_at: Callable[[int], datetime]) -> None:
    """Prepare the database and fill it with so many runs in progress, each watched once."""
    async with Database.open(url) as database:
        await database.migrate()
        await add_runs(database, number, due_at=due_at)


async def add_runs(
    database: Database,
    number: int,
    *,
    due_at: Callable[[int], datetime],
    first: int = 0,
    channels: int = 50,
) -> None:
    """Add so many runs in progress, numbered from `first`, watched in so many channels in turn."""
    for begin in range(first, first + number, _BATCH):
        numbers = range(begin, min(begin + _BATCH, first + number))
        async with database.writing() as connection:
            await connection.execute(
                tracked_runs.insert(), [_run(each, due_at(each)) for each in numbers]
            )
            await connection.execute(
                watches.insert(), [_watch(each, each % channels) for each in numbers]
            )


def _run(number: int, due_at: datetime) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": number + 1,
        "project": "default",
        "short_id": f"run{number}",
        "url": f"https://app.qa.tech/p/shop/results/run{number}",
        "active": True,
        "status": "RUNNING",
        "result": None,
        "progress": rows.progress_text(Progress.of(_SEEN.run_test_cases)),
        "pace": rows.pace_text(first_pace(_SEEN)),
        "watched_since": now,
        "changed_at": now,
        "cases_seen_at": now,
        "next_poll_at": due_at,
        "polls": 1,
        "failures": 0,
        "missing": 0,
        "refusals": 0,
        "final_failures": 0,
    }


def _watch(number: int, channel: int) -> dict[str, Any]:
    new = NewWatch(
        id=f"{number:032x}",
        key=RunKey("default", f"run{number}"),
        channel=f"C{channel}",
        asked_by="U1",
        live=False,
    )
    return {"run_id": number + 1, "created_at": datetime.now(UTC), **rows.watch_values(new)}
