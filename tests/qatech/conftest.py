from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_world import DEMO_KEY, QATechWorld
from bot.playground.scenarios import all_passed, three_failed
from bot.qatech.client import QATech
from bot.qatech.events import QATechEvents
from bot.qatech.requests import ProjectAccess
from bot.serving import listen, serving
from tests.fakes.stepped_time import SteppedTime

MakeClient = Callable[..., QATech]


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
def world(time: SteppedTime) -> QATechWorld:
    world = QATechWorld(time_source=time)
    world.add(three_failed(), age=10_000)
    world.add(all_passed())
    return world


@pytest.fixture
async def base_url(world: QATechWorld) -> AsyncIterator[str]:
    async with serving(SimulatedQATech(world), listen("127.0.0.1", 0)) as url:
        yield url


@pytest.fixture
async def make_client(base_url: str, time: SteppedTime) -> AsyncIterator[MakeClient]:
    """Builds clients of the simulated QA.tech; named arguments override the usual ones."""
    clients: list[QATech] = []

    def make(
        *,
        url: str = base_url,
        token: str = DEMO_KEY.token,
        project: str | None = None,
        max_rps: float = 1000.0,
        timeout_seconds: float = 5.0,
        events: QATechEvents | None = None,
    ) -> QATech:
        access = ProjectAccess(SecretStr(token), project)
        client = QATech(
            url,
            {"default": access, "other": access},
            max_rps=max_rps,
            version="1.2.3",
            timeout_seconds=timeout_seconds,
            events=events,
            clock=time,
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def client(make_client: MakeClient) -> QATech:
    return make_client()
