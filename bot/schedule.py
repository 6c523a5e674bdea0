"""The clockwork: the only file that knows APScheduler.

A handful of jobs for the whole process, never one for each run (DESIGN §5.5).
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Job = Callable[[], Coroutine[Any, Any, None]]

SWEEP_SECONDS = 1.0
DELIVER_SECONDS = 1.0
MEASURE_SECONDS = 5.0


class Schedule:
    """Runs the sweep, the delivery and the measuring, each at most once at a time."""

    def __init__(
        self,
        *,
        sweep: Job,
        deliver: Job,
        measure: Job,
        on_crash: Callable[[str], None],
        on_ran: Callable[[str], None],
    ) -> None:
        self._deliver = deliver
        self._on_crash = on_crash
        self._on_ran = on_ran
        self._delivering = asyncio.Lock()
        self._waking: asyncio.Task[None] | None = None
        self._woken = False
        self._swept_at: datetime | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, job, seconds in (
            ("sweep", self._noting(sweep), SWEEP_SECONDS),
            ("deliver", self._deliver_once, DELIVER_SECONDS),
            ("measure", measure, MEASURE_SECONDS),
        ):
            self._scheduler.add_job(
                self._guarded(name, job),
                "interval",
                seconds=seconds,
                id=name,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Begin; call it inside the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start no further job; those under way go on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wake(self) -> None:
        """Deliver now rather than at the next tick; many calls in a row make one delivery."""
        self._woken = True
        if self._scheduler.running and (self._waking is None or self._waking.done()):
            self._waking = asyncio.get_running_loop().create_task(
                self._deliver_while_woken(), name="deliver now"
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
        return (now - self._swept_at).total_seconds() < 10 * SWEEP_SECONDS + 20

    async def _deliver_once(self) -> None:
        async with self._delivering:
            await self._deliver()

    def _noting(self, sweep: Job) -> Job:
        async def noted() -> None:
            self._swept_at = datetime.now(UTC)
            await sweep()

        return noted

    def _guarded(self, name: str, job: Job) -> Job:
        async def guarded() -> None:
            try:
                await job()
            except Exception:  # noqa: BLE001 - the edge of the loop: the next tick tries again
                self._on_crash(name)
            else:
                self._on_ran(name)

        return guarded
