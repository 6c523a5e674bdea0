"""Prism, the mock server that answers by a specification; installed on first use, outside git."""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "@stoplight/prism-cli@5.14.2"
_DIRECTORY = Path(__file__).parents[2] / ".tools" / "prism"
_INSTALL_SECONDS = 90
_START_SECONDS = 30


class NotInstalledError(Exception):
    """Prism cannot be had on this machine; `str(error)` says why."""


def install(directory: Path = _DIRECTORY) -> Path:
    """Prism's entry point, downloaded by npm unless a former test run has done so.

    Raises:
        NotInstalledError: there is no node or npm, or npm failed.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstalledError(f"{program} is not on this machine")
    entry = directory / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    done = directory / f"installed-{PACKAGE.rpartition('@')[2]}"
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:  # several workers begin at the same moment
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _npm_install(directory)
            done.touch()
    return entry


def _npm_install(directory: Path) -> None:
    command = ["npm", "install", "--prefix", str(directory), "--no-audit", "--no-fund"]
    command += ["--fetch-retries=0", "--loglevel=error", PACKAGE]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"npm took more than {_INSTALL_SECONDS} s") from None
    if ended.returncode != 0:
        said = " ".join(ended.stderr.split())[:300]
        raise NotInstalledError(f"npm could not install {PACKAGE}: {said}")


@contextlib.contextmanager
def mocking(specification: Path, log: Path) -> Iterator[str]:
    """Serve the specification with answers made up by its schemas; yields the base URL."""
    entry = install()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["node", str(entry), "mock", "--dynamic", "--seed", "qarun"]
    command += ["--host", "127.0.0.1", "--port", str(port), str(specification)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"Prism did not start:\n{log.read_text()}")
