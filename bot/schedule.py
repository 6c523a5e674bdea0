"""The clockwork: the only file that knows APScheduler.

A handful of jobs for the whole process, never one for each run (DESIGN §5.5).
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

Job = Callable[[], Coroutine[Any, Any, None]]

TICK_SECONDS = 1.0
"""Between two sweeps, and between two looks into the outbox that nobody has asked for."""
SWEEP_PAUSE_SECONDS = 0.1
"""Least time between two sweeps that were asked for: runs due nearly together share one."""
MEASURE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class DailyJob:
    """A job at times of the day.

    `crontab` has five fields (minute, hour, day of month, month, day of week) and means UTC.
    """

    name: str
    job: Job
    crontab: str


@dataclass(frozen=True, slots=True)
class RegularJob:
    """A job that is done again and again, so many seconds apart."""

    name: str
    job: Job
    seconds: float


class Schedule:
    """Runs the sweep, the delivery and the measuring, each at most once at a time.

    The `regular_jobs` and `daily_jobs` beside them run in every process: what must happen once for
    the whole deployment is kept so by the database.
    """

    def __init__(
        self,
        *,
        sweep: Job,
        deliver: Job,
        measure: Job,
        on_crash: Callable[[str], None],
        on_ran: Callable[[str], None],
        tick_seconds: float = TICK_SECONDS,
        regular_jobs: Sequence[RegularJob] = (),
        daily_jobs: Sequence[DailyJob] = (),
    ) -> None:
        self._deliver = deliver
        self._sweep = sweep
        self._tick_seconds = tick_seconds
        self._on_crash = on_crash
        self._on_ran = on_ran
        self._delivering = asyncio.Lock()
        self._sweeping = False
        self._next_sweep: asyncio.TimerHandle | None = None
        self._waking: asyncio.Task[None] | None = None
        self._woken = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._swept_at: datetime | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, job, seconds in (
            ("sweep", self._sweep_once, tick_seconds),
            ("deliver", self._deliver_once, tick_seconds),
            ("measure", measure, MEASURE_SECONDS),
            *((regular.name, regular.job, regular.seconds) for regular in regular_jobs),
        ):
            self._scheduler.add_job(
                self._guarded(name, job),
                "interval",
                seconds=seconds,
                id=name,
                next_run_time=datetime.now(UTC),
            )
        for daily in daily_jobs:
            self._scheduler.add_job(
                self._guarded(daily.name, daily.job),
                CronTrigger.from_crontab(daily.crontab, timezone=UTC),
                id=daily.name,
            )

    def start(self) -> None:
        """Begin; call it inside the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start no further job; those under way go on."""
        if self._next_sweep is not None:
            self._next_sweep.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def finish(self) -> None:
        """Wait for the jobs under way; call it after `stop`."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def abandon(self) -> Collection[asyncio.Task[None]]:
        """Cancel the jobs under way."""
        for task in self._under_way:
            task.cancel()
        return set(self._under_way)

    def wake(self) -> None:
        """Deliver now rather than at the next tick; many calls in a row make one delivery."""
        self._woken = True
        if self._scheduler.running and (self._waking is None or self._waking.done()):
            self._waking = asyncio.get_running_loop().create_task(
                self._deliver_while_woken(), name="deliver now"
            )

    def sweep_in(self, seconds: float) -> None:
        """Sweep in so many seconds, where that is before the next tick; the earliest wish counts.

        One timer for the whole process, whatever the number of runs.
        """
        if seconds >= self._tick_seconds or not self._scheduler.running:
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + max(seconds, SWEEP_PAUSE_SECONDS)
        if self._next_sweep is not None:
            if self._next_sweep.when() <= at:
                return
            self._next_sweep.cancel()
        self._next_sweep = loop.call_at(at, self._sweep_now)

    def _sweep_now(self) -> None:
        self._next_sweep = None
        asyncio.get_running_loop().create_task(
            self._guarded("sweep", self._sweep_once)(), name="sweep now"
        )

    async def _deliver_while_woken(self) -> None:
        # What is written while a delivery is under way may have come too late for its claim.
        while self._woken:
            self._woken = False
            await self._guarded("deliver", self._deliver_once)()

    def is_well(self, now: datetime) -> bool:
        """Whether sweeps begin as they should."""
        if self._swept_at is None:
            return False
        return (now - self._swept_at).total_seconds() < 10 * TICK_SECONDS + 20

    async def _deliver_once(self) -> None:
        async with self._delivering:
            await self._deliver()

    async def _sweep_once(self) -> None:
        if self._sweeping:
            return
        self._sweeping = True
        self._swept_at = datetime.now(UTC)
        try:
            await self._sweep()
        finally:
            self._sweeping = False

    def _guarded(self, name: str, job: Job) -> Job:
        async def safely() -> None:
            try:
                await job()
            except Exception:  # noqa: BLE001 - the edge of the loop: the next tick tries again
                self._on_crash(name)
            else:
                self._on_ran(name)

        async def guarded() -> None:
            # APScheduler cancels its jobs when it is shut down, and would log that as an error;
            # what has begun is to be finished.
            task = asyncio.create_task(safely(), name=name)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(task)

        return guarded
