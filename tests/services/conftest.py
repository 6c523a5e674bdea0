"""What the tests of the services share."""

import pytest

from tests.services.delivery_bench import Bench


@pytest.fixture
def outbox() -> Bench:
    """A delivery with nothing in its outbox yet."""
    return Bench()
