"""What the operator is told: one line with a stable name for each event, and its metric."""

import json
from typing import Any

import pytest

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
)
from bot.domain.facts import RunFinished
from bot.domain.notice import Telling
from bot.domain.observe import Observation
from bot.domain.short_id import RunKey
from bot.events import Events
from bot.failures import Failures
from bot.metrics import Metrics
from bot.qatech.breaker import BreakerState
from bot.services.ports import Dropped, Gone, Retry, Sent, TellResult
from tests.domain.build import KEY, tracked_run
from tests.fakes.stepped_time import SteppedTime
from tests.logged import Log
from tests.slack.blocks.samples import telling


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
def events(metrics: Metrics, time: SteppedTime) -> Events:
    return Events(metrics, Failures(time))


def _telling(channel: str = "C1") -> Telling:
    return telling(
        RunFinished(),
        tracked_run(),
        channel=channel,
        response_url="https://hooks.test/commands/very-secret",
    )


# --- QA.tech


def test_a_qatech_that_stays_down_is_logged_once_and_its_return_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        events.qatech_failed(KEY, "run", Unavailable("no answer"), 8.0)
    events.qatech_answered(KEY, "run", 0.1)
    events.qatech_answered(KEY, "run", 0.1)
    first, last = log.lines()
    assert (first["event"], first["run"], first["why"]) == ("qatech_failing", "UkxK", "no answer")
    assert first["level"] == "warning"
    assert last["event"] == "qatech_recovered"
    counted = 'qarun_qatech_request_seconds_count{call="run",outcome="unavailable"} 3.0'
    assert counted in metrics.render().decode()


def test_a_refused_key_is_an_error(log: Log, events: Events) -> None:
    events.qatech_failed(KEY, "run", AccessDenied("401"), 0.1)
    assert log.lines()[0]["level"] == "error"


@pytest.mark.parametrize(
    ("error", "other"),
    [
        (AccessDenied("401"), RunKey("mobile", "abc123")),
        (UnexpectedAnswer("HTML"), RunKey("default", "other")),
    ],
)
def test_a_failure_of_one_is_not_over_because_another_answers(
    log: Log, events: Events, error: QATechError, other: RunKey
) -> None:
    for _ in range(3):
        events.qatech_failed(KEY, "run", error, 0.1)
        events.qatech_answered(other, "run", 0.1)
    assert log.events() == ["qatech_failing"]


@pytest.mark.parametrize("error", [RunNotFound("404"), NothingToRerun("400")])
def test_a_run_that_is_not_there_is_no_failure_and_shows_that_qatech_is_well(
    log: Log, events: Events, error: QATechError
) -> None:
    events.qatech_failed(KEY, "run", error, 0.1)
    assert log.events() == []
    events.qatech_failed(KEY, "run", Unavailable("502"), 0.1)
    events.qatech_failed(KEY, "run", error, 0.1)
    assert log.events() == ["qatech_failing", "qatech_recovered"]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (LeftAlone("down", 5.0), "left_alone"),
        (RateLimited("held", 5.0), "rate_limited"),
        (QATechError("of tomorrow"), "other"),
    ],
)
def test_what_was_not_asked_is_counted_and_not_logged(
    log: Log, events: Events, metrics: Metrics, error: QATechError, why: str
) -> None:
    events.qatech_failed(KEY, "run", error, None)
    assert log.events() == []
    assert f'qarun_qatech_not_asked_total{{why="{why}"}} 1.0' in metrics.render().decode()
    assert "qarun_qatech_request_seconds_count{" not in metrics.render().decode()


def test_the_breaker_is_logged_when_it_opens_and_when_it_closes(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        events.qatech_breaker(BreakerState.OPEN)
        events.qatech_breaker(BreakerState.HALF_OPEN)
    assert 'qarun_qatech_breaker{state="half_open"} 1.0' in metrics.render().decode()
    assert 'qarun_qatech_breaker{state="open"} 0.0' in metrics.render().decode()
    events.qatech_breaker(BreakerState.CLOSED)
    assert log.events() == ["qatech_left_alone", "qatech_asked_again"]
    assert 'qarun_qatech_breaker{state="closed"} 1.0' in metrics.render().decode()


# --- the database


def test_a_database_that_is_away_is_logged_once_whoever_meets_it(
    log: Log, events: Events, metrics: Metrics
) -> None:
    error = DatabaseError("disk full")
    for _ in range(3):
        events.database_failed(error)
        _crash(error, events.loop_crashed, "sweep")
        _crash(error, events.poll_crashed, tracked_run())
        _crash(error, events.delivery_crashed, "C1")
    assert "qarun_database_writable 0.0" in metrics.render().decode()
    events.database_wrote()
    events.database_wrote()
    lines = log.lines()
    assert [line["event"] for line in lines] == ["database_failing", "database_recovered"]
    assert (lines[0]["why"], lines[0]["level"]) == ("disk full", "error")
    shown = metrics.render().decode()
    assert "qarun_database_failures_total 3.0" in shown
    assert "qarun_database_writable 1.0" in shown
    assert 'qarun_crashes_total{loop="sweep"} 0.0' in shown


# --- polls and deliveries


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


def _crash(error: Exception, tell: Any, *parts: Any) -> None:
    try:
        raise error
    except Exception:  # noqa: BLE001 - as at the edge of a loop
        tell(*parts)


def test_a_poll_that_crashes_again_and_again_is_logged_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        _crash(RuntimeError("a bug"), events.poll_crashed, tracked_run())
    _crash(RuntimeError("another bug"), events.poll_crashed, tracked_run())
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
        _crash(OSError("no database"), events.loop_crashed, "sweep")
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
        _crash(RuntimeError("a bug"), events.delivery_crashed, "C1")
        events.told(_telling(), Retry(None, "an error of our own", uncertain=True))
    events.told(_telling(), Sent("1.1"))
    assert log.events() == ["delivery_crashed", "telling_failed", "channel_recovered", "told"]
    assert b'qarun_crashes_total{loop="delivery"} 3.0' in metrics.render()


def test_no_line_shows_a_response_url(log: Log, events: Events) -> None:
    for result in (Sent("1"), Retry(None, "x"), Dropped("y")):
        events.told(_telling(), result)
    assert "very-secret" not in json.dumps(log.lines())
