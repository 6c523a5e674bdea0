"""`POST /slack/events`: what Slack sends over HTTP, and what only pretends to be Slack.

Nothing of a request is read by anybody before its signature has been checked.
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import structlog
from fastapi import Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.web.body import BODY_SECONDS, BodyRefused, read_body

MAX_SLACK_BODY = 1_000_000
"""Bytes of one request of Slack's; a view with all its state stays far below."""
REPLAY_SECONDS = 600.0
"""A timestamp may be five minutes old, or as much ahead of our clock."""
_MOST_SIGNATURES = 20_000
_SMALL_BODY = 65_536
"""Bytes; nearly all that Slack sends is smaller."""
_LARGE_BODIES = 16
_QUIET_SECONDS = 60.0

_TIMESTAMP, _SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
_FORM_OF_TIMESTAMP, _FORM_OF_SIGNATURE = re.compile("[0-9]{1,12}"), re.compile("v0=[0-9a-f]{64}")
_FORM = "application/x-www-form-urlencoded"
_SEEN_ALREADY = "I have had this very request before, so I did nothing a second time."

_log = structlog.stdlib.get_logger("qarun.web")


@dataclass(slots=True)
class SeenSignatures:
    """The requests of the last minutes, by their signatures: none of them is obeyed twice.

    It forgets the oldest where there are more than it can keep.
    """

    clock: Callable[[], float] = time.monotonic
    most: int = _MOST_SIGNATURES
    _seen: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def is_new(self, signature: str) -> bool:
        """Whether it has not been seen; from now on it has."""
        now = self.clock()
        while self._seen and now - next(iter(self._seen.values())) > REPLAY_SECONDS:
            self._seen.popitem(last=False)
        if signature in self._seen:
            return False
        self._seen[signature] = now
        if len(self._seen) > self.most:
            self._seen.popitem(last=False)
        return True

    def forget(self, signature: str) -> None:
        """It came to nothing: Slack may send it again."""
        self._seen.pop(signature, None)

    def __len__(self) -> int:
        return len(self._seen)


class SlackEndpoint:
    """Hands to Bolt what Slack has signed.

    Args:
        knows_itself: whether Slack has said yet who the bot is. Until then nobody's workspace can
            be told from another's; Slack sends events again.
    """

    def __init__(
        self,
        app: AsyncApp,
        *,
        signing_secret: str,
        knows_itself: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._knows_itself = knows_itself
        self._clock = clock
        self._seen = SeenSignatures(clock)
        self._large = asyncio.Semaphore(_LARGE_BODIES)
        self._complained_at = -_QUIET_SECONDS

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        timestamp = request.headers.get(_TIMESTAMP)
        signature = request.headers.get(_SIGNATURE)
        if (timestamp is not None and not _FORM_OF_TIMESTAMP.fullmatch(timestamp)) or (
            signature is not None and not _FORM_OF_SIGNATURE.fullmatch(signature)
        ):
            return self._unsigned("its signature has not the form of Slack's")
        try:
            body = await self._read(request)
        except BodyRefused as refused:
            return PlainTextResponse(str(refused), refused.status, {"Connection": "close"})
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return PlainTextResponse("the body is not UTF-8", 400)
        if timestamp is None or signature is None:
            # Slack's look at the certificate is not signed, and asks for nothing.
            is_check = _is_form(request) and _fields(text).get("ssl_check") == ["1"]
            return Response() if is_check else self._unsigned("it is not signed")
        if not self._verifier.is_valid(body, timestamp, signature):
            return self._unsigned(self._what_is_wrong(timestamp))
        return await self._signed(request, body, signature)

    async def _read(self, request: Request) -> bytes:
        """The body. Whose it is will be known only then, so few large ones are held at a time."""
        length = request.headers.get("content-length", "")
        is_small = length.isdecimal() and len(length) < 7 and int(length) <= _SMALL_BODY
        if is_small:
            return await read_body(request.receive, length=length, most=MAX_SLACK_BODY)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                await self._large.acquire()
        except TimeoutError:
            raise BodyRefused(503, "Too many large bodies are being read.") from None
        try:
            return await read_body(request.receive, length=length, most=MAX_SLACK_BODY)
        finally:
            self._large.release()

    async def _signed(self, request: Request, body: bytes, signature: str) -> Response:
        try:
            asked = to_async_bolt_request(request, body)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return PlainTextResponse("the body is no payload of Slack's", 400)
        # A challenge is answered however often it comes, and does nothing.
        is_challenge = asked.body.get("type") == "url_verification"
        if not is_challenge and not self._knows_itself():
            return PlainTextResponse("not ready yet", 503, {"Retry-After": "1"})
        if not is_challenge and not self._seen.is_new(signature):
            return _again(asked.body)
        status = 500
        try:
            answer = to_starlette_response(await self._app.async_dispatch(asked))
            status = answer.status_code
        finally:
            if status >= 500:
                self._seen.forget(signature)
        return answer

    def _unsigned(self, why: str) -> Response:
        """Refuse it; the operator is told, but not for each of a flood."""
        now = self._clock()
        if now - self._complained_at >= _QUIET_SECONDS:
            self._complained_at = now
            _log.warning("slack_request_refused", why=why)
        return PlainTextResponse("the request is not signed as Slack signs", 401)

    def _what_is_wrong(self, timestamp: str) -> str:
        if abs(time.time() - int(timestamp)) > 300:
            return "its timestamp is more than five minutes from this machine's clock"
        return "its signature is not of SLACK_SIGNING_SECRET"


def _again(body: Mapping[str, Any]) -> Response:
    """A replay is acknowledged, for a proxy may have sent it on twice, and nothing is done."""
    _log.warning("slack_request_replayed")
    if "command" in body:
        return JSONResponse({"response_type": "ephemeral", "text": _SEEN_ALREADY})
    return Response()


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == _FORM


def _fields(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, max_num_fields=200)
    except ValueError:
        return {}
