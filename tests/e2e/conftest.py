from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.e2e.rooms import Rooms
from tests.e2e.stage import Installation, installed


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """The log lines of a test; a crash in any of them fails it, whatever it was about."""
    with capture_logs() as lines:
        yield lines
    crashed = [line for line in lines if str(line.get("event")).endswith("crashed")]
    assert not crashed, crashed[0]


@pytest.fixture(params=["socket", "http"])
async def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    """A running bot, over Socket Mode and over signed HTTP."""
    async with (
        installed(tmp_path, over_http=request.param == "http") as installation,
        installation.running(),
    ):
        yield installation


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """A running bot, over Socket Mode, for what does not depend on the way to it."""
    async with installed(tmp_path) as installation, installation.running():
        yield installation


@pytest.fixture
def rooms(installation: Installation, log: list[Any]) -> Rooms:
    return Rooms(installation, log)
