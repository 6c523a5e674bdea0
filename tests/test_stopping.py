"""How a stop goes, with work that ends, work that waits for QA.tech, and work that hangs."""

import asyncio
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from bot import stopping
from bot.stopping import Stopping


@dataclass
class Busy:
    """`Work`: one task that ends when its event is set."""

    name: str
    done: list[str]
    end: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    def begin(self) -> "Busy":
        self.task = asyncio.create_task(self._work())
        return self

    async def _work(self) -> None:
        await self.end.wait()
        self.done.append(self.name)

    async def finish(self) -> None:
        if self.task is not None:
            await asyncio.wait({self.task})

    def abandon(self) -> Collection[asyncio.Task[Any]]:
        assert self.task is not None
        self.task.cancel()
        return {self.task}


async def test_what_ends_by_itself_is_waited_for_and_qatech_is_not_given_up() -> None:
    done: list[str] = []
    given_up: list[bool] = []

    async def give_up() -> None:
        given_up.append(True)

    works = [Busy(name, done).begin() for name in ("jobs", "polls")]
    stop = Stopping(works, stop_waiting=give_up)
    stop.begin()
    loop = asyncio.get_running_loop()
    for work in works:
        loop.call_later(0.1, work.end.set)
    began = loop.time()
    await stop.finish()
    assert done == ["jobs", "polls"]
    assert loop.time() - began < 1
    assert not given_up


async def test_who_waits_for_qatech_is_told_to_wait_no_longer_and_finishes() -> None:
    done: list[str] = []
    poll = Busy("poll", done).begin()

    async def give_up() -> None:
        poll.end.set()

    stop = Stopping([poll], stop_waiting=give_up)
    began = asyncio.get_running_loop().time()
    await stop.finish()
    assert done == ["poll"]
    assert asyncio.get_running_loop().time() - began < stopping.QATECH_SECONDS + 1


async def test_what_hangs_is_cancelled_in_time() -> None:
    done: list[str] = []
    hanging = Busy("hanging", done).begin()

    async def give_up() -> None:
        pass

    began = asyncio.get_running_loop().time()
    await Stopping([hanging], stop_waiting=give_up).finish()
    assert asyncio.get_running_loop().time() - began < 10
    assert hanging.task is not None
    assert hanging.task.cancelled()


async def test_a_process_that_does_not_end_is_ended_at_last() -> None:
    stuck = "import time; from bot.stopping import end_at_last; end_at_last(0.1); time.sleep(60)"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", stuck), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        said, _ = await process.communicate()
    assert process.returncode == 0
    assert b"stop_cut_short" in said
