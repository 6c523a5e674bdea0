"""What happens in a workspace, for who watches it: the demo's page, and tests that wait."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from bot.playground.slack_rules import Json

_T = TypeVar("_T")


class ChangeKind(StrEnum):
    MESSAGE_POSTED = "message_posted"
    MESSAGE_CHANGED = "message_changed"
    MESSAGE_DELETED = "message_deleted"
    MEMBER_JOINED = "member_joined"
    VIEW_OPENED = "view_opened"
    VIEW_CHANGED = "view_changed"
    VIEW_CLOSED = "view_closed"
    HOME_PUBLISHED = "home_published"
    CALLED = "called"
    """The app has called a method of the Web API."""
    DELIVERED = "delivered"
    """A payload was handed to the app, with or without its acknowledgement."""
    CONNECTED = "connected"
    """A socket was opened or closed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened in the workspace, for who watches it."""

    kind: ChangeKind
    channel: str | None = None
    user: str | None = None
    subject: Any = None
    """The `Message`, `View`, `ApiCall` or `Delivery` it happened to."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request to the Web API or to a `response_url`.

    Attributes:
        args: without the token.
        status: HTTP status, None where the connection was dropped before the answer.
        answer: the answer, which the app never saw where `status` is None.
        at: the workspace's time, in seconds.
    """

    method: str
    args: Json
    status: int | None
    answer: Json
    at: float

    @property
    def ok(self) -> bool:
        return self.answer.get("ok") is True


class Observed:
    """Tells its observers of each change, and keeps the journal of the Web API (`calls`)."""

    def __init__(self) -> None:
        self.calls: list[ApiCall] = []
        self._changed = asyncio.Event()
        self._subscribers: list[asyncio.Queue[Change]] = []

    def calls_of(self, method: str) -> list[ApiCall]:
        """The requests to one method, in their order."""
        return [call for call in self.calls if call.method == method]

    def subscribe(self) -> "asyncio.Queue[Change]":
        """A queue of every change from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._subscribers.append(queue)
        return queue

    def unsubscribe(self, queue: "asyncio.Queue[Change]") -> None:
        self._subscribers.remove(queue)

    def announce(self, change: Change) -> None:
        for queue in self._subscribers:
            queue.put_nowait(change)
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for(self, predicate: Callable[[], _T], within: float = 5.0) -> _T:
        """What the predicate returns as soon as that is true; asked again after every change.

        Raises:
            TimeoutError: it stayed false for `within` real seconds; says what happened last.
        """
        try:
            async with asyncio.timeout(within):
                while not (found := predicate()):
                    await self._changed.wait()
        except TimeoutError:
            last = [f"{call.method} → {call.status} {call.answer}" for call in self.calls[-5:]]
            raise TimeoutError(
                f"still waiting after {within} s; last calls: {'; '.join(last) or 'none'}"
            ) from None
        return found
