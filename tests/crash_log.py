"""The log of a test, in which nothing may have crashed."""

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """The log lines of a test; a crash in any of them fails it, whatever it was about."""
    with capture_logs(processors=[format_exc_info]) as lines:
        yield lines
    crashed = [line for line in lines if str(line.get("event")).endswith("crashed")]
    assert not crashed, crashed[0].get("exception", crashed[0])
