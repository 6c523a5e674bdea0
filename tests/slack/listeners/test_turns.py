"""How many answers are worked on at once."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.slack.listeners.turns import AT_ONCE, Turns


@dataclass(slots=True)
class Work:
    """Answers that last until they are let go."""

    turns: Turns = field(default_factory=Turns)
    at_work: set[int] = field(default_factory=set)
    began: list[int] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, number: int) -> None:
        async with self.turns:
            self.at_work.add(number)
            self.began.append(number)
            await self.done.wait()
            self.at_work.discard(number)

    def begin(self, *numbers: int) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.answer(number)) for number in numbers]


async def test_one_answer_after_the_other_has_its_turn_at_once() -> None:
    work = Work()
    for number in range(5):
        (task,) = work.begin(number)
        await asyncio.sleep(0.02)
        assert number in work.at_work
    work.done.set()
    await task


async def test_in_a_burst_one_answer_is_worked_on_at_a_time() -> None:
    work = Work()
    tasks = work.begin(*range(60))
    await asyncio.sleep(0)
    at_once = len(work.at_work)
    assert at_once <= 10  # those that came before it was a burst
    await asyncio.sleep(0.02)
    assert len(work.at_work) == at_once
    work.done.set()
    await asyncio.gather(*tasks)
    assert work.began == list(range(60))


async def test_after_a_burst_as_many_are_worked_on_as_otherwise() -> None:
    work = Work()
    tasks = work.begin(*range(60))
    await asyncio.sleep(0.2)
    assert len(work.at_work) == AT_ONCE
    work.done.set()
    await asyncio.gather(*tasks)
    assert len(work.began) == 60


async def test_who_is_cancelled_while_waiting_takes_nobodys_turn() -> None:
    work = Work()
    tasks = work.begin(*range(AT_ONCE + 2))
    await asyncio.sleep(0.2)
    waiting, last = tasks[AT_ONCE:]
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    work.done.set()
    await asyncio.gather(*tasks[:AT_ONCE], last)
    assert AT_ONCE + 1 in work.began
    assert AT_ONCE not in work.began


async def test_an_answer_that_fails_gives_its_turn_back() -> None:
    turns = Turns()
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ValueError, match="a bug"):
            async with turns:
                raise ValueError("a bug")
    async with asyncio.timeout(1):
        async with turns:
            pass
