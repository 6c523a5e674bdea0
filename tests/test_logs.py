"""How logs are written, and what nobody must ever read there."""

import json
import logging
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs
from tests.logged import Log

pytestmark = pytest.mark.usefixtures("logs_as_before")


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
