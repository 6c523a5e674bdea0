"""A Slack endpoint with listeners that note what came through, and requests signed for it."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

from bot.web.slack import SlackEndpoint

SECRET = "signing-secret-of-the-test"
COMMAND = urlencode({"command": "/qarun", "text": "rerun UkxK", "team_id": "T1", "user_id": "U1"})
EVENT = json.dumps(
    {
        "type": "event_callback",
        "event_id": "Ev1",
        "event": {"type": "message", "channel": "C1", "user": "U1", "text": "url_verification"},
    }
)
PRESS = urlencode(
    {
        "payload": json.dumps(
            {
                "type": "block_actions",
                "user": {"id": "U1"},
                "actions": [{"type": "button", "action_id": "go", "block_id": "b"}],
            }
        )
    }
)
KINDS = {"command": COMMAND, "event": EVENT, "press": PRESS}


@dataclass(slots=True)
class Heard:
    """What came through to the listeners."""

    what: list[str] = field(default_factory=list)
    fails: bool = False

    def app(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id="T1", bot_token="xoxb-test", bot_user_id="B1"
            )

        async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
            self.what.append(str(body.get("type") or body.get("command")))
            if self.fails:
                raise RuntimeError("a bug")
            await ack()

        app = AsyncApp(authorize=authorize, request_verification_enabled=False)
        app.command("/qarun")(listen)
        app.action("go")(listen)
        app.event("message")(listen)
        return app


def signed(body: str, *, at: float | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    is_json = body.startswith(("{", "[")) or not body
    return {
        "Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": str(signature),
    }


async def send(client: httpx.AsyncClient, body: str, headers: dict[str, str]) -> httpx.Response:
    answer = await client.post("/slack/events", content=body.encode(), headers=headers)
    await asyncio.sleep(0.01)  # listeners of events run after the answer
    return answer


@contextlib.asynccontextmanager
async def client_of(endpoint: SlackEndpoint) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the endpoint, in this process."""
    web = Starlette()
    web.add_route("/slack/events", endpoint.answer, methods=["POST"])
    transport = httpx.ASGITransport(web, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://qarun.test") as client:
        yield client


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def client(heard: Heard) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(SlackEndpoint(heard.app(), signing_secret=SECRET)) as client:
        yield client
