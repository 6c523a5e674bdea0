"""What happens, told to the operator: one log line with a stable name, and its metric.

`docs/operating/logs.md` lists the names; a test holds the two against each other. A failure that
repeats is logged once, and once more when it is over (DESIGN §5.8).
"""

import logging
import sys
from typing import Any

import structlog

from bot.domain.digest_rule import Period
from bot.domain.errors import (
    AccessDenied,
    DatabaseError,
    LeftAlone,
    NothingToRerun,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.domain.notice import Telling
from bot.domain.observe import Observation
from bot.domain.rules import Decision
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.failures import Failures
from bot.metrics import OTHER, Metrics, bounded
from bot.qatech.breaker import BreakerState
from bot.qatech.events import Call
from bot.services.digest import DigestOutcome
from bot.services.ports import Dropped, Gone, Retry, Sent, TellResult
from bot.slack.timing import Method, Payload, SlackOutcome

_OUTCOMES: dict[type[QATechError], str] = {
    RunNotFound: "not_found",
    AccessDenied: "access_denied",
    NothingToRerun: "nothing_to_rerun",
    UsageLimitReached: "usage_limit",
    RateLimited: "rate_limited",
    Unavailable: "unavailable",
    LeftAlone: "left_alone",
    UnexpectedAnswer: "unexpected",
}
_ANSWERS = (RunNotFound, NothingToRerun, UsageLimitReached)
"""Errors of a request that show QA.tech to be well."""


class Events:
    """Implements the ports by which polls, deliveries and neighbours tell what happens."""

    def __init__(self, metrics: Metrics, failures: Failures | None = None) -> None:
        self._log = structlog.stdlib.get_logger("qarun")
        self._metrics = metrics
        self._failures = failures or Failures()

    # --- polls

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

    def poll_crashed(self, tracked: TrackedRun) -> None:
        self._crashed("poll", f"poll {tracked.key}", "poll_crashed", run=str(tracked.key))

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
        self._crashed("digest", f"digest of {channel}", "digest_crashed", channel=channel)

    # --- QA.tech

    def qatech_answered(self, key: RunKey, call: Call, seconds: float) -> None:
        self._metrics.qatech_requests.labels(call, "answered").observe(seconds)
        ended = [self._failures.ended(source) for source in (_source(key), str(key))]
        if any(ended):
            self._log.info("qatech_recovered", run=str(key))

    def qatech_failed(
        self, key: RunKey, call: Call, error: QATechError, seconds: float | None
    ) -> None:
        """`seconds` is None where no request was made: then nothing new is known either."""
        outcome = _OUTCOMES.get(type(error), OTHER)
        if seconds is None:
            why = bounded("qarun_qatech_not_asked", "why", outcome)
            self._metrics.qatech_not_asked.labels(why).inc()
            return
        outcome = bounded("qarun_qatech_request_seconds", "outcome", outcome)
        self._metrics.qatech_requests.labels(call, outcome).observe(seconds)
        if isinstance(error, _ANSWERS):
            if self._failures.ended(_source(key)):
                self._log.info("qatech_recovered", run=str(key))
        elif self._failures.began(_source(key, error), outcome):
            level = logging.ERROR if isinstance(error, AccessDenied) else logging.WARNING
            self._log.log(level, "qatech_failing", run=str(key), why=str(error), kind=outcome)

    def qatech_breaker(self, state: BreakerState) -> None:
        self._metrics.breaker_is(state)
        if state is BreakerState.OPEN and self._failures.began("breaker", ""):
            self._log.warning("qatech_left_alone")
        if state is BreakerState.CLOSED and self._failures.ended("breaker"):
            self._log.info("qatech_asked_again")

    # --- Slack

    def told(self, telling: Telling, result: TellResult) -> None:
        self._metrics.deliveries.labels(type(result).__name__.lower()).inc()
        notice = telling.notice
        log = self._log.bind(kind=notice.fact.kind, channel=notice.channel, notice=notice.id)
        if telling.tracked is not None:
            log = log.bind(run=str(telling.tracked.key))
        if notice.watch_id is not None:
            log = log.bind(watch=notice.watch_id)
        channel = f"channel {notice.channel}"
        match result:
            case Sent(ts=ts):
                if any(
                    [self._failures.ended(channel), self._failures.ended(f"crash in {channel}")]
                ):
                    log.info("channel_recovered")
                if self._failures.ended("slack"):
                    log.info("slack_recovered")
                log.info("told", ts=ts)
            case Retry(why=why, operator=True):
                # One token for all channels: not a line for each.
                if self._failures.began("slack", why):
                    log.error("slack_refuses", why=why)
            case Retry(why=why):
                if self._failures.began(channel, why):
                    log.warning("telling_failed", why=why, uncertain=result.uncertain)
            case Dropped(why=why) | Gone(why=why):
                log.error("notice_dropped", why=why)

    def delivery_crashed(self, channel: str) -> None:
        source = f"crash in channel {channel}"
        self._crashed("delivery", source, "delivery_crashed", channel=channel)

    def slack_acked(self, payload: Payload, seconds: float) -> None:
        self._metrics.ack.labels(payload).observe(seconds)

    def slack_called(self, method: Method, outcome: SlackOutcome, seconds: float) -> None:
        self._metrics.slack_requests.labels(method, outcome).observe(seconds)

    # --- the database

    def database_failed(self, error: DatabaseError) -> None:
        self._metrics.database_failures.inc()
        self._metrics.database_writable.set(0)
        if self._failures.began("database", str(error)):
            self._log.error("database_failing", why=str(error))

    def database_wrote(self) -> None:
        self._metrics.database_writable.set(1)
        if self._failures.ended("database"):
            self._log.info("database_recovered")

    # --- jobs

    def loop_crashed(self, loop: str) -> None:
        """An error of our own at the edge of a job; the next tick tries again."""
        self._crashed(bounded("qarun_crashes", "loop", loop), f"loop {loop}", "loop_crashed")

    def loop_ran(self, loop: str) -> None:
        """A job came to its end without an error."""
        if self._failures.ended(f"loop {loop}"):
            self._log.info("loop_recovered", loop=loop)

    def _crashed(self, loop: str, source: str, event: str, **about: Any) -> None:
        """Count and log the error being handled; the database's own has been told already."""
        error = sys.exc_info()[1]
        if isinstance(error, DatabaseError):
            return
        self._metrics.crashes.labels(loop).inc()
        if self._failures.began(source, repr(error)):
            self._log.exception(event, loop=loop, **about)


def _source(key: RunKey, error: QATechError | None = None) -> str:
    """Whose failure it is: the project's with its one key; an odd answer is one run's own."""
    if isinstance(error, UnexpectedAnswer):
        return str(key)
    return f"project {key.project}"
