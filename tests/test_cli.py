"""The command line: what it prints, and how it ends."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bot import __version__
from bot.cli import cli, main
from bot.playground.slack_faults import FaultKind
from bot.playground.stage import Stage, setting
from bot.slack.scopes import SCOPES

COMMANDS = ["serve", "demo", "doctor", "migrate", "audit", "outbox"]
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-test",
    "SLACK_APP_TOKEN": "xapp-test",
    "QATECH_API_TOKEN": "key",
}
REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with setting() as stage:
        yield stage


@contextlib.asynccontextmanager
async def _started(
    *words: str, variables: Mapping[str, str], directory: Path
) -> AsyncIterator[Process]:
    """`python -m bot …` with these variables and none of the tests' own."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PATH", "COV"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        stdout=PIPE,
        stderr=PIPE,
        cwd=directory,
        env={**kept, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", **variables},
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _run(
    *words: str, variables: Mapping[str, str], directory: Path
) -> tuple[int | None, str, str]:
    """Exit status, stdout and stderr."""
    async with (
        asyncio.timeout(30),
        _started(*words, variables=variables, directory=directory) as process,
    ):
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


def _sentence(ended: tuple[int | None, str, str]) -> str:
    """The one line on stderr of a command that could not begin."""
    status, out, err = ended
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    assert "Traceback" not in err
    return line


# --- help and version


@pytest.mark.parametrize(
    "words",
    [[], ["outbox", "list"], ["outbox", "retry"], *([command] for command in COMMANDS)],
)
def test_help_and_version_are_everywhere(words: list[str]) -> None:
    helped = CliRunner().invoke(cli, [*words, "--help"])
    assert helped.exit_code == 0
    assert "Usage" in helped.output
    assert "--version" in helped.output
    told = CliRunner().invoke(cli, [*words, "--version"])
    assert (told.exit_code, told.output) == (0, f"qarun {__version__}\n")


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    assert [command for command in COMMANDS if command not in shown] == []


@pytest.mark.parametrize("words", [["sing"], ["serve", "--loud"], ["demo", "now"]])
def test_what_is_not_known_ends_with_status_2(words: list[str]) -> None:
    assert CliRunner().invoke(cli, words).exit_code == 2


async def test_python_dash_m_bot_is_qarun(tmp_path: Path) -> None:
    ended = await _run("--version", variables={}, directory=tmp_path)
    assert ended == (0, f"qarun {__version__}\n", "")


# --- what is wrong before it begins


@pytest.mark.parametrize("command", ["serve", "doctor", "migrate", "audit"])
async def test_a_missing_setting_is_one_sentence(command: str, tmp_path: Path) -> None:
    ended = await _run(command, variables={}, directory=tmp_path)
    assert _sentence(ended).startswith("SLACK_BOT_TOKEN is missing")


async def test_no_secret_stands_in_the_sentence(tmp_path: Path) -> None:
    wrong = {**ENOUGH, "SLACK_BOT_TOKEN": "xoxp-very-secret"}
    sentence = _sentence(await _run("serve", variables=wrong, directory=tmp_path))
    assert sentence.startswith("SLACK_BOT_TOKEN is not a Slack bot token")
    assert "very-secret" not in sentence


@pytest.mark.parametrize("command", ["serve", "migrate"])
async def test_a_database_that_cannot_be_used_is_one_sentence(command: str, tmp_path: Path) -> None:
    wrong = {**ENOUGH, "QARUN_DATABASE_URL": "sqlite:///not/there/qarun.db"}
    sentence = _sentence(await _run(command, variables=wrong, directory=tmp_path))
    assert sentence.startswith("QARUN_DATABASE_URL: the directory not/there does not exist")


@pytest.mark.parametrize(("host", "said"), [("127.0.0.1", "in use"), ("a..b", "not a host name")])
async def test_an_address_that_cannot_be_listened_on_is_one_sentence(
    host: str, said: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        wrong = {**ENOUGH, "QARUN_HOST": host, "QARUN_PORT": port, "QARUN_LOG_LEVEL": "error"}
        sentence = _sentence(await _run("serve", variables=wrong, directory=tmp_path))
    assert sentence.startswith(f"QARUN_PORT: cannot listen on {host}:{port}")
    assert said in sentence.lower()


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_that_slack_refuses_is_one_sentence(
    variable: str, stage: Stage, tmp_path: Path
) -> None:
    token = stage.settings()[variable]
    stage.slack.token_errors[token] = "invalid_auth"
    variables = {**stage.settings(), "QARUN_LOG_LEVEL": "error"}
    sentence = _sentence(await _run("serve", variables=variables, directory=tmp_path))
    assert sentence.startswith(f"{variable} is refused by Slack (invalid_auth)")
    assert token not in sentence


@pytest.mark.usefixtures("logs_as_before")
def test_an_error_of_our_own_is_logged_without_secrets_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("not understood: key-of-qatech")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["qarun", "audit"])
    for name, value in {**ENOUGH, "QATECH_API_TOKEN": "key-of-qatech"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("bot.operating.audit_trail", crash)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "RuntimeError: not understood: ***" in err
    assert "key-of-qatech" not in err


# --- migrate and doctor


async def test_migrate_says_from_where_to_where(tmp_path: Path) -> None:
    status, out, err = await _run("migrate", variables=ENOUGH, directory=tmp_path)
    assert (status, err) == (0, "")
    first = re.fullmatch(r"The database was brought from empty to revision (\w+)\.\n", out)
    assert first is not None
    again = await _run("migrate", variables=ENOUGH, directory=tmp_path)
    assert again == (0, f"The database is up to date: revision {first[1]}.\n", "")


async def test_doctor_ends_with_0_only_when_all_is_well(stage: Stage, tmp_path: Path) -> None:
    stage.slack.scopes = set(SCOPES)
    status, out, err = await _run("doctor", variables=stage.settings(), directory=tmp_path)
    assert (status, err) == (1, "")
    assert "NOT WELL" in out
    await _run("migrate", variables=stage.settings(), directory=tmp_path)
    status, out, err = await _run("doctor", variables=stage.settings(), directory=tmp_path)
    assert (status, err) == (0, "")
    assert "All is well." in out
    for secret in (stage.slack.bot_token, stage.slack.app_token):
        assert secret not in out


# --- serve


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_becomes_ready_and_stops_cleanly_at_a_signal(
    number: signal.Signals, over_http: bool, stage: Stage, tmp_path: Path
) -> None:
    variables = {**stage.settings(over_http=over_http), "QARUN_PORT": str(_free_port())}
    async with _started("serve", variables=variables, directory=tmp_path) as process:
        await _until_ready(variables["QARUN_PORT"])
        process.send_signal(number)
        async with asyncio.timeout(10):
            out, err = await process.communicate()
    assert (process.returncode, out) == (0, b"")
    assert b"Traceback" not in err
    assert b"stopped" in err


async def test_serve_stops_although_slack_does_not_answer(stage: Stage, tmp_path: Path) -> None:
    stage.slack.faults.add("*", FaultKind.HUNG_ANSWER, times=None)
    port = str(_free_port())
    variables = {**stage.settings(), "QARUN_PORT": port}
    async with _started("serve", variables=variables, directory=tmp_path) as process:
        await _until_answered(f"http://127.0.0.1:{port}/healthz")
        async with httpx.AsyncClient() as client:
            ready = await client.get(f"http://127.0.0.1:{port}/readyz")
        assert ready.status_code == 503
        assert ready.json()["problems"]["slack"] == "not connected yet"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, err = await process.communicate()
    stage.slack.faults.clear()
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_a_log_at_the_debug_level_shows_no_secret(stage: Stage, tmp_path: Path) -> None:
    variables = {
        **stage.settings(),
        "QARUN_PORT": str(_free_port()),
        "QARUN_LOG_LEVEL": "debug",
        "QARUN_LOG_FORMAT": "json",
    }
    stage.slack.faults.add("auth.test", FaultKind.STATUS)
    async with _started("serve", variables=variables, directory=tmp_path) as process:
        await _until_ready(variables["QARUN_PORT"])
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
    log = err.decode()
    assert "slack_unreachable" in log
    secrets = (stage.slack.bot_token, stage.slack.app_token, variables["QATECH_API_TOKEN"])
    assert [secret for secret in secrets if secret in log] == []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def _until_answered(url: str) -> None:
    """Wait until this address answers with 200."""
    async with httpx.AsyncClient() as client, asyncio.timeout(20):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def _until_ready(port: str) -> None:
    await _until_answered(f"http://127.0.0.1:{port}/readyz")
