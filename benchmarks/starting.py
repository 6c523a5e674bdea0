"""Starting: from the command to ready, beside importing what any such bot imports."""

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.canned import canned
from benchmarks.processes import (
    SECRET,
    bot_settings,
    environment,
    free_port,
    process,
    wait_until_ready,
)
from benchmarks.table import Row, at_most, middle

_FLOOR = "import slack_bolt.async_app, fastapi, sqlalchemy"


async def measure(*, quick: bool) -> list[Row]:
    """Seconds, in turn; the database is there already, as at every start but the first."""
    rounds = 3 if quick else 9
    here, beside = [], []
    with (
        tempfile.TemporaryDirectory() as name,
        canned("slack") as slack,
        canned("qatech") as qatech,
    ):
        directory = Path(name)
        _start(directory, slack, qatech)
        for _ in range(rounds):
            here.append(_start(directory, slack, qatech))
            beside.append(_import())
    return [
        at_most(
            1.5,
            subject="start: from the command to ready",
            here=middle(here),
            unit="s",
            peer="importing slack_bolt.async_app, FastAPI and SQLAlchemy alone",
            beside=middle(beside),
        )
    ]


def _start(directory: Path, slack: str, qatech: str) -> float:
    port = free_port()
    settings = bot_settings(directory, slack=slack, qatech=qatech, port=port)
    settings["SLACK_SIGNING_SECRET"] = SECRET
    log = directory / "log.txt"
    with contextlib.ExitStack() as stack:
        began = time.perf_counter()
        running = stack.enter_context(process("bot", "serve", variables=settings, log=log))
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", running, log)
        return time.perf_counter() - began


def _import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _FLOOR], check=True, env=environment({}))
    return time.perf_counter() - began
