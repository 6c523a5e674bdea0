"""The log of a test, as the operator reads it."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs

_NAMES = (None, "qarun", "apscheduler", "slack_bolt", "uvicorn")


class Log:
    """The log so far, as JSON, from the debug level on."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines()]


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Logging is the process's: it is put back."""
    loggers = [logging.getLogger(name) for name in _NAMES]
    levels = [logger.level for logger in loggers]
    handlers = loggers[0].handlers
    yield
    loggers[0].handlers = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def log(logs_as_before: None) -> Log:
    stream = io.StringIO()
    with contextlib.redirect_stderr(stream):
        configure_logs("json", "debug")
    return Log(stream)


def crash(error: Exception, tell: Any, *parts: Any) -> None:
    """Let this error be told as at the edge of a loop, where it is being handled."""
    try:
        raise error
    except Exception:  # noqa: BLE001 - as at the edge of a loop
        tell(*parts)
