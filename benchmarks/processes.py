"""The real command, and the bare apps beside it, each in a process of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

SECRET = "not-a-secret-of-anybody"  # noqa: S105 - of the bench alone
_PATIENCE = 60.0


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Only what a process needs of this machine, and these variables."""
    root = str(Path(__file__).parents[1])
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": root, **variables}


def bot_settings(directory: Path, *, slack: str, qatech: str, port: int) -> dict[str, str]:
    """A bot between two servers; the way in from Slack is still to be added."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_API_URL": f"{slack}/api/",
        "QATECH_API_TOKEN": "key",
        "QATECH_API_URL": qatech,
        "QARUN_DATABASE_URL": f"sqlite:///{directory / 'bench.db'}",
        "QARUN_PORT": str(port),
        "QARUN_LOG_FORMAT": "json",
    }


@contextlib.contextmanager
def process(
    *command: str, variables: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m …` until the block ends."""
    with (
        log.open("ab") as said,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environment(variables),
            cwd=log.parent,
            stdout=said,
            stderr=said,
        ) as running,
    ):
        try:
            yield running
        finally:
            running.terminate()
            running.wait(20)


def wait_until_ready(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers 200."""
    until = time.monotonic() + _PATIENCE
    while not answers(url):
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{url} was never ready:\n{log.read_text()[-2000:]}")
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether the address answers 200 at this moment."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - of this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
