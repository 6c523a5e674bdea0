"""One of several `qarun serve` that share a database: started, killed, stopped, started again."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.process import environment
from tests.e2e.stage import Installation, free_port

LEASE_SECONDS = 30.0
"""The bot's, as its user knows it (`docs/reliability.md`): not read from its code."""
_UP_SECONDS = 30.0


class Replica:
    """A process that may die and be started again."""

    def __init__(self, directory: Path, number: int, variables: Mapping[str, str]) -> None:
        self.number = number
        self.port = int(variables["QARUN_PORT"])
        self.log = directory / f"replica-{number}.log"
        self._directory = directory
        self._variables = variables
        self._process: asyncio.subprocess.Process | None = None

    @classmethod
    def of(cls, installation: Installation, number: int) -> "Replica":
        """One with the installation's settings and a port of its own."""
        variables = {**installation.variables, "QARUN_PORT": str(free_port())}
        return cls(installation.directory, number, variables)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                cwd=self._directory,
                env=environment(self._variables),
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """`kill -9`; harmless where it is dead."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def stop(self) -> None:
        """Take the processor away from it; what is sent to it waits."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    async def up(self) -> None:
        """Until its HTTP server takes connections.

        Raises:
            AssertionError: it has ended by itself, or takes too long.
        """
        end = time.monotonic() + _UP_SECONDS
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.returncode is not None:
                raise AssertionError(f"ended by itself: {self.log.read_text()[-2000:]}")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"not up after {_UP_SECONDS:.0f} s: {self.log.read_text()[-2000:]}")

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
