"""Polling 10,000 runs through the real path, beside a loop that makes the requests alone."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from benchmarks.canned import canned
from benchmarks.seeding import seed_runs
from benchmarks.silent import SilentEvents
from benchmarks.table import Row, at_least, middle
from bot.domain.cadence import Bounds
from bot.qatech.client import QATech
from bot.qatech.requests import ProjectAccess
from bot.services.alerting import Alerting
from bot.services.polling import Polling
from bot.store.database import Database
from bot.store.store import SqlStore

_BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)
_CONNECTIONS = 10


@dataclass(slots=True)
class _Clock:
    """Stands still while all due runs are polled once, so that none is due a second time."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


async def measure(*, quick: bool) -> list[Row]:
    """Requests a second, both ways, in turn."""
    runs, rounds = (1000, 3) if quick else (10_000, 3)
    here, beside = [], []
    with canned("qatech") as url, tempfile.TemporaryDirectory() as directory:
        database_url = f"sqlite:///{Path(directory) / 'bench.db'}"
        clock = _Clock(datetime.now(UTC))
        await seed_runs(database_url, runs, due_at=lambda _: clock.now)
        events = SilentEvents()
        async with _polling(database_url, url, clock, events) as polling:
            for _ in range(rounds):
                beside.append(runs / await _plain_loop(url, runs))
                clock.now += timedelta(seconds=60)
                here.append(runs / await _one_round(polling, events.polls, runs))
    return [
        at_least(
            0.6,
            subject=f"polling {runs:,} runs",
            here=middle(here),
            unit="/s",
            peer="a plain httpx.AsyncClient loop that makes the requests alone",
            beside=middle(beside),
        )
    ]


async def _plain_loop(url: str, runs: int) -> float:
    """As many connections as are fastest for httpx here."""
    waiting = iter(range(runs))
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def work() -> None:
            for number in waiting:
                answer = await client.get(f"{url}/v1/run/run{number}")
                answer.raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(_CONNECTIONS)))
        return time.perf_counter() - began


async def _one_round(polling: Polling, polled: Counter[str], runs: int) -> float:
    polled.clear()
    began = time.perf_counter()
    while polled.total() < runs:
        await polling.sweep()
        await polling.finish()
    return time.perf_counter() - began


@asynccontextmanager
async def _polling(
    database_url: str, url: str, clock: _Clock, events: SilentEvents
) -> AsyncIterator[Polling]:
    qatech = QATech(
        base_url=url,
        projects={"default": ProjectAccess(SecretStr("key"))},
        max_rps=1e6,
        version="0",
    )
    async with Database.open(database_url) as database:
        store = SqlStore(database)
        yield Polling(
            store=store,
            qatech=qatech,
            bounds=_BOUNDS,
            clock=clock,
            owner="bench",
            wake=lambda: None,
            events=events,
            alerting=Alerting(store=store, clock=clock, wake=lambda: None, events=events),
            max_rps=1e6,
            sweep_in=lambda _: None,
        )
    await qatech.aclose()
