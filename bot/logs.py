"""How logs are written; what is written stands in `bot/events.py`."""

import logging
import sys
from typing import Literal

import structlog


def configure_logs(form: Literal["console", "json"] | None, level: str) -> None:
    """Write logs to stderr; without a form, for people on a terminal and as JSON elsewhere."""
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
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The prettier formatters show local variables, tokens among them.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
        if as_console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
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
    for library in ("apscheduler", "slack_bolt"):
        logging.getLogger(library).setLevel(logging.ERROR)
