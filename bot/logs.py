"""Logs: one line for each event, with a stable name, `run` and `channel`.

A failure that repeats is logged once, and once more when it is over (DESIGN §5.8).
"""

import logging
import sys
from collections.abc import Collection
from typing import Literal

import structlog

from bot.discretion import Discretion, visible
from bot.domain.digest_rule import Period
from bot.domain.errors import AccessDenied, QATechError, UnexpectedAnswer
from bot.domain.notice import Notice
from bot.domain.observe import Observation
from bot.domain.rules import Decision
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.metrics import Metrics
from bot.services.digest import DigestOutcome
from bot.services.ports import Dropped, Gone, Retry, Sent, TellResult


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


class Failures:
    """Remembers which failures are going on, so that each is logged once and its end once."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}

    def began(self, what: str, why: str) -> bool:
        """Whether this failure is new, or has another reason than before."""
        is_new = self._open.get(what) != why
        self._open[what] = why
        return is_new

    def ended(self, what: str) -> bool:
        """Whether it was going on until now."""
        return self._open.pop(what, None) is not None


class Events:
    """What polls and deliveries tell the operator; implements the services' event ports."""

    def __init__(self, metrics: Metrics) -> None:
        self._log = structlog.stdlib.get_logger("qarun")
        self._metrics = metrics
        self._failures = Failures()

    def polled(self, tracked: TrackedRun, observation: Observation, *, saved: bool) -> None:
        self._metrics.polls.labels(observation.value).inc()
        log = self._log.bind(run=str(tracked.key), observation=observation.value)
        if self._failures.ended(f"poll {tracked.key}"):
            log.info("poll_recovered")
        if not saved:
            log.warning("lease_lost")
        elif observation in {Observation.UNCHANGED, Observation.AGED, Observation.NO_ANSWER}:
            log.debug("polled", status=tracked.status)
        else:
            log.info("polled", status=tracked.status, result=tracked.result)

    def qatech_failed(self, tracked: TrackedRun, error: QATechError) -> None:
        kind = type(error).__name__
        self._metrics.qatech_failures.labels(kind).inc()
        if self._failures.began(_source(tracked, kind), kind):
            level = logging.ERROR if isinstance(error, AccessDenied) else logging.WARNING
            self._log.log(level, "qatech_failing", run=str(tracked.key), why=str(error), kind=kind)

    def qatech_answered(self, tracked: TrackedRun) -> None:
        ended = [self._failures.ended(source) for source in (_source(tracked), str(tracked.key))]
        if any(ended):
            self._log.info("qatech_recovered", run=str(tracked.key))

    def poll_crashed(self, tracked: TrackedRun) -> None:
        self._metrics.crashes.labels("poll").inc()
        if self._failures.began(f"poll {tracked.key}", _crash()):
            self._log.exception("poll_crashed", run=str(tracked.key))

    def told(self, notice: Notice, result: TellResult) -> None:
        self._metrics.deliveries.labels(type(result).__name__.lower()).inc()
        log = self._log.bind(
            kind=notice.fact.kind, channel=notice.channel, notice=notice.id, watch=notice.watch_id
        )
        channel = f"channel {notice.channel}"
        match result:
            case Sent(ts=ts):
                if any(
                    [self._failures.ended(channel), self._failures.ended(f"crash in {channel}")]
                ):
                    log.info("channel_recovered")
                log.info("told", ts=ts)
            case Retry(why=why):
                if self._failures.began(channel, why):
                    log.warning("telling_failed", why=why, uncertain=result.uncertain)
            case Dropped(why=why) | Gone(why=why):
                log.error("notice_dropped", why=why)

    def came_back(self, runs: int) -> None:
        """No process of the bot was at work for a while; so many runs are looked at at once."""
        self._log.info("came_back", runs=runs)

    def alert_decided(self, key: RunKey, channel: str, decision: Decision) -> None:
        """Whether the end of a run is told in a channel, and why."""
        self._metrics.alert_decisions.labels(decision.reason.value).inc()
        self._log.info(
            "alert_decided",
            run=str(key),
            channel=channel,
            reason=decision.reason.value,
            told=decision.tell,
        )

    def digest_decided(self, channel: str, period: Period, outcome: DigestOutcome) -> None:
        """Whether the digest of a period is told in a channel, and if not, why."""
        self._metrics.digests.labels(outcome.value).inc()
        self._failures.ended(f"digest of {channel}")
        self._log.info("digest_decided", channel=channel, period=period.key, outcome=outcome.value)

    def digest_crashed(self, channel: str) -> None:
        self._metrics.crashes.labels("digest").inc()
        if self._failures.began(f"digest of {channel}", _crash()):
            self._log.exception("digest_crashed", channel=channel)

    def delivery_crashed(self, channel: str) -> None:
        self._metrics.crashes.labels("delivery").inc()
        if self._failures.began(f"crash in channel {channel}", _crash()):
            self._log.exception("delivery_crashed", channel=channel)

    def loop_crashed(self, loop: str) -> None:
        """An error of our own at the edge of a job; the next tick tries again."""
        self._metrics.crashes.labels(loop).inc()
        if self._failures.began(f"loop {loop}", _crash()):
            self._log.exception("loop_crashed", loop=loop)

    def loop_ran(self, loop: str) -> None:
        """A job came to its end without an error."""
        if self._failures.ended(f"loop {loop}"):
            self._log.info("loop_recovered", loop=loop)


def _source(tracked: TrackedRun, kind: str = "") -> str:
    """Whose failure it is: the project's with its one key; an odd answer is one run's own."""
    if kind == UnexpectedAnswer.__name__:
        return str(tracked.key)
    return f"project {tracked.key.project}"


def _crash() -> str:
    """The error being handled, to tell it from another one."""
    return repr(sys.exc_info()[1])
