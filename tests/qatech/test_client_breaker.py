"""The client leaves a QA.tech that is down alone."""

import asyncio

import pytest

from bot.domain.errors import LeftAlone, QATechError, Unavailable
from bot.domain.short_id import RunKey
from bot.playground.qatech_faults import Fault, cut, hang, html, refuse, wrong_types
from bot.playground.qatech_world import QATechWorld
from bot.qatech.breaker import BreakerState
from bot.qatech.client import QATech
from bot.qatech.events import Call
from bot.services.ports import BARE
from tests.fakes.stepped_time import SteppedTime
from tests.qatech.conftest import MakeClient

KEYS = [RunKey("default", "Bq7Tz"), RunKey("other", "UkxK")]


class Heard:
    """`QATechEvents`, kept."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Call, str | None, bool]] = []
        self.states: list[BreakerState] = []

    def qatech_answered(self, key: RunKey, call: Call, seconds: float) -> None:
        self.calls.append((str(key), call, None, True))

    def qatech_failed(
        self, key: RunKey, call: Call, error: QATechError, seconds: float | None
    ) -> None:
        self.calls.append((str(key), call, type(error).__name__, seconds is not None))

    def qatech_breaker(self, state: BreakerState) -> None:
        self.states.append(state)


async def ask_all(client: QATech, times: int) -> list[object]:
    """Both projects, so many times each, all at once."""
    asking = [client.get_run(key, BARE) for key in KEYS for _ in range(times)]
    return list(await asyncio.gather(*asking, return_exceptions=True))


async def bring_down(client: QATech, world: QATechWorld, fault: Fault) -> None:
    world.faults.inject(fault)
    for _ in range(3):
        for key in KEYS:
            with pytest.raises(Unavailable):
                await client.get_run(key, BARE)


@pytest.mark.parametrize("fault", [refuse(500), html(502), refuse(503), cut()])
async def test_a_qatech_that_is_down_is_hammered_neither_then_nor_when_the_rest_is_over(
    client: QATech, world: QATechWorld, time: SteppedTime, fault: Fault
) -> None:
    await bring_down(client, world, fault)
    asked = len(world.journal)
    assert all(isinstance(one, LeftAlone) for one in await ask_all(client, 25))
    assert len(world.journal) == asked
    assert client.problem() == "is unavailable and asked again in 5 s"
    time.step(5)
    answers = await ask_all(client, 25)
    assert len(world.journal) == asked + 1
    assert sum(isinstance(one, LeftAlone) for one in answers) == 49
    world.faults.clear()
    time.step(10)
    await client.get_run(KEYS[0], BARE)
    assert not [one for one in await ask_all(client, 3) if isinstance(one, Exception)]
    assert client.problem() is None


async def test_who_is_left_alone_is_told_for_how_long_at_once(
    client: QATech, world: QATechWorld, time: SteppedTime
) -> None:
    await bring_down(client, world, refuse(500))
    time.step(2)
    began = asyncio.get_running_loop().time()
    with pytest.raises(LeftAlone, match="left alone for 3 s") as raised:
        await client.get_run(KEYS[0], BARE)
    assert raised.value.retry_after == 3
    assert asyncio.get_running_loop().time() - began < 0.5


@pytest.mark.parametrize("fault", [refuse(401), refuse(404), wrong_types(), html(200)])
async def test_answers_that_are_no_outage_leave_the_breaker_closed(
    client: QATech, world: QATechWorld, fault: Fault
) -> None:
    world.faults.inject(fault)
    await ask_all(client, 10)
    assert client.problem() is None
    assert len(world.journal) == 20


async def test_a_probe_that_nobody_waits_for_any_more_makes_room(
    client: QATech, world: QATechWorld, time: SteppedTime
) -> None:
    await bring_down(client, world, refuse(500))
    world.faults.clear()
    world.faults.inject(hang(), times=1)
    time.step(5)
    probe = asyncio.create_task(client.get_run(KEYS[0], BARE))
    await asyncio.sleep(0.1)
    with pytest.raises(LeftAlone):
        await client.get_run(KEYS[1], BARE)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert (await client.get_run(KEYS[1], BARE)).short_id == "UkxK"


async def test_each_call_is_told_with_what_it_came_to(
    make_client: MakeClient, world: QATechWorld
) -> None:
    heard = Heard()
    client = make_client(events=heard)
    await client.get_run(KEYS[1], BARE)
    await bring_down(client, world, refuse(500))
    with pytest.raises(LeftAlone):
        await client.rerun(KEYS[0], failed_only=True)
    assert heard.calls == [
        ("other/UkxK", "run", None, True),
        *[(str(key), "run", "Unavailable", True) for key in (*KEYS, *KEYS, KEYS[0])],
        ("other/UkxK", "run", "LeftAlone", False),
        ("Bq7Tz", "rerun", "LeftAlone", False),
    ]
    assert heard.states == [BreakerState.OPEN]
