"""What the tests of the services share."""

import pytest

from tests.domain.build import KEY
from tests.services.delivery_bench import Bench
from tests.services.polling_bench import HALF_DONE, PollingBench


@pytest.fixture
def outbox() -> Bench:
    """A delivery with nothing in its outbox yet."""
    return Bench()


@pytest.fixture
def bench() -> PollingBench:
    """A polling whose QA.tech knows one run, half done."""
    bench = PollingBench()
    bench.qatech.put(KEY, HALF_DONE)
    return bench
