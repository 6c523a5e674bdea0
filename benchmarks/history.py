"""What the comparison with the runs before adds to a report: `python -m benchmarks.history`.

A history of so many runs is written into a database; then runs end, and what each is compared with
is looked up and worked out as it is for every report. The aim: less than 20 ms with 10,000 runs.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.domain.record import RunRecord, record_of
from bot.domain.run import Issue, Run, RunTestCase
from bot.domain.short_id import RunKey
from bot.services.alerting import remembered
from bot.store.database import Database
from bot.store.records import remember
from bot.store.store import SqlStore

AIM_MS = 20.0
REPORTS = 40
_BATCH = 500
_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_PROJECT = "default"
_SMOKE_SHARE = 3
"""Of so many runs one is the whole suite; the others are smoke runs of a third of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One history: runs remembered, test cases of the whole suite, and milliseconds a report.

    `cpu_ms` is what a busy machine does not falsify.
    """

    runs: int
    cases: int
    median_ms: float
    p95_ms: float
    cpu_ms: float

    @property
    def is_within_aim(self) -> bool:
        return self.median_ms < AIM_MS


def measure(
    histories: tuple[tuple[int, int], ...] = ((100, 25), (10_000, 25), (10_000, 100)),
) -> list[Row]:
    """A row for each `(runs, test cases)`; some seconds for 10,000 runs."""
    return [asyncio.run(_measured(runs, cases)) for runs, cases in histories]


async def _measured(runs: int, cases: int) -> Row:
    with tempfile.TemporaryDirectory() as directory:
        async with Database.open(f"sqlite:///{Path(directory) / 'history.db'}") as database:
            await database.migrate()
            await _write(database, runs, cases)
            store, spent, worked = SqlStore(database), [], []
            for number in range(REPORTS):
                run = _run(f"new{number}", cases, random.Random(number))
                key = RunKey(_PROJECT, run.short_id)
                began, busy = time.perf_counter(), time.process_time()
                seen = await remembered(store, key, run, _NOW + timedelta(minutes=number))
                assert seen.changes is not None, "the history holds no comparable run"
                spent.append(1_000 * (time.perf_counter() - began))
                worked.append(1_000 * (time.process_time() - busy))
    return Row(
        runs,
        cases,
        median_ms=statistics.median(spent),
        p95_ms=sorted(spent)[int(0.95 * len(spent))],
        cpu_ms=statistics.median(worked),
    )


async def _write(database: Database, runs: int, cases: int) -> None:
    records = list(_records(runs, cases))
    for start in range(0, runs, _BATCH):
        async with database.writing() as connection:
            for record in records[start : start + _BATCH]:
                await remember(connection, record)


def _records(runs: int, cases: int) -> Iterator[RunRecord]:
    for number in range(runs):
        size = cases if number % _SMOKE_SHARE == 0 else cases // _SMOKE_SHARE
        run = _run(f"r{number}", size, random.Random(number))
        yield record_of(run, _PROJECT, _NOW - timedelta(minutes=runs - number))


def _run(short_id: str, cases: int, chance: random.Random) -> Run:
    """A run in which a few test cases fail, some of them as before."""
    return Run(
        short_id=short_id,
        status="COMPLETED",
        result="FAILED",
        run_test_cases=tuple(
            RunTestCase(
                id=f"{short_id}-{number}",
                short_id=f"{short_id}-{number}",
                name=f"Customer can do thing number {number} in the shop",
                status="COMPLETED",
                result="FAILED" if number < 2 or chance.random() < 0.1 else "PASSED",
                error_code="TEST_FAILED",
            )
            for number in range(cases)
        ),
        issues=tuple(
            Issue(
                id=f"i{number}",
                short_id=f"i{number}",
                title=f"Elements must meet requirement {number}",
                severity="Major",
                issue_type="ACCESSIBILITY",
                status="Active",
            )
            for number in range(20)
            if chance.random() < 0.7
        ),
    )


def show(rows: list[Row]) -> None:
    """The rows as a table on stdout."""
    table = Table(title=f"Comparison of a run with those before it (aim: under {AIM_MS:g} ms)")
    for heading in ("runs remembered", "test cases", "median ms", "p95 ms", "CPU ms", "in the aim"):
        table.add_column(heading, justify="right")
    for row in rows:
        times = (f"{each:.1f}" for each in (row.median_ms, row.p95_ms, row.cpu_ms))
        aim = "yes" if row.is_within_aim else "NO"
        table.add_row(f"{row.runs:,}", str(row.cases), *times, aim)
    Console().print(table)


if __name__ == "__main__":
    show(measure())
