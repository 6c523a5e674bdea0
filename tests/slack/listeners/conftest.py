from collections.abc import AsyncIterator

import pytest

from tests.crash_log import log
from tests.slack.listeners.bench import Bench, bench_of

__all__ = ["log"]


@pytest.fixture(params=["socket", "http"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Listeners that hear payloads both ways."""
    async with bench_of(over_http=request.param == "http") as made:
        yield made
