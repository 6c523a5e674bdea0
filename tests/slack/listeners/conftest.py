from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.slack.listeners.bench import Bench, bench_of


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """The log lines of a test; a listener that crashed fails it."""
    with capture_logs() as lines:
        yield lines
    crashed = [line for line in lines if str(line.get("event")).endswith("crashed")]
    assert not crashed, crashed[0]


@pytest.fixture(params=["socket", "http"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Listeners that hear payloads both ways."""
    async with bench_of(over_http=request.param == "http") as made:
        yield made
