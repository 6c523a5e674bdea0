"""The clockwork, on real time: each test takes less than a second or two."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.schedule import Job, Schedule


@dataclass(slots=True)
class Jobs:
    """Jobs that count, may be slow and may fail."""

    runs: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    most_under_way: dict[str, int] = field(default_factory=dict)

    def job(self, name: str) -> Job:
        async def run() -> None:
            self.runs.append(name)
            self.under_way[name] = self.under_way.get(name, 0) + 1
            most = max(self.most_under_way.get(name, 0), self.under_way[name])
            self.most_under_way[name] = most
            try:
                if name in self.gates:
                    await self.gates[name].wait()
                if name in self.errors:
                    raise self.errors[name]
            finally:
                self.under_way[name] -= 1

        return run

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Schedule]:
        schedule = self.schedule()
        schedule.start()
        try:
            yield schedule
        finally:
            schedule.stop()

    def schedule(self) -> Schedule:
        return Schedule(
            sweep=self.job("sweep"),
            deliver=self.job("deliver"),
            measure=self.job("measure"),
            on_crash=self.crashes.append,
            on_ran=self.ran.append,
        )


async def _until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the jobs know nothing of the test
            await asyncio.sleep(0.01)


async def test_all_jobs_run_at_once_and_again_every_second() -> None:
    jobs = Jobs()
    async with jobs.running():
        await _until(lambda: {"sweep", "deliver", "measure"} <= set(jobs.runs), seconds=0.5)
        await _until(lambda: jobs.runs.count("sweep") >= 2 and jobs.runs.count("deliver") >= 2)
    assert jobs.runs.count("measure") == 1


async def test_a_job_that_is_under_way_is_not_begun_a_second_time() -> None:
    jobs = Jobs(gates={"sweep": asyncio.Event()})
    async with jobs.running() as schedule:
        await _until(lambda: jobs.runs.count("deliver") >= 2)
        assert jobs.runs.count("sweep") == 1
        jobs.gates["sweep"].set()
        await _until(lambda: jobs.runs.count("sweep") >= 2)
        assert schedule.is_well(datetime.now(UTC))
    assert jobs.most_under_way["sweep"] == 1


async def test_a_job_that_crashes_is_reported_and_runs_at_its_next_tick() -> None:
    jobs = Jobs(errors={"sweep": OSError("no database")})
    async with jobs.running():
        await _until(lambda: jobs.crashes.count("sweep") >= 2)
        assert "sweep" not in jobs.ran
        assert "deliver" in jobs.ran
        jobs.errors.clear()
        await _until(lambda: "sweep" in jobs.ran)


async def test_waking_delivers_before_the_next_tick() -> None:
    jobs = Jobs()
    async with jobs.running() as schedule:
        await _until(lambda: "deliver" in jobs.runs)
        schedule.wake()
        await _until(lambda: jobs.runs.count("deliver") == 2, seconds=0.5)


async def test_many_wakes_in_a_row_make_one_delivery() -> None:
    jobs = Jobs()
    async with jobs.running() as schedule:
        await _until(lambda: "deliver" in jobs.runs)
        for _ in range(100):
            schedule.wake()
        await asyncio.sleep(0.1)
        assert jobs.runs.count("deliver") == 2


async def test_a_wake_during_a_delivery_is_not_lost_and_makes_no_second_one_at_once() -> None:
    jobs = Jobs(gates={"deliver": asyncio.Event()})
    async with jobs.running() as schedule:
        await _until(lambda: "deliver" in jobs.runs)
        for _ in range(3):
            schedule.wake()
            await asyncio.sleep(0.01)
        assert jobs.runs.count("deliver") == 1
        jobs.gates["deliver"].set()
        await _until(lambda: jobs.runs.count("deliver") >= 2, seconds=0.5)
    assert jobs.most_under_way["deliver"] == 1


async def test_a_wake_during_a_woken_delivery_makes_one_more() -> None:
    jobs = Jobs()
    async with jobs.running() as schedule:
        await _until(lambda: "deliver" in jobs.ran)
        jobs.gates["deliver"] = asyncio.Event()
        schedule.wake()
        await _until(lambda: jobs.runs.count("deliver") == 2, seconds=0.5)
        schedule.wake()
        jobs.gates["deliver"].set()
        await _until(lambda: jobs.runs.count("deliver") == 3, seconds=0.5)


async def test_a_woken_delivery_that_crashes_is_reported() -> None:
    jobs = Jobs()
    async with jobs.running() as schedule:
        await _until(lambda: "deliver" in jobs.ran)
        jobs.errors["deliver"] = OSError("no database")
        schedule.wake()
        await _until(lambda: jobs.crashes == ["deliver"], seconds=0.5)


async def test_a_wake_before_the_start_or_after_the_stop_does_nothing() -> None:
    jobs = Jobs()
    schedule = jobs.schedule()
    schedule.wake()
    schedule.stop()
    await asyncio.sleep(0.02)
    assert jobs.runs == []
    schedule.start()
    await _until(lambda: "deliver" in jobs.runs)
    schedule.stop()
    await asyncio.sleep(0)
    before = len(jobs.runs)
    schedule.wake()
    await asyncio.sleep(0.02)
    assert len(jobs.runs) == before


async def test_it_is_well_while_sweeps_begin() -> None:
    jobs = Jobs(gates={"sweep": asyncio.Event()})
    schedule = jobs.schedule()
    assert not schedule.is_well(datetime.now(UTC))
    schedule.start()
    await _until(lambda: "sweep" in jobs.runs)
    assert schedule.is_well(datetime.now(UTC))
    assert not schedule.is_well(datetime.now(UTC) + timedelta(seconds=31))
    jobs.gates["sweep"].set()
    schedule.stop()


async def test_a_job_under_way_at_a_stop_goes_on_and_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    jobs = Jobs(gates={"sweep": asyncio.Event()})
    schedule = jobs.schedule()
    schedule.start()
    await _until(lambda: "sweep" in jobs.runs)
    schedule.stop()
    await asyncio.sleep(0.02)
    jobs.gates["sweep"].set()
    await schedule.finish()
    assert "sweep" in jobs.ran
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_job_that_hangs_can_be_abandoned() -> None:
    jobs = Jobs(gates={"sweep": asyncio.Event()})
    schedule = jobs.schedule()
    schedule.start()
    await _until(lambda: "sweep" in jobs.runs)
    schedule.stop()
    left = schedule.abandon()
    assert left
    await asyncio.wait(left)
    await schedule.finish()
    assert "sweep" not in jobs.ran
