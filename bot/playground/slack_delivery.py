"""Handing a payload to the app: acknowledgement, time limit, delivery again.

How it travels is the transport's affair: `slack_sockets` or `slack_signed_http`.
"""

import asyncio
import copy
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from bot.playground.slack_rules import Json

ACK_SECONDS = 3.0
RETRY_SECONDS: Sequence[float] = (0.0, 60.0, 300.0)
"""The pauses before an event that was not acknowledged is delivered again."""


class DeliveryKind(StrEnum):
    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


@dataclass(slots=True)
class Attempt:
    """One try to hand a payload over.

    Attributes:
        number: 0 for the first.
        reason: why it is tried again (`timeout`, `http_error`, …).
        seconds: until the acknowledgement; None where none came in time.
        body: what came with the acknowledgement.
        problem: why it counts as not acknowledged.
    """

    number: int
    reason: str | None = None
    seconds: float | None = None
    status: int | None = None
    body: Any = None
    problem: str | None = None


class NotAcknowledged(Exception):
    """The app did not acknowledge a payload in time, or was not there."""


@dataclass(slots=True)
class Delivery:
    """A payload and what became of it.

    Attributes:
        problem: what was wrong with what the app answered in its acknowledgement, such as a
            view that Slack would refuse.
    """

    kind: DeliveryKind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    problem: str | None = None
    retries: "asyncio.Task[None] | None" = None

    @property
    def acknowledged(self) -> bool:
        return any(attempt.seconds is not None for attempt in self.attempts)

    @property
    def ack_seconds(self) -> float | None:
        """How long the acknowledged attempt took."""
        return next((a.seconds for a in self.attempts if a.seconds is not None), None)

    @property
    def body(self) -> Any:
        """What came with the acknowledgement: an object, a text, or None."""
        return next((a.body for a in self.attempts if a.seconds is not None), None)

    @property
    def had_no_consumer(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].problem == NO_CONSUMER

    @property
    def event_id(self) -> str | None:
        return self.payload.get("event_id")

    @property
    def trigger_id(self) -> str | None:
        return self.payload.get("trigger_id")

    @property
    def response_url(self) -> str | None:
        return self.payload.get("response_url")

    def require_ack(self) -> "Delivery":
        """Itself, for going on.

        Raises:
            NotAcknowledged: it was not; the sentence says why.
        """
        if not self.acknowledged:
            problems = ", ".join(str(attempt.problem) for attempt in self.attempts)
            raise NotAcknowledged(f"{self.kind} was not acknowledged: {problems}")
        return self

    async def settled(self) -> "Delivery":
        """Itself, once it is not going to be tried again."""
        if self.retries is not None:
            await asyncio.wait([self.retries])
        return self


NO_CONSUMER = "no consumer"


class Transport(Protocol):
    """A way to the app."""

    async def hand_over(self, delivery: Delivery, attempt: Attempt, within: float) -> None:
        """Try once, and write into the attempt what came of it; never raises."""
        ...


class Courier:
    """Delivers payloads over whatever transport is in use, and keeps the record of them."""

    def __init__(self, transport: Transport, changed: Callable[[Delivery], None]) -> None:
        self.transport = transport
        self.ack_seconds = ACK_SECONDS
        self.retry_seconds: Sequence[float] = RETRY_SECONDS
        self.deliveries: list[Delivery] = []
        self._changed = changed
        self._tasks: set[asyncio.Task[Any]] = set()

    async def deliver(self, kind: DeliveryKind, payload: Json) -> Delivery:
        """Hand a payload over; returns after the first attempt.

        An event that was not acknowledged is delivered again in the background; commands and
        interactions never are.
        """
        delivery = Delivery(kind, copy.deepcopy(payload))
        self.deliveries.append(delivery)
        return await self._begin(delivery)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver the same event, with the same `event_id`, once more, as a retry of Slack's."""
        again = Delivery(delivery.kind, copy.deepcopy(delivery.payload))
        self.deliveries.append(again)
        return await self._begin(again, number=1, reason="timeout")

    def deliver_soon(self, kind: DeliveryKind, payload: Json) -> None:
        """Deliver without anybody waiting for it."""
        self._spawn(self.deliver(kind, payload))

    async def idle(self) -> None:
        """Wait until nothing is under way in the background any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def aclose(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(
        self, delivery: Delivery, *, number: int = 0, reason: str | None = None
    ) -> Delivery:
        await self._attempt(delivery, Attempt(number, reason))
        if delivery.kind is DeliveryKind.EVENT and not delivery.acknowledged:
            delivery.retries = self._spawn(self._retry(delivery, number))
        return delivery

    async def _attempt(self, delivery: Delivery, attempt: Attempt) -> None:
        await self.transport.hand_over(delivery, attempt, self.ack_seconds)
        delivery.attempts.append(attempt)
        self._changed(delivery)

    async def _retry(self, delivery: Delivery, number: int) -> None:
        for pause in self.retry_seconds[number:]:
            if delivery.had_no_consumer:
                return  # nothing is replayed while no socket is open
            await asyncio.sleep(pause)
            number += 1
            await self._attempt(
                delivery, Attempt(number, delivery.attempts[-1].problem or "unknown_error")
            )
            if delivery.acknowledged:
                return

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
