"""Socket Mode: the websockets of the app, their envelopes and acknowledgements."""

import asyncio
import contextlib
import itertools
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.slack_delivery import NO_CONSUMER, Attempt, Delivery, DeliveryKind
from bot.playground.slack_rules import Json
from bot.playground.slack_wire import abort

MAX_CONNECTIONS = 10


@dataclass(eq=False, slots=True)
class Connection:
    """An open websocket.

    Attributes:
        is_leaving: a `disconnect` frame was sent; payloads go elsewhere where they can.
    """

    number: int
    websocket: WebSocket
    is_leaving: bool = False
    received: list[Json] = field(default_factory=list)
    """Every frame the app sent, in order."""


class Sockets:
    """The websockets of the app; each payload goes to one of them, in turn.

    Attributes:
        is_refusing: True answers the handshake with 403.
        acks_to_swallow: how many acknowledgements yet to come get lost.
    """

    def __init__(self, changed: Callable[[], None], app_id: str) -> None:
        self.connections: list[Connection] = []
        self.is_refusing = False
        self.acks_to_swallow = 0
        self._changed = changed
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._waiting: dict[str, tuple[Connection, asyncio.Future[Json | None]]] = {}
        self._numbers = itertools.count(1)

    def issue_ticket(self) -> str:
        """The right to open one websocket; part of the URL of `apps.connections.open`."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def endpoint(self, websocket: WebSocket) -> None:
        """Serve one websocket until it ends."""
        ticket = websocket.query_params.get("ticket", "")
        if self.is_refusing or ticket not in self._tickets:
            await websocket.close()
            return
        self._tickets.remove(ticket)
        await websocket.accept()
        if len(self.connections) >= MAX_CONNECTIONS:
            await websocket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await websocket.close()
            return
        connection = Connection(next(self._numbers), websocket)
        self.connections.append(connection)
        try:
            await websocket.send_json(self._hello())
            self._changed()
            while True:
                self._receive(connection, await websocket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(connection)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "playground", "approximate_connection_time": 18_060},
        }

    def _receive(self, connection: Connection, text: str) -> None:
        frame = json.loads(text)
        connection.received.append(frame)
        _, answer = self._waiting.get(frame.get("envelope_id", ""), (None, None))
        if answer is None or answer.done():
            return
        if self.acks_to_swallow:
            self.acks_to_swallow -= 1
            return
        answer.set_result(frame)

    def _forget(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for owner, answer in self._waiting.values():
            if owner is connection and not answer.done():
                answer.set_result(None)
        self._changed()

    def _next(self) -> Connection | None:
        """The connection whose turn it is; one that is leaving only where there is no other."""
        staying = [c for c in self.connections if not c.is_leaving] or self.connections
        if not staying:
            return None
        chosen = staying[0]
        self.connections.remove(chosen)
        self.connections.append(chosen)
        return chosen

    async def hand_over(self, delivery: Delivery, attempt: Attempt, within: float) -> None:
        """Send one envelope and wait `within` seconds for its acknowledgement."""
        connection = self._next()
        if connection is None:
            attempt.problem = NO_CONSUMER
            return
        envelope_id = secrets.token_hex(16)
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind.value,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind is not DeliveryKind.EVENT,
        }
        if delivery.kind is DeliveryKind.EVENT:
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason or ""}
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (connection, answer)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(within):
                await connection.websocket.send_json(envelope)
                frame = await answer
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            # RuntimeError: what Starlette raises for a websocket that has just been closed.
            frame = None
        finally:
            del self._waiting[envelope_id]
        if frame is None:
            attempt.problem = "timeout"
        else:
            attempt.seconds = time.perf_counter() - began
            attempt.body = frame.get("payload")

    async def announce_disconnect(self, reason: str = "refresh_requested") -> None:
        """Send the `disconnect` frame (`warning`, `refresh_requested`, `link_disabled`) to all."""
        for connection in list(self.connections):
            connection.is_leaving = True
            await connection.websocket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
            )

    async def cut(self, *, abruptly: bool = False) -> None:
        """End all websockets now: with a close frame, or like a pulled cable."""
        for connection in list(self.connections):
            if not (abruptly and abort(connection.websocket)):
                with contextlib.suppress(RuntimeError):  # the app may have closed it just now
                    await connection.websocket.close()
