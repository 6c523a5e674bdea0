"""The sweep with many watched runs, most of them not due, beside one APScheduler job for each.

Both go by the real clock, on SQLite, with 25 runs due in every second and a QA.tech that answers at
once; each side runs in a process of its own, so that its processor time is its own.
`python -m benchmarks.sweeping sweep|jobs NUMBER SECONDS DIRECTORY` is one side.
"""

import asyncio
import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from benchmarks.seeding import seed_runs
from benchmarks.silent import SilentEvents
from benchmarks.table import Row, at_most, share, told
from bot.domain.cadence import Bounds
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.schedule import Schedule
from bot.services.alerting import Alerting
from bot.services.polling import Polling
from bot.services.ports import Look
from bot.store.database import Database
from bot.store.store import SqlStore

_DUE_A_SECOND = 25
_BOUNDS = Bounds(poll_min_seconds=3600, poll_max_seconds=7200, timeout_hours=24)
"""What is polled is not due again while it is measured."""
_WARM_UP_SECONDS = 3.0
_lags: list[float] = []


async def measure(*, quick: bool) -> list[Row]:
    """Lag and processor time for each due poll, at growing numbers."""
    numbers, seconds = ((1000, 10_000), 5) if quick else ((1000, 10_000, 50_000, 100_000), 20)
    ours, theirs = {}, {}
    with tempfile.TemporaryDirectory() as directory:
        for number in numbers:
            ours[number] = _side("sweep", number, seconds, directory)
            theirs[number] = _side("jobs", number, seconds, directory)
    peer = "one APScheduler job for each run in an SQLAlchemyJobStore"
    rows: list[Row] = []
    for number in numbers:
        here, beside = ours[number], theirs[number]
        what = f"{number:,} watched runs"
        rows += [
            told(
                subject=f"{what}: lag of the sweep, p99",
                here=here["p99"],
                unit="s",
                peer=peer,
                beside=beside["p99"],
            ),
            told(
                subject=f"{what}: processor time for each due poll",
                here=here["cpu"] * 1000,
                unit="ms",
                peer=peer,
                beside=beside["cpu"] * 1000,
            ),
        ]
    fewest, most = numbers[0], numbers[-1]
    rows += [
        at_most(
            1.0,
            subject=f"lag of the sweep at {most:,} watched runs, p99",
            here=ours[most]["p99"],
            unit="s",
            peer="a second and a half",
            beside=1.5,
        ),
        at_most(
            1.25,
            subject=f"processor time for each due poll at {most:,} watched runs",
            here=ours[most]["cpu"] * 1000,
            unit="ms",
            peer=f"the same at {fewest:,}",
            beside=ours[fewest]["cpu"] * 1000,
        ),
    ]
    return rows


def _side(name: str, number: int, seconds: int, directory: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sweeping", name, str(number), str(seconds), directory],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _due_at(began: datetime, number: int, due: int) -> datetime:
    """The first ones come due evenly, after the warm-up; all others hours later."""
    if number < due:
        return began + timedelta(seconds=_WARM_UP_SECONDS + number / _DUE_A_SECOND)
    return began + timedelta(hours=2, seconds=number / 10)


async def _sweep(number: int, seconds: int, directory: Path) -> dict[str, float]:
    url = f"sqlite:///{directory / f'sweep{number}.db'}"
    due = seconds * _DUE_A_SECOND
    began = datetime.now(UTC)
    await seed_runs(url, number, due_at=lambda each: _due_at(began, each, due))
    # Seeding has taken its time: the moments count from now.
    late = datetime.now(UTC) - began
    await _shift(url, late)
    qatech = _Instant(lambda each: _due_at(began, each, due) + late)
    events = SilentEvents()
    async with Database.open(url) as database:
        store = SqlStore(database)
        schedule = Schedule(
            sweep=lambda: polling.sweep(),  # noqa: PLW0108 - polling is built below
            deliver=_nothing,
            measure=_nothing,
            on_crash=_crashed,
            on_ran=lambda _: None,
        )
        polling = Polling(
            store=store,
            qatech=qatech,
            bounds=_BOUNDS,
            clock=lambda: datetime.now(UTC),
            owner="bench",
            wake=lambda: None,
            events=events,
            alerting=Alerting(
                store=store, clock=lambda: datetime.now(UTC), wake=lambda: None, events=events
            ),
            max_rps=1e6,
            sweep_in=schedule.sweep_in,
        )
        schedule.start()
        await asyncio.sleep(_WARM_UP_SECONDS - 0.5)
        used, polls = time.process_time(), len(qatech.lags)
        await asyncio.sleep(seconds + 1)
        used = time.process_time() - used
        schedule.stop()
        await polling.finish()
    return _figures(qatech.lags, used / max(len(qatech.lags) - polls, 1))


async def _shift(url: str, by: timedelta) -> None:
    async with Database.open(url) as database, database.writing() as connection:
        await connection.exec_driver_sql(
            "UPDATE tracked_runs SET next_poll_at = next_poll_at + ?", (by.total_seconds(),)
        )


class _Instant:
    """A QA.tech that answers at once; notes by how many seconds it was asked too late."""

    def __init__(self, due_at: Callable[[int], datetime]) -> None:
        self._due_at = due_at
        self.lags: list[float] = []

    async def get_run(self, key: RunKey, _look: Look) -> Run:
        due_at = self._due_at(int(key.short_id.removeprefix("run")))
        self.lags.append((datetime.now(UTC) - due_at).total_seconds())
        return _running(key.short_id)


def _running(short_id: str) -> Run:
    return Run(short_id=short_id, status="RUNNING")


async def _nothing() -> None: ...


def _crashed(_name: str) -> None:
    raise AssertionError("a loop crashed") from sys.exc_info()[1]


async def poll(due_at: float) -> None:
    """The job of the other side: the same look, and nothing saved."""
    _lags.append(time.time() - due_at)
    _running("run")


async def _jobs(number: int, seconds: int, directory: Path) -> dict[str, float]:
    path = directory / f"jobs{number}.db"
    store = SQLAlchemyJobStore(url=f"sqlite:///{path}")
    scheduler = AsyncIOScheduler(
        jobstores={"default": store},
        timezone=UTC,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.start(paused=True)
    began = datetime.now(UTC)
    due = seconds * _DUE_A_SECOND
    _fill(store, scheduler, number, lambda each: _due_at(began, each, due))
    late = (datetime.now(UTC) - began).total_seconds()
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE apscheduler_jobs SET next_run_time = next_run_time + ?", (late,)
        )
    scheduler.resume()
    await asyncio.sleep(_WARM_UP_SECONDS - 0.5)
    used, polls = time.process_time(), len(_lags)
    await asyncio.sleep(seconds + 1)
    used = time.process_time() - used
    scheduler.shutdown(wait=False)
    lags = [lag - late for lag in _lags]
    return _figures(lags, used / max(len(_lags) - polls, 1))


def _fill(store: SQLAlchemyJobStore, scheduler: AsyncIOScheduler, number: int, due_at: Any) -> None:
    """The rows that `add_job` would write one by one, written together."""
    pattern = scheduler.add_job(poll, IntervalTrigger(seconds=3600, timezone=UTC), args=[0.0])
    state = pattern.__getstate__()
    pattern.remove()
    rows = []
    for each in range(number):
        at = due_at(each)
        mine = {
            **state,
            "id": f"run{each}",
            "args": (at.timestamp(),),
            "next_run_time": at,
        }
        rows.append(
            {
                "id": f"run{each}",
                "next_run_time": at.timestamp(),
                "job_state": pickle.dumps(mine, pickle.HIGHEST_PROTOCOL),
            }
        )
    with store.engine.begin() as connection:
        connection.execute(store.jobs_t.insert(), rows)


def _figures(lags: Sequence[float], cpu: float) -> dict[str, float]:
    return {"p50": share(lags, 0.5), "p99": share(lags, 0.99), "cpu": cpu, "polls": len(lags)}


if __name__ == "__main__":
    side, number, seconds, directory = sys.argv[1:]
    work = _sweep if side == "sweep" else _jobs
    print(json.dumps(asyncio.run(work(int(number), int(seconds), Path(directory)))))
