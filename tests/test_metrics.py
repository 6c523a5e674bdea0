"""Metrics in Prometheus' form."""

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import CONTENT_TYPE, Metrics


def test_what_is_counted_is_rendered_in_prometheus_form() -> None:
    metrics = Metrics()
    metrics.polls.labels("finished").inc()
    metrics.sweep_lag.set(1.5)
    metrics.outbox_age.set(2.5)
    metrics.ack.observe(0.02)
    families = {
        family.name: family for family in text_string_to_metric_families(metrics.render().decode())
    }
    assert families["qarun_polls"].samples[0].labels == {"observation": "finished"}
    assert families["qarun_sweep_lag_seconds"].samples[0].value == 1.5
    assert families["qarun_outbox_age_seconds"].samples[0].value == 2.5
    assert {"qarun_crashes", "qarun_deliveries", "qarun_qatech_failures"} <= set(families)
    assert CONTENT_TYPE.startswith("text/plain")


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.crashes.labels("poll").inc()
    assert b'loop="poll"' not in other.render()
