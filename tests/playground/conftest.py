from collections.abc import AsyncIterator

import httpx
import pytest

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_world import DEMO_KEY, WEBSHOP, ApiKey, Project, QATechWorld
from bot.playground.scenarios import all_passed, three_failed
from tests.fakes.stepped_time import SteppedTime

OTHER = Project("proj_other1", "other")
KEYS = (
    DEMO_KEY,
    ApiKey("reader", can_write=False),
    ApiKey("org", frozenset({WEBSHOP.short_id, OTHER.short_id}), organisation=True),
)


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
def world(time: SteppedTime) -> QATechWorld:
    world = QATechWorld(time_source=time, keys=KEYS, projects=(WEBSHOP, OTHER))
    world.add(three_failed("Bad"), age=10_000)
    world.add(all_passed("Good", duration=100))
    world.add(all_passed("Else"), project=OTHER, age=10_000)
    return world


@pytest.fixture
async def http(world: QATechWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(SimulatedQATech(world)),
        base_url="http://simulated",
        headers=bearer(DEMO_KEY.token),
    ) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
