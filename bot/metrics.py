"""Metrics for Prometheus. Every label has few values, known beforehand: `LABELS` says which.

`docs/operating/metrics.md` explains them; a test holds the two against each other.
"""

from collections.abc import Iterable, Mapping
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import __version__
from bot.domain.observe import Observation
from bot.domain.rules import Reason
from bot.qatech.breaker import BreakerState
from bot.qatech.events import Call
from bot.services.digest import DigestOutcome
from bot.slack.timing import Method, Payload, SlackOutcome

CONTENT_TYPE = CONTENT_TYPE_LATEST

OTHER = "other"

LABELS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "qarun_polls": {"observation": frozenset(Observation)},
    "qarun_deliveries": {"result": frozenset({"sent", "retry", "dropped", "gone"})},
    "qarun_alert_decisions": {"reason": frozenset(Reason)},
    "qarun_digests": {"outcome": frozenset(DigestOutcome)},
    "qarun_crashes": {
        "loop": frozenset(
            {"sweep", "deliver", "measure", "digest", "prune", "poll", "delivery", OTHER}
        )
    },
    "qarun_ack_seconds": {"payload": frozenset(get_args(Payload))},
    "qarun_qatech_request_seconds": {
        "call": frozenset(get_args(Call)),
        "outcome": frozenset(
            {
                "answered",
                "not_found",
                "access_denied",
                "nothing_to_rerun",
                "usage_limit",
                "rate_limited",
                "unavailable",
                "unexpected",
                OTHER,
            }
        ),
    },
    "qarun_qatech_not_asked": {"why": frozenset({"left_alone", "rate_limited", OTHER})},
    "qarun_qatech_breaker": {"state": frozenset(BreakerState)},
    "qarun_slack_request_seconds": {
        "method": frozenset(get_args(Method)),
        "outcome": frozenset(get_args(SlackOutcome)),
    },
}
"""Metric → label → the values that it can have."""

_REQUEST_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8)
_ACK_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3)


class Metrics:
    """The counters of one process, in a registry of their own so that tests may have many."""

    def __init__(self) -> None:
        # The moment at which each series began would be as many series again.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no annotations
        self.registry = CollectorRegistry()
        self.build = Info("qarun_build", "The running version", registry=self.registry)
        self.build.info({"version": __version__})
        self.polls = self._counter("qarun_polls", "Polls by what they came to")
        self.sweep_lag = self._gauge("qarun_sweep_lag_seconds", "Age of the most overdue poll")
        self.outbox_age = self._gauge("qarun_outbox_age_seconds", "Age of the most overdue notice")
        self.outbox_depth = self._gauge("qarun_outbox_depth", "Notices that are not told yet")
        self.deliveries = self._counter(
            "qarun_deliveries", "Attempts at telling a notice, by result"
        )
        self.alert_decisions = self._counter(
            "qarun_alert_decisions", "Whether the end of a run was told in a channel, by reason"
        )
        self.digests = self._counter(
            "qarun_digests", "Digests that were due, by what became of them"
        )
        self.crashes = self._counter("qarun_crashes", "Errors of our own, by loop")
        self.ack = self._histogram(
            "qarun_ack_seconds",
            "Time from a Slack payload's arrival to its acknowledgement",
            _ACK_BUCKETS,
        )
        self.qatech_requests = self._histogram(
            "qarun_qatech_request_seconds",
            "Time of a request to QA.tech, by what it came to",
            _REQUEST_BUCKETS,
        )
        self.qatech_not_asked = self._counter(
            "qarun_qatech_not_asked", "Requests to QA.tech that were not made, by why not"
        )
        self.qatech_breaker = self._gauge(
            "qarun_qatech_breaker", "1 for the state that the circuit breaker of QA.tech is in"
        )
        self.breaker_is(BreakerState.CLOSED)
        self.slack_requests = self._histogram(
            "qarun_slack_request_seconds",
            "Time of a request to Slack, by what it came to",
            _REQUEST_BUCKETS,
        )
        self.slack_connected = self._gauge(
            "qarun_slack_connected", "1 while Slack can reach the bot and accepts its token"
        )
        self.database_failures = self._counter(
            "qarun_database_failures", "Transactions that the database did not take"
        )
        self.database_writable = self._gauge(
            "qarun_database_writable", "1 while the last attempt to write succeeded"
        )

    def breaker_is(self, now: BreakerState) -> None:
        """The circuit breaker's state."""
        for state in BreakerState:
            self.qatech_breaker.labels(state.value).set(state is now)

    def render(self) -> bytes:
        """All metrics in Prometheus' text form."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str) -> Counter:
        counter = Counter(name, what, _labels(name), registry=self.registry)
        for values in _single(name):
            counter.labels(values)  # there from the start, so that the first increase is seen
        return counter

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(name, what, _labels(name), registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, what, _labels(name), buckets=buckets, registry=self.registry)


def bounded(metric: str, label: str, value: str) -> str:
    """The value, or `other` where the label does not know it."""
    return value if value in LABELS[metric][label] else OTHER


def _labels(name: str) -> list[str]:
    return list(LABELS.get(name, {}))


def _single(name: str) -> Iterable[str]:
    """The values of the one label of a metric."""
    values = list(LABELS.get(name, {}).values())
    return sorted(values[0]) if len(values) == 1 else ()
