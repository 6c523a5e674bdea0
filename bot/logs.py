"""How logs are written; what is written stands in `bot/events.py`."""

import logging
import sys
from collections.abc import Collection
from typing import Literal

import structlog

from bot.discretion import Discretion, visible


def configure_logs(
    form: Literal["console", "json"] | None, level: str, *, secrets: Collection[str] = ()
) -> None:
    """Write logs to stderr; without a form, for people on a terminal and as JSON elsewhere.

    None of `secrets`, nor what looks like one, is ever written.
    """
    as_console = form == "console" or (form is None and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: list[structlog.typing.Processor] = (
        [
            structlog.processors.format_exc_info,  # as text, so that `visible` sees it
            visible,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The prettier formatters show local variables, tokens among them.
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
        if as_console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        Discretion(
            secrets=secrets,
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries are heard only when something is wrong: below that, their lines repeat ours or
    # show requests in full.
    root.setLevel(logging.WARNING)
    logging.getLogger("qarun").setLevel(level.upper())
    # APScheduler warns whenever a job is still busy at its next second, which under load is as it
    # should be; Bolt that it looked at SLACK_BOT_TOKEN itself, and in full of payloads that nobody
    # listens for, `response_url` and all.
    # uvicorn has a line for each malformed request that anybody sends.
    for library in ("apscheduler", "slack_bolt", "uvicorn"):
        logging.getLogger(library).setLevel(logging.ERROR)
