"""What the edge of a listener does with an error that nobody expected there."""

from typing import Any

import structlog

from bot.domain.errors import DatabaseError
from bot.slack.blocks import problems
from bot.slack.blocks.message import Message

_log = structlog.stdlib.get_logger("qarun.slack")


def explain(error: Exception, event: str, **about: Any) -> Message:
    """Log the error being handled under this event name, and say it in words for the person.

    A database that cannot be used is no error of ours: it has been logged, once.
    """
    if not isinstance(error, DatabaseError):
        _log.exception(event, **about)
    return problems.broken(error)
