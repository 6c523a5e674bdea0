"""Metrics in Prometheus' form."""

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import CONTENT_TYPE, LABELS, Metrics, bounded
from bot.qatech.breaker import BreakerState


def test_what_is_counted_is_rendered_in_prometheus_form() -> None:
    metrics = Metrics()
    metrics.polls.labels("finished").inc()
    metrics.sweep_lag.set(1.5)
    metrics.outbox_age.set(2.5)
    metrics.ack.labels("command").observe(0.02)
    families = {
        family.name: family for family in text_string_to_metric_families(metrics.render().decode())
    }
    polls = {s.labels["observation"]: s.value for s in families["qarun_polls"].samples}
    assert polls["finished"] == 1
    assert families["qarun_sweep_lag_seconds"].samples[0].value == 1.5
    assert families["qarun_outbox_age_seconds"].samples[0].value == 2.5
    assert {"qarun_crashes", "qarun_deliveries", "qarun_qatech_request_seconds"} <= set(families)
    assert CONTENT_TYPE.startswith("text/plain")


def test_counters_are_there_before_anything_was_counted() -> None:
    shown = Metrics().render().decode()
    for result in LABELS["qarun_deliveries"]["result"]:
        assert f'qarun_deliveries_total{{result="{result}"}} 0.0' in shown
    assert "_created" not in shown


def test_the_breaker_is_in_one_state() -> None:
    metrics = Metrics()
    assert 'qarun_qatech_breaker{state="closed"} 1.0' in metrics.render().decode()
    metrics.breaker_is(BreakerState.OPEN)
    shown = metrics.render().decode()
    assert 'qarun_qatech_breaker{state="open"} 1.0' in shown
    assert 'qarun_qatech_breaker{state="closed"} 0.0' in shown


def test_a_value_that_no_label_knows_is_other() -> None:
    assert bounded("qarun_crashes", "loop", "sweep") == "sweep"
    assert bounded("qarun_crashes", "loop", "of tomorrow") == "other"


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.crashes.labels("poll").inc()
    assert 'loop="poll"} 0.0' in other.render().decode()
