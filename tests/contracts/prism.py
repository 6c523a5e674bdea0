"""Prism, the mock server that answers by a specification; installed on first use, outside git."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests import npm
from tests.npm import NotInstalledError

__all__ = ["NotInstalledError", "install", "mocking"]

PACKAGE = "@stoplight/prism-cli@5.14.2"
_START_SECONDS = 30


def install() -> Path:
    """Prism's entry point.

    Raises:
        NotInstalledError: it cannot be had on this machine.
    """
    modules = npm.install(PACKAGE, "prism")
    return modules / "@stoplight" / "prism-cli" / "dist" / "index.js"


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
