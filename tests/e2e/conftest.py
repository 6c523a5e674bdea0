from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash_log import log
from tests.e2e.rooms import Rooms
from tests.e2e.stage import Installation, installed

__all__ = ["log"]


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
