"""What the operator is told: one line with a stable name for each event, and its metric."""

import json

import pytest

from bot.domain.facts import RunFinished
from bot.domain.notice import Telling
from bot.domain.observe import Observation
from bot.events import Events
from bot.failures import Failures
from bot.metrics import Metrics
from bot.services.ports import Dropped, Gone, Retry, Sent, TellResult
from tests.domain.build import tracked_run
from tests.fakes.stepped_time import SteppedTime
from tests.logged import Log, crash
from tests.slack.blocks.samples import telling


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def events(metrics: Metrics) -> Events:
    return Events(metrics, Failures(SteppedTime()))


def _telling(channel: str = "C1") -> Telling:
    return telling(
        RunFinished(),
        tracked_run(),
        channel=channel,
        response_url="https://hooks.test/commands/very-secret",
    )


def test_polls_say_what_they_came_to(log: Log, events: Events, metrics: Metrics) -> None:
    events.polled(tracked_run(result="FAILED"), Observation.FINISHED, saved=True)
    events.polled(tracked_run(), Observation.UNCHANGED, saved=True)
    events.polled(tracked_run(), Observation.FINISHED, saved=False)
    lines = log.lines()
    assert [(line["event"], line["level"], line["observation"]) for line in lines] == [
        ("polled", "info", "finished"),
        ("polled", "debug", "unchanged"),
        ("lease_lost", "warning", "finished"),
    ]
    assert lines[0]["result"] == "FAILED"
    assert b'qarun_polls_total{observation="finished"} 2.0' in metrics.render()


def test_a_poll_that_crashes_again_and_again_is_logged_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        crash(RuntimeError("a bug"), events.poll_crashed, tracked_run())
    crash(RuntimeError("another bug"), events.poll_crashed, tracked_run())
    events.polled(tracked_run(), Observation.UNCHANGED, saved=True)
    lines = log.lines()
    assert [line["event"] for line in lines] == [
        "poll_crashed",
        "poll_crashed",
        "poll_recovered",
        "polled",
    ]
    assert "RuntimeError: a bug" in lines[0]["exception"]
    assert b'qarun_crashes_total{loop="poll"} 4.0' in metrics.render()


def test_a_loop_that_crashes_every_second_is_logged_once_and_its_recovery_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    events.loop_ran("sweep")
    for _ in range(3):
        crash(OSError("no database"), events.loop_crashed, "sweep")
        events.loop_ran("deliver")
    events.loop_ran("sweep")
    assert [(line["event"], line["loop"]) for line in log.lines()] == [
        ("loop_crashed", "sweep"),
        ("loop_recovered", "sweep"),
    ]
    assert b'qarun_crashes_total{loop="sweep"} 3.0' in metrics.render()


@pytest.mark.parametrize(
    ("result", "line", "label"),
    [
        (Sent("1.1"), ("told", "info"), "sent"),
        (Retry(None, "ratelimited"), ("telling_failed", "warning"), "retry"),
        (Dropped("is_archived"), ("notice_dropped", "error"), "dropped"),
        (Gone("message_not_found"), ("notice_dropped", "error"), "gone"),
    ],
)
def test_each_result_of_a_delivery_has_its_line_and_its_count(
    metrics: Metrics, log: Log, result: TellResult, line: tuple[str, str], label: str
) -> None:
    Events(metrics).told(_telling(), result)
    (logged,) = log.lines()
    assert (logged["event"], logged["level"]) == line
    assert (logged["kind"], logged["channel"], logged["notice"]) == ("run_finished", "C1", 7)
    assert logged["run"] == "UkxK"
    assert f'qarun_deliveries_total{{result="{label}"}} 1.0' in metrics.render().decode()


def test_a_channel_that_takes_nothing_is_logged_once_and_its_return_once(
    log: Log, events: Events
) -> None:
    for _ in range(3):
        events.told(_telling(), Retry(None, "not_in_channel"))
    events.told(_telling("C2"), Sent("1.1"))
    events.told(_telling(), Sent("1.2"))
    assert log.events() == ["telling_failed", "told", "channel_recovered", "told"]


def test_a_token_that_is_refused_is_logged_once_for_all_channels(log: Log, events: Events) -> None:
    refused = Retry(60.0, "token_revoked", operator=True)
    for channel in ("C1", "C2", "C3"):
        events.told(_telling(channel), refused)
    events.told(_telling("C2"), Sent("1.1"))
    assert log.events() == ["slack_refuses", "slack_recovered", "told"]
    assert log.lines()[0]["level"] == "error"


def test_a_crash_in_a_channel_is_logged_once_and_its_end_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        crash(RuntimeError("a bug"), events.delivery_crashed, "C1")
        events.told(_telling(), Retry(None, "an error of our own", uncertain=True))
    events.told(_telling(), Sent("1.1"))
    assert log.events() == ["delivery_crashed", "telling_failed", "channel_recovered", "told"]
    assert b'qarun_crashes_total{loop="delivery"} 3.0' in metrics.render()


def test_no_line_shows_a_response_url(log: Log, events: Events) -> None:
    for result in (Sent("1"), Retry(None, "x"), Dropped("y")):
        events.told(_telling(), result)
    assert "very-secret" not in json.dumps(log.lines())
