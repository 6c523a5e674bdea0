"""Signed HTTP: payloads as POST requests to the app, as Slack makes them without Socket Mode."""

import asyncio
import functools
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.playground.slack_delivery import Attempt, Delivery, DeliveryKind

_FORM = "application/x-www-form-urlencoded"


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes longer than a delivery is allowed to.
    return ssl.create_default_context()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`X-Slack-Signature`, version 0."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_request(delivery: Delivery, secret: str, now: float) -> tuple[dict[str, str], bytes]:
    """The headers and the body of the request that carries a payload."""
    content_type, body = _encode(delivery)
    timestamp = str(int(now))
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }
    return headers, body


@dataclass(slots=True)
class SignedHttp:
    """The app's request URL and the secret that its requests are signed with.

    Attributes:
        now: seconds since 1970, for the timestamp that the app checks against its own clock.
    """

    url: str
    secret: str
    now: Callable[[], float] = time.time

    def __repr__(self) -> str:
        """Leaves out the secret."""
        return f"SignedHttp(url={self.url!r})"

    async def hand_over(self, delivery: Delivery, attempt: Attempt, within: float) -> None:
        """Make one request; a 2xx within the time acknowledges."""
        headers, body = signed_request(delivery, self.secret, self.now())
        if attempt.number:
            headers["X-Slack-Retry-Num"] = str(attempt.number)
            headers["X-Slack-Retry-Reason"] = attempt.reason or "unknown_error"
        began = time.perf_counter()
        try:
            async with (
                asyncio.timeout(within),
                httpx.AsyncClient(verify=_tls(), timeout=2 * within, trust_env=False) as client,
            ):
                response = await client.post(self.url, content=body, headers=headers)
        except TimeoutError:
            attempt.problem = "http_timeout"
            return
        except httpx.TransportError:
            attempt.problem = "connection_failed"
            return
        attempt.status = response.status_code
        if response.is_success:
            attempt.seconds = time.perf_counter() - began
            attempt.body = _decode(response)
        else:
            attempt.problem = "http_error"


def _encode(delivery: Delivery) -> tuple[str, bytes]:
    if delivery.kind is DeliveryKind.EVENT:
        return "application/json", json.dumps(delivery.payload).encode()
    fields: Mapping[str, Any] = delivery.payload
    if delivery.kind is DeliveryKind.INTERACTIVE:
        fields = {"payload": json.dumps(delivery.payload)}
    return _FORM, urlencode(fields).encode()


def _decode(response: httpx.Response) -> Any:
    if not response.content:
        return None
    if "json" in response.headers.get("content-type", ""):
        return response.json()
    return {"text": response.text}
