"""How a stop goes: what is in flight is finished, what hangs is given up, all within ten seconds.

Counted from the signal: QA.tech is waited for until 2.5 s, so that who asks it has time to store
the wish and to answer; everything else until 7 s; what is left is then cancelled. Where even that
does not end, as in a database that is silent in the middle of a query, the process ends at 9 s.
What was not finished is in the database: a wish, a notice that is looked for in Slack before it is
told again.
"""

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Protocol

import structlog

QATECH_SECONDS = 2.5
FINISH_SECONDS = 7.0
LAST_SECONDS = 9.0
_CANCEL_SECONDS = 1.0

_log = structlog.stdlib.get_logger("qarun")


class Work(Protocol):
    """Something with tasks under way."""

    async def finish(self) -> None:
        """Wait until none is under way."""
        ...

    def abandon(self) -> Collection[asyncio.Task[Any]]:
        """Cancel what is still under way; returns it."""
        ...


class Stopping:
    """One stop. `works` are finished in their order: a job may begin a poll, and not the reverse.

    `stop_waiting` makes whoever waits for QA.tech take it to be down.
    """

    def __init__(
        self, works: Sequence[Work], *, stop_waiting: Callable[[], Awaitable[None]]
    ) -> None:
        self._works = works
        self._stop_waiting = stop_waiting
        self._began_at: float | None = None
        self._waiting: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """The signal has come; a second call changes nothing."""
        if self._began_at is None:
            self._began_at = asyncio.get_running_loop().time()
            self._waiting = asyncio.create_task(self._wait_no_longer(), name="stop waiting")

    async def finish(self) -> None:
        """Wait for what is in flight, and cancel what takes too long."""
        self.begin()
        try:
            async with asyncio.timeout_at((self._began_at or 0.0) + FINISH_SECONDS):
                for work in self._works:
                    await work.finish()
        except TimeoutError:
            left = [task for work in self._works for task in work.abandon()]
            if left:
                await asyncio.wait(left, timeout=_CANCEL_SECONDS)
        if self._waiting is not None:
            self._waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._waiting

    async def _wait_no_longer(self) -> None:
        await asyncio.sleep(QATECH_SECONDS)
        await self._stop_waiting()


def end_at_last(seconds: float = LAST_SECONDS) -> None:
    """End the process after so many seconds, if it has not ended by then.

    In a thread of its own, and without any cleaning up: an event loop that waits for a driver which
    ignores that it is cancelled would never come to it.
    """
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    _log.warning("stop_cut_short", after=f"{LAST_SECONDS:g} s")
    logging.shutdown()
    os._exit(0)
