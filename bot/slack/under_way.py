"""The listeners under way: acknowledged, and not finished yet.

Bolt runs them as tasks that it keeps no record of. A stop has to wait for them: what they were
asked for was acknowledged, so Slack will not ask again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse


class ListenersUnderWay:
    """Knows the tasks of an app's listeners.

    Attributes:
        when_ended: called with the request of each listener that has ended; never raises.
    """

    def __init__(self, app: AsyncApp) -> None:
        self.when_ended: Callable[[AsyncBoltRequest], Awaitable[None]] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._none = asyncio.Event()
        self._none.set()
        app.listener_runner.listener_start_handler = _Began(self)
        app.listener_runner.listener_completion_handler = _Ended(self)

    def began(self) -> None:
        if task := asyncio.current_task():
            self._tasks.add(task)
            self._none.clear()

    def ended(self) -> None:
        if task := asyncio.current_task():
            self._tasks.discard(task)
        if not self._tasks:
            self._none.set()

    async def finish(self) -> None:
        """Wait until none is under way."""
        await self._none.wait()

    def abandon(self) -> Collection[asyncio.Task[Any]]:
        """Cancel those under way: their people type again."""
        for task in self._tasks:
            task.cancel()
        return set(self._tasks)


class _Began(AsyncListenerStartHandler):
    def __init__(self, listeners: ListenersUnderWay) -> None:
        self._listeners = listeners

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        self._listeners.began()


class _Ended(AsyncListenerCompletionHandler):
    def __init__(self, listeners: ListenersUnderWay) -> None:
        self._listeners = listeners

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        try:
            if self._listeners.when_ended is not None:
                await self._listeners.when_ended(request)
        finally:
            self._listeners.ended()
