"""Who may speak to `/api/v1`, how often, and what a request may look like, before it is read."""

import hashlib
import hmac
import math
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.body import BodyRefused, read_body
from bot.web.rate import Allowance

API_PREFIX = "/api/v1"
OPENING_PATH = f"{API_PREFIX}/watches"
MAX_API_BODY = 16_384
"""Bytes of one request; the largest that makes sense has a few hundred."""
BURST_SECONDS = 30.0
"""So many seconds' worth of requests may come at once: CI starts many runs at the same moment."""
STRANGERS_RPS, STRANGERS_BURST = 50.0, 1500.0
"""How often wrong tokens are answered; they use up nothing of what the right one may."""

_UNKNOWN = JSONResponse(
    {"detail": "The header `Authorization: Bearer …` with the token of QARUN_API_TOKEN is needed."},
    401,
    {"WWW-Authenticate": "Bearer"},
)
_NOT_JSON = JSONResponse(
    {"detail": "The body must be JSON, sent with `Content-Type: application/json`."}, 415
)


class ApiGuard:
    """ASGI middleware: the token first, so that a stranger learns nothing, then form and size."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        max_rps: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._token = _digest(token.encode())
        self._known = Allowance(rate=max_rps, burst=BURST_SECONDS * max_rps, clock=clock)
        self._strangers = Allowance(rate=STRANGERS_RPS, burst=STRANGERS_BURST, clock=clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_ours(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_known = self._knows(scope)
        if wait := (self._known if is_known else self._strangers).take():
            await _too_many(wait)(scope, receive, send)
        elif not is_known:
            await _UNKNOWN(scope, receive, send)
        elif _takes_json(scope) and not _is_json(headers.get("content-type", "")):
            await _NOT_JSON(scope, receive, send)
        else:
            try:
                length = headers.get("content-length", "")
                body = await read_body(receive, length=length, most=MAX_API_BODY)
            except BodyRefused as refused:
                await _refusal(refused)(scope, receive, send)
            else:
                await self._app(scope, _replay(body, receive), send)

    def _knows(self, scope: Scope) -> bool:
        """Whether the request carries the token.

        Takes as long for a wrong one as for the right, whatever their lengths: digests are
        compared.
        """
        for name, value in scope["headers"]:
            if name.lower() == b"authorization":
                scheme, _, token = value.partition(b" ")
                given = token.strip() if scheme.lower() == b"bearer" else b""
                return hmac.compare_digest(_digest(given), self._token)
        return False


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _too_many(wait: float) -> JSONResponse:
    seconds = str(math.ceil(wait))
    return JSONResponse(
        {"detail": f"Too many requests (QARUN_API_MAX_RPS). Try again in {seconds} s."},
        429,
        {"Retry-After": seconds},
    )


def _refusal(refused: BodyRefused) -> JSONResponse:
    return JSONResponse({"detail": str(refused)}, refused.status, {"Connection": "close"})


def _is_ours(path: str) -> bool:
    return path == API_PREFIX or path.startswith(f"{API_PREFIX}/")


def _takes_json(scope: Scope) -> bool:
    return (scope["method"], scope["path"]) == ("POST", OPENING_PATH)


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, and after it whatever comes then."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Any:
        return parts.pop() if parts else await receive()

    return replayed
