"""What all HTTP endpoints of the workspace share: reading, faults, the journal."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.playground.slack_changes import ApiCall, Change, ChangeKind
from bot.playground.slack_faults import Fault, FaultKind
from bot.playground.slack_rules import Json
from bot.playground.slack_wire import abort, gone
from bot.playground.slack_world import World

_PROCESSED = (None, FaultKind.LOST_ANSWER, FaultKind.HUNG_ANSWER, FaultKind.LATE)
_UNHEARD = (FaultKind.DROP, FaultKind.LOST_ANSWER, FaultKind.HUNG_ANSWER, FaultKind.LATE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request comes to, before faults spoil it.

    Attributes:
        args: what was asked, for the journal: without tokens.
    """

    status: int
    body: Json
    args: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Endpoint(ABC):
    """An ASGI application with the workspace's faults and journal around its answers."""

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    def name(self, request: Request) -> str:
        """The name of what is asked for, in the journal and for faults."""

    @abstractmethod
    def answer(self, request: Request, body: bytes) -> Answered:
        """Process a request; never raises for what a client can do wrong."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        name = self.name(request)
        body = await request.body()
        if self.world.base_url is None:
            self.world.base_url = str(request.base_url).rstrip("/")
        delay, fault = self.world.faults.take(name)
        if delay:
            await gone(receive, delay)
        kind = fault.kind if fault is not None else None
        if fault is not None and kind is FaultKind.LATE:
            await _cut(receive, send)
            await self._pause(fault.seconds)
        if fault is None or kind in _PROCESSED:
            answered = self.answer(request, body)
        else:
            answered = _spoilt(fault)
        self._record(name, answered, heard=kind not in _UNHEARD)
        if kind is FaultKind.HUNG_ANSWER:
            await self._hang(receive)
        if kind is FaultKind.LATE:
            return  # nobody is there any more
        if kind in _UNHEARD:
            await _cut(receive, send)
        else:
            await _response(answered)(scope, receive, send)

    def _record(self, name: str, answered: Answered, *, heard: bool) -> None:
        call = ApiCall(
            method=name,
            args=answered.args,
            status=answered.status if heard else None,
            answer=answered.body,
            at=self.world.clock(),
        )
        self.world.calls.append(call)
        self.world.announce(Change(ChangeKind.CALLED, subject=call))

    async def _pause(self, seconds: float) -> None:
        """So many seconds, or until the faults are cleared."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.world.faults.cleared.wait()

    async def _hang(self, receive: Receive) -> None:
        cleared = self.world.faults.cleared
        while not cleared.is_set() and not await gone(receive, 0.05):
            pass


def rate_limited(retry_after: int, args: Json) -> Answered:
    return Answered(
        429, {"ok": False, "error": "ratelimited"}, args, {"Retry-After": str(retry_after)}
    )


def _spoilt(fault: Fault) -> Answered:
    """The answer in place of the real one."""
    if fault.kind is FaultKind.ERROR:
        return Answered(200, {"ok": False, "error": fault.error})
    if fault.kind is FaultKind.RATE_LIMITED:
        return rate_limited(fault.retry_after, {})
    return Answered(fault.status, {})


def _response(answered: Answered) -> Response:
    """JSON; for a status from before the application, the page of a proxy."""
    if answered.body:
        return JSONResponse(answered.body, answered.status, dict(answered.headers))
    page = f"<html><body><h1>{answered.status}</h1></body></html>"
    return HTMLResponse(page, answered.status)


async def _cut(receive: Receive, send: Send) -> None:
    """End the connection without an answer."""
    if abort(send):
        await gone(receive)
        return
    # No transport to get at: promise more than is sent, which the server ends by hanging up.
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
