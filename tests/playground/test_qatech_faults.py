import asyncio
from typing import Any

import httpx
import pytest

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_faults import Compute, Receive, Send, delay, drip, hang, refuse
from bot.playground.qatech_world import DEMO_KEY, QATechWorld
from bot.serving import listen, serving
from tests.fakes.stepped_time import SteppedTime
from tests.playground.conftest import bearer

BOTH = {"testCases": "all", "issues": "all"}


async def test_the_journal_keeps_what_was_asked_but_no_key(
    http: httpx.AsyncClient, world: QATechWorld, time: SteppedTime
) -> None:
    await http.get("/v1/run/Bad", params=BOTH)
    time.step(5)
    await http.post("/v1/run/nope", json={})
    first, second = world.journal
    assert (first.method, first.path, first.status) == ("GET", "/v1/run/Bad", 200)
    assert first.parameters == BOTH
    assert (second.method, second.status) == ("POST", 404)
    assert second.at - first.at == 5
    assert DEMO_KEY.token not in repr(world.journal)


async def test_a_fault_befalls_so_many_requests(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    world.faults.inject(refuse(500), times=2)
    statuses = [(await http.get("/v1/run/Bad")).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    assert [asked.status for asked in world.journal] == statuses


async def test_a_fault_may_be_for_one_run_until_it_is_cleared(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    world.faults.inject(refuse(503, "down for a while"), short_id="Bad")
    for _ in range(3):
        assert (await http.get("/v1/run/Bad")).json() == {"message": "down for a while"}
        assert (await http.get("/v1/run/Good")).status_code == 200
    world.faults.clear()
    assert (await http.get("/v1/run/Bad")).status_code == 200


async def test_a_refused_rerun_has_not_happened_and_a_late_one_has(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    run = world.run("Bad")
    assert run is not None
    world.faults.inject(refuse(500), times=1)
    await http.post("/v1/run/Bad", json={})
    assert run.reruns == 0
    world.faults.inject(delay(0.01), times=1)
    assert (await http.post("/v1/run/Bad", json={})).status_code == 200
    assert run.reruns == 1


async def test_a_dripping_answer_is_a_true_one_for_who_waits(world: QATechWorld) -> None:
    world.faults.inject(drip(0), times=1)
    async with (
        serving(SimulatedQATech(world), listen("127.0.0.1", 0)) as url,
        httpx.AsyncClient(base_url=url, headers=bearer(DEMO_KEY.token)) as client,
    ):
        answer: dict[str, Any] = (await client.get("/v1/run/Bad")).json()
    assert answer["shortId"] == "Bad"


async def test_a_request_that_hangs_stands_in_the_journal_without_a_status(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    reached = asyncio.Event()

    async def never_answer(compute: Compute, receive: Receive, send: Send) -> None:
        reached.set()
        await hang()(compute, receive, send)

    world.faults.inject(never_answer, times=1)
    asking = asyncio.create_task(http.get("/v1/run/Bad"))
    await reached.wait()
    asking.cancel()
    assert [asked.status for asked in world.journal] == [None]


async def test_a_hanging_request_ends_when_the_client_is_gone(world: QATechWorld) -> None:
    world.faults.inject(hang(), times=1)
    async with serving(SimulatedQATech(world), listen("127.0.0.1", 0)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=0.1) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/v1/run/Bad")
        loop = asyncio.get_running_loop()
        began = loop.time()
    assert loop.time() - began < 2
