"""What the operator is told of QA.tech and of the database."""

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
from bot.domain.short_id import RunKey
from bot.events import Events
from bot.failures import Failures
from bot.metrics import Metrics
from bot.qatech.breaker import BreakerState
from tests.domain.build import KEY, tracked_run
from tests.fakes.stepped_time import SteppedTime
from tests.logged import Log, crash


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def events(metrics: Metrics) -> Events:
    return Events(metrics, Failures(SteppedTime()))


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
        crash(error, events.loop_crashed, "sweep")
        crash(error, events.poll_crashed, tracked_run())
        crash(error, events.delivery_crashed, "C1")
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
