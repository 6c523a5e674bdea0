"""Faults that can be put into the simulated QA.tech, for a number of requests or until cleared."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class TrueAnswer:
    """What the simulated QA.tech would have answered."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


Compute = Callable[[], Awaitable[TrueAnswer]]
Fault = Callable[[Compute, Receive, Send], Awaitable[None]]
"""One thing that goes wrong with a request; what never calls `Compute` leaves no trace of it."""


def raw(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: tuple[tuple[str, str], ...] = (),
) -> Fault:
    """Answer with exactly this status, this body and these headers."""
    lines = (("content-type", content_type), ("content-length", str(len(body))), *headers)
    answer = TrueAnswer(status, _encoded(lines), body)

    async def befall(_: Compute, __: Receive, send: Send) -> None:
        await send_answer(answer, send)

    return befall


def refuse(status: int, message: str | None = None, *, retry_after: str | None = None) -> Fault:
    """Answer with this status and `{"message": …}`; `retry_after` is the header as it stands."""
    said = _MESSAGES.get(status, "Something went wrong") if message is None else message
    headers = () if retry_after is None else (("retry-after", retry_after),)
    return raw(json.dumps({"message": said}).encode(), status=status, headers=headers)


def html(status: int) -> Fault:
    """Answer with a gateway's page."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return raw(page.encode(), status=status, content_type="text/html")


def redirect(to: str, status: int = 302) -> Fault:
    """Send the client elsewhere."""
    return raw(b"", status=status, content_type="text/html", headers=(("location", to),))


def wrong_types() -> Fault:
    """Answer 200 with JSON that the specification does not allow."""
    return raw(
        b'{"shortId": 7, "status": ["RUNNING"], "result": {}, "id": 1, "runTestCases": "no"}'
    )


def huge(size: int) -> Fault:
    """Answer 200 with a body of so many bytes, sent piece by piece and without its length."""

    async def befall(_: Compute, __: Receive, send: Send) -> None:
        headers = _encoded((("content-type", "application/json"),))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        left = size
        while left > 0:
            piece = b" " * min(left, _PIECE)
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return befall


def delay(seconds: float) -> Fault:
    """Answer truly after so many real seconds."""

    async def befall(compute: Compute, _: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await send_answer(await compute(), send)

    return befall


def hang() -> Fault:
    """Take the request and never answer; it ends when the client gives up."""

    async def befall(_: Compute, receive: Receive, __: Send) -> None:
        await _client_gone(receive)

    return befall


def drip(seconds: float) -> Fault:
    """Answer truly, with so many real seconds between one byte and the next."""

    async def befall(compute: Compute, receive: Receive, send: Send) -> None:
        answer = await compute()
        await _begin(answer, send)
        gone = asyncio.ensure_future(_client_gone(receive))
        try:
            for byte in answer.body:
                await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
                if (await asyncio.wait({gone}, timeout=seconds))[0]:
                    return
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    return befall


def cut() -> Fault:
    """Close the connection in the middle of the true answer."""

    async def befall(compute: Compute, _: Receive, send: Send) -> None:
        answer = await compute()
        await _begin(answer, send)
        half = answer.body[: len(answer.body) // 2]
        # Returning with the body unfinished makes the server close the connection.
        await send({"type": "http.response.body", "body": half, "more_body": True})

    return befall


async def send_answer(answer: TrueAnswer, send: Send) -> None:
    """Send a whole answer over ASGI."""
    await _begin(answer, send)
    await send({"type": "http.response.body", "body": answer.body})


@dataclass(slots=True)
class _Injected:
    fault: Fault
    left: int | None
    short_id: str | None


class Faults:
    """The faults in force; the oldest one that fits a request befalls it."""

    def __init__(self) -> None:
        self._injected: list[_Injected] = []

    def inject(
        self, fault: Fault, *, times: int | None = None, short_id: str | None = None
    ) -> None:
        """Put a fault in force.

        Args:
            fault: built by one of the functions of this module.
            times: for so many requests; until cleared where None.
            short_id: only for requests that name this run or test case; for all where None.
        """
        self._injected.append(_Injected(fault, times, short_id))

    def clear(self) -> None:
        """Let everything go well again."""
        self._injected.clear()

    def take(self, short_id: str) -> Fault | None:
        """The fault that befalls this request, counted down."""
        for injected in self._injected:
            if injected.short_id in {None, short_id}:
                if injected.left is not None:
                    injected.left -= 1
                    if injected.left <= 0:
                        self._injected.remove(injected)
                return injected.fault
        return None


_MESSAGES = {
    401: "Invalid API key",
    402: "Usage limit reached",
    403: "Organization suspended or invalid token",
    404: "Run not found",
    429: "Too many requests",
    500: "Internal server error",
    503: "Service unavailable",
}


def _encoded(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)


async def _begin(answer: TrueAnswer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
