"""Logs: what the operator reads, and what nobody must ever read there."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.domain.errors import AccessDenied, QATechError, Unavailable, UnexpectedAnswer
from bot.domain.facts import RunFinished
from bot.domain.notice import Notice
from bot.domain.observe import Observation
from bot.domain.short_id import RunKey
from bot.logs import Events, Failures, configure_logs
from bot.metrics import Metrics
from bot.services.ports import Dropped, Gone, Retry, Sent, TellResult
from tests.domain.build import NOW, tracked_run

Lines = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Logging is the process's: it is put back."""
    names = (None, "qarun", "apscheduler", "slack_bolt", "uvicorn")
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    handlers = loggers[0].handlers
    yield
    loggers[0].handlers = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def events(metrics: Metrics) -> Events:
    return Events(metrics)


class Log:
    """The log so far, as JSON, from the debug level on."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def lines(self) -> Lines:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines()]


@pytest.fixture
def log() -> Log:
    stream = io.StringIO()
    with contextlib.redirect_stderr(stream):
        configure_logs("json", "debug")
    return Log(stream)


def _notice(channel: str = "C1") -> Notice:
    return Notice(
        id=7,
        dedupe_key="report:w1",
        channel=channel,
        fact=RunFinished(),
        run_id=1,
        watch_id="w1",
        thread_ts=None,
        asked_by="U1",
        response_url="https://hooks.test/commands/very-secret",
        created_at=NOW,
        version=1,
        attempts=1,
        uncertain=False,
        told_aside=False,
    )


# --- form


def test_a_line_has_a_name_a_level_a_time_and_its_fields(log: Log) -> None:
    structlog.stdlib.get_logger("qarun").info("told", run="UkxK", channel="C1")
    (line,) = log.lines()
    assert (line["event"], line["level"], line["run"], line["channel"]) == (
        "told",
        "info",
        "UkxK",
        "C1",
    )
    assert line["timestamp"].endswith("Z")
    assert line["logger"] == "qarun"


def test_without_a_terminal_the_form_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(None, "info")
    structlog.stdlib.get_logger("qarun").info("hello")
    assert json.loads(capsys.readouterr().err)["event"] == "hello"


def test_the_console_form_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("console", "info")
    structlog.stdlib.get_logger("qarun").info("hello", run="UkxK")
    written = capsys.readouterr().err
    assert "hello" in written
    assert "run=UkxK" in written
    assert not written.startswith("{")


def test_below_the_level_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json", "warning")
    structlog.stdlib.get_logger("qarun").info("hello")
    assert capsys.readouterr().err == ""


def test_libraries_are_heard_only_when_something_is_wrong(log: Log) -> None:
    logging.getLogger("httpx").info("GET https://api.qa.tech")
    logging.getLogger("apscheduler.scheduler").warning("skipped: maximum number of instances")
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.setLevel(logging.NOTSET)  # an app of another test may have given it a level of its own
    bolt.warning("Unhandled request ({'response_url': …})")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    (line,) = log.lines()
    assert (line["logger"], line["level"]) == ("asyncio", "error")


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_local_variables(
    form: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(form, "info")

    def crash(token: str) -> None:
        raise RuntimeError("a bug")

    secret = "xoxb-very-" + "secret"  # the line below is shown, its values are not
    try:
        crash(secret)
    except RuntimeError:
        structlog.stdlib.get_logger("qarun").exception("crashed")
        logging.getLogger("library").exception("crashed too")
    written = capsys.readouterr().err
    assert written.count("RuntimeError: a bug") == 2
    assert "Traceback" in written
    assert "very-secret" not in written


# --- failures


def test_a_failure_is_new_until_it_ends_or_has_another_reason() -> None:
    failures = Failures()
    assert failures.began("slack", "ratelimited")
    assert not failures.began("slack", "ratelimited")
    assert failures.began("slack", "invalid_auth")
    assert failures.began("qatech", "invalid_auth")
    assert failures.ended("slack")
    assert not failures.ended("slack")
    assert failures.began("slack", "invalid_auth")


def test_a_qatech_that_stays_down_is_logged_once_and_its_return_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        events.qatech_failed(tracked_run(), Unavailable("no answer"))
    events.qatech_answered(tracked_run())
    events.qatech_answered(tracked_run())
    first, last = log.lines()
    assert (first["event"], first["run"], first["why"]) == ("qatech_failing", "UkxK", "no answer")
    assert first["level"] == "warning"
    assert last["event"] == "qatech_recovered"
    assert b'qarun_qatech_failures_total{kind="Unavailable"} 3.0' in metrics.render()


def test_a_refused_key_is_an_error(log: Log, events: Events) -> None:
    events.qatech_failed(tracked_run(), AccessDenied("401"))
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
        events.qatech_failed(tracked_run(), error)
        events.qatech_answered(tracked_run(key=other))
    assert log.events() == ["qatech_failing"]


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
    Events(metrics).told(_notice(), result)
    (logged,) = log.lines()
    assert (logged["event"], logged["level"]) == line
    assert (logged["kind"], logged["channel"], logged["notice"]) == ("run_finished", "C1", 7)
    assert f'qarun_deliveries_total{{result="{label}"}} 1.0' in metrics.render().decode()


def test_a_channel_that_takes_nothing_is_logged_once_and_its_return_once(
    log: Log, events: Events
) -> None:
    for _ in range(3):
        events.told(_notice(), Retry(None, "not_in_channel"))
    events.told(_notice("C2"), Sent("1.1"))
    events.told(_notice(), Sent("1.2"))
    assert log.events() == ["telling_failed", "told", "channel_recovered", "told"]


def test_a_crash_in_a_channel_is_logged_once_and_its_end_once(
    log: Log, events: Events, metrics: Metrics
) -> None:
    for _ in range(3):
        _crash(RuntimeError("a bug"), events.delivery_crashed, "C1")
        events.told(_notice(), Retry(None, "an error of our own", uncertain=True))
    events.told(_notice(), Sent("1.1"))
    assert log.events() == ["delivery_crashed", "telling_failed", "channel_recovered", "told"]
    assert b'qarun_crashes_total{loop="delivery"} 3.0' in metrics.render()


def test_no_line_shows_a_response_url(log: Log, events: Events) -> None:
    for result in (Sent("1"), Retry(None, "x"), Dropped("y")):
        events.told(_notice(), result)
    assert "very-secret" not in json.dumps(log.lines())
