"""The last door: what somebody let into a log line is hidden there, and nothing else is."""

import logging

import pytest
import structlog

from bot.config import Settings, given_settings
from bot.discretion import secrets_of
from bot.logs import configure_logs

pytestmark = pytest.mark.usefixtures("logs_as_before")

FURTHER = "a-key-without-any-form"
BASE = {
    "SLACK_BOT_TOKEN": "xoxb-1-very-secret",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "QATECH_API_TOKEN": FURTHER,
    "QARUN_API_TOKEN": "token-of-the-api",
}


def settings(**more: str) -> Settings:
    return given_settings({**BASE, **more})


@pytest.fixture(params=["console", "json"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    "secret",
    [
        *BASE.values(),
        "xoxp-another-of-slacks",
        "xapp-1-A0-1-abc",
        "v0=" + "0123456789abcdef" * 4,
        "https://hooks.slack.com/commands/T1/2/abc",
        "https://hooks.slack.com/actions/T1/2/abc",
        "https://files.slack.com/upload/v1/ABC123",
        "http://127.0.0.1:4000/response/abc-DEF_1",
        "wss://wss-primary.slack.com/link/?ticket=abc-def&app_id=1",
        "Bearer abc.def-1~2+3/4==",
        "p%40ss word",
    ],
)
def test_a_secret_passes_in_no_field_of_no_line(
    form: str, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = secrets_of(settings(QARUN_DATABASE_URL="postgresql://q:p%2540ss%20word@host/db"))
    configure_logs(form, "debug", secrets=known)  # type: ignore[arg-type]  # one of the two
    log = structlog.stdlib.get_logger("qarun")
    log.warning("said", why=f"it was {secret}", run="UkxK")
    logging.getLogger("asyncio").error("a row (7, %s) failed", secret)
    try:
        raise RuntimeError(f"quoting {secret}")
    except RuntimeError:
        log.exception("crashed")
    written = capsys.readouterr().err
    mark = secret.partition("ticket=")[2].partition("&")[0] or secret.removeprefix("Bearer ")
    assert mark not in written
    assert written.count("***") >= 3
    assert "UkxK" in written


def test_what_is_no_secret_stays_as_it_is(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form, "debug", secrets=["short", *secrets_of(settings())])  # type: ignore[arg-type]  # as above
    harmless = (
        "a short word, https://app.qa.tech/p/shop/results/UkxK, xoxo, v0=1, "
        "https://api.qa.tech/v1/run/UkxK and /slack/events"
    )
    structlog.stdlib.get_logger("qarun").info("said", why=harmless)
    assert harmless in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://q:p%40ss@host/db", {"p%40ss", "p@ss"}),
        ("postgresql://q@host/db", set()),
        ("sqlite:///qarun.db", set()),
        ("postgresql://[broken", set()),
    ],
)
def test_the_password_of_the_database_is_a_secret_and_its_address_is_not(
    url: str, password: set[str]
) -> None:
    assert set(secrets_of(settings(QARUN_DATABASE_URL=url))) == {*BASE.values(), *password}


def test_what_a_server_says_does_not_steer_the_operators_terminal(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(form, "debug")  # type: ignore[arg-type]  # as above
    hostile = "a\x1b[31mb\x1b]0;title\x07\u202ec\nforged line"
    log = structlog.stdlib.get_logger("qarun")
    log.warning("said", why=hostile)
    try:
        raise RuntimeError(hostile)
    except RuntimeError:
        log.exception("crashed")
    written = capsys.readouterr().err
    assert not {"\x1b", "\x07", "\u202e"}.intersection(written)
    lines = written.splitlines()
    assert not lines[0].startswith("forged")
    assert "said" in lines[0]
