"""Metrics for Prometheus. Every label has few values, known beforehand."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The counters of one process, in a registry of their own so that tests may have many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter(
            "qarun_polls", "Polls by what they came to", ["observation"], registry=self.registry
        )
        self.qatech_failures = Counter(
            "qarun_qatech_failures",
            "Requests to QA.tech that brought no run, by kind",
            ["kind"],
            registry=self.registry,
        )
        self.deliveries = Counter(
            "qarun_deliveries",
            "Attempts at telling a notice, by result",
            ["result"],
            registry=self.registry,
        )
        self.alert_decisions = Counter(
            "qarun_alert_decisions",
            "Whether the end of a run was told in a channel, by reason",
            ["reason"],
            registry=self.registry,
        )
        self.digests = Counter(
            "qarun_digests",
            "Digests that were due, by what became of them",
            ["outcome"],
            registry=self.registry,
        )
        self.crashes = Counter(
            "qarun_crashes", "Errors of our own, by loop", ["loop"], registry=self.registry
        )
        self.sweep_lag = Gauge(
            "qarun_sweep_lag_seconds", "Age of the most overdue poll", registry=self.registry
        )
        self.outbox_age = Gauge(
            "qarun_outbox_age_seconds", "Age of the most overdue notice", registry=self.registry
        )
        self.ack = Histogram(
            "qarun_ack_seconds",
            "Time from a Slack payload's arrival to its acknowledgement",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
            registry=self.registry,
        )

    def render(self) -> bytes:
        """All metrics in Prometheus' text form."""
        return generate_latest(self.registry)
