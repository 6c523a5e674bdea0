"""Who may speak to `/api/v1`, and what a request may look like, before anything reads it."""

import hmac
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API_PREFIX = "/api/v1"
OPENING_PATH = f"{API_PREFIX}/watches"
MAX_API_BODY = 16_384
"""Bytes of one request; the largest that makes sense has a few hundred."""

_UNKNOWN = JSONResponse(
    {"detail": "The header `Authorization: Bearer …` with the token of QARUN_API_TOKEN is needed."},
    401,
    {"WWW-Authenticate": "Bearer"},
)
_NOT_JSON = JSONResponse(
    {"detail": "The body must be JSON, sent with `Content-Type: application/json`."}, 415
)
_TOO_LARGE = JSONResponse(
    {"detail": f"The body is larger than {MAX_API_BODY} bytes."}, 413, {"Connection": "close"}
)


class ApiGuard:
    """ASGI middleware: the token first, so that a stranger learns nothing, then form and size."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_ours(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._knows(scope):
            await _UNKNOWN(scope, receive, send)
        elif _takes_json(scope) and not _is_json(headers.get("content-type", "")):
            await _NOT_JSON(scope, receive, send)
        elif (body := await _read(receive, headers.get("content-length", ""))) is None:
            await _TOO_LARGE(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)

    def _knows(self, scope: Scope) -> bool:
        """Whether the request carries the token; takes as long for a wrong one as for the right."""
        for name, value in scope["headers"]:
            if name.lower() == b"authorization":
                scheme, _, token = value.partition(b" ")
                given = token.strip() if scheme.lower() == b"bearer" else b""
                return hmac.compare_digest(given, self._token)
        return False


def _is_ours(path: str) -> bool:
    return path == API_PREFIX or path.startswith(f"{API_PREFIX}/")


def _takes_json(scope: Scope) -> bool:
    return (scope["method"], scope["path"]) == ("POST", OPENING_PATH)


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


async def _read(receive: Receive, length: str) -> bytes | None:
    """The body; None where it is too large, of which no more than the limit is read."""
    if length.isdecimal() and (len(length) > 9 or int(length) > MAX_API_BODY):
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)  # the client has gone; whatever answers it finds nobody
        body += message.get("body", b"")
        if len(body) > MAX_API_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, and after it whatever comes then."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Any:
        return parts.pop() if parts else await receive()

    return replayed
