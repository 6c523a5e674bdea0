"""The real command, `python -m bot serve`, as a process that can be killed."""

import asyncio
import contextlib
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.playground.qatech_world import DEMO_KEY
from bot.playground.stage import SIGNING_SECRET
from tests.e2e.stage import PATIENCE, ROOT, Installation

API_TOKEN = "token-of-the-api-of-the-tests"
"""`QARUN_API_TOKEN` of those tests that set it."""


@dataclass
class BotProcess:
    """A running `qarun serve`."""

    process: asyncio.subprocess.Process
    log: Path

    async def kill(self) -> None:
        """`kill -9`: nothing is finished, nothing is said."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit status, given within the ten seconds of the contract."""
        self.process.terminate()
        async with asyncio.timeout(10):
            return await self.process.wait()


@contextlib.asynccontextmanager
async def serving_process(installation: Installation) -> AsyncIterator[BotProcess]:
    """`qarun serve` with the installation's settings in its environment, ready to be used."""
    log = installation.directory / "log.txt"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            cwd=installation.directory,
            env=environment(installation.variables),
            stdout=stderr,
            stderr=stderr,
        )
    running = BotProcess(process, log)
    try:
        await installation.ready()
        yield running
    finally:
        await running.kill()
    check_log(installation, log.read_text())


async def run_to_its_end(
    directory: Path, *command: str, variables: Mapping[str, str]
) -> tuple[int, str, str]:
    """`qarun …`: exit status, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        cwd=directory,
        env=environment(variables),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(2 * PATIENCE):
            out, err = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return process.returncode or 0, out.decode(), err.decode()


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Only what the bot needs of this machine, and the given settings."""
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), **variables}


def end_leases(installation: Installation) -> None:
    """Let the leases of a killed process run out, as they do by themselves after 30 s."""
    with contextlib.closing(sqlite3.connect(installation.directory / "qarun.db")) as database:
        for table in ("channels", "tracked_runs", "inbox"):
            database.execute(f"UPDATE {table} SET leased_by = NULL, leased_until = NULL")  # noqa: S608 - our own table names
        database.commit()


def check_log(installation: Installation, log: str) -> None:
    """What no log line may ever show or say."""
    check_secrets(installation, log)
    assert "crashed" not in log, log
    assert "Traceback" not in log, log


def check_secrets(installation: Installation, shown: str) -> None:
    """What nothing may show that is written down or answered."""
    slack = installation.slack
    secrets = {
        "bot token": slack.bot_token,
        "app token": slack.app_token,
        "signing secret": SIGNING_SECRET,
        "key of QA.tech": DEMO_KEY.token,
        "token of the API": API_TOKEN,
        "response_url": "/response/",
        "socket ticket": "ticket=",
        "signature": "v0=",
        "verification token": "verification-token",
    }
    found = [name for name, secret in secrets.items() if secret.lower() in shown.lower()]
    found += ["right to answer" for token in slack.tickets.response_urls if token in shown]
    found += ["trigger" for trigger in slack.tickets.triggers if trigger in shown]
    assert not found, f"shown: {found}"
