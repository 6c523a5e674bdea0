"""What only pretends to be Slack, and what Slack has sent before."""

import asyncio
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
from starlette.requests import Request
from structlog.testing import capture_logs

from bot.web.slack import REPLAY_SECONDS, SeenSignatures, SlackEndpoint

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

        app = AsyncApp(signing_secret=SECRET, authorize=authorize)
        app.command("/qarun")(listen)
        app.action("go")(listen)
        app.event("message")(listen)
        return app


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def client(heard: Heard) -> AsyncIterator[httpx.AsyncClient]:
    web = Starlette()
    endpoint = SlackEndpoint(heard.app(), signing_secret=SECRET)
    web.add_route("/slack/events", endpoint.answer, methods=["POST"])
    transport = httpx.ASGITransport(web, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://qarun.test") as client:
        yield client


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


# --- replays


@pytest.mark.parametrize("kind", KINDS)
async def test_a_replay_is_acknowledged_and_does_nothing(
    client: httpx.AsyncClient, heard: Heard, kind: str
) -> None:
    headers = signed(KINDS[kind])
    first = await send(client, KINDS[kind], headers)
    with capture_logs() as lines:
        again = [await send(client, KINDS[kind], headers) for _ in range(3)]
    assert first.status_code == 200
    assert [answer.status_code for answer in again] == [200] * 3
    assert len(heard.what) == 1
    assert [line["event"] for line in lines] == ["slack_request_replayed"] * 3


async def test_who_replays_a_command_is_not_met_with_silence(client: httpx.AsyncClient) -> None:
    headers = signed(COMMAND)
    await send(client, COMMAND, headers)
    told = (await send(client, COMMAND, headers)).json()
    assert told["response_type"] == "ephemeral"
    assert "did nothing a second time" in told["text"]


async def test_the_same_words_signed_anew_are_another_request(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    for age in (2, 1, 0):
        await send(client, COMMAND, signed(COMMAND, at=time.time() - age))
    assert len(heard.what) == 3


async def test_two_of_the_same_at_once_are_obeyed_once(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    headers = signed(COMMAND)
    await asyncio.gather(*(send(client, COMMAND, headers) for _ in range(10)))
    assert len(heard.what) == 1


async def test_one_that_came_to_nothing_may_be_sent_again(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    heard.fails = True
    headers = signed(COMMAND)
    assert (await send(client, COMMAND, headers)).status_code == 500
    heard.fails = False
    assert (await send(client, COMMAND, headers)).status_code == 200
    assert len(heard.what) == 2


async def test_a_challenge_is_answered_however_often_it_comes(client: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"})
    headers = signed(body)
    for _ in range(2):
        assert (await send(client, body, headers)).json() == {"challenge": "3eZbrw1a"}


def test_signatures_are_remembered_as_long_as_they_are_good_and_no_more_than_fit() -> None:
    now = 0.0
    seen = SeenSignatures(lambda: now, most=3)
    assert seen.is_new("a")
    now = REPLAY_SECONDS
    assert not seen.is_new("a")
    now += 1
    assert seen.is_new("a")
    for other in "bcdefg":
        assert seen.is_new(other)
    assert len(seen) == 3
    assert not seen.is_new("g")


# --- strangers


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        "7",
        '"text"',
        "",
        "[" * 50_000,
        "payload=%7B",
        "payload=null",
        "payload=[]",
        "\x00",
    ],
)
async def test_what_is_no_payload_is_refused_before_anything_reads_it(
    client: httpx.AsyncClient, heard: Heard, body: str
) -> None:
    with capture_logs() as lines:
        unsigned = await send(client, body, {"Content-Type": "application/json"})
        answer = await send(client, body, signed(body))
    assert unsigned.status_code == 401
    assert answer.status_code in {400, 404}
    assert heard.what == []
    assert [line["event"] for line in lines] == ["slack_request_refused"]


async def test_the_check_of_a_certificate_lets_no_command_in(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    for body in (f"ssl_check=1&{COMMAND}", f"{COMMAND}&ssl_check=1"):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await send(client, body, headers)).status_code == 200
    as_json = json.dumps({"ssl_check": "1", "command": "/qarun"})
    assert (await send(client, as_json, {"Content-Type": "application/json"})).status_code == 401
    assert heard.what == []


async def test_a_flood_of_forgeries_is_logged_once_with_the_reason(
    client: httpx.AsyncClient,
) -> None:
    forged = {**signed(COMMAND), "X-Slack-Signature": "v0=" + "0" * 64}
    with capture_logs() as lines:
        for _ in range(20):
            assert (await send(client, COMMAND, forged)).status_code == 401
    (line,) = lines
    assert line["why"] == "its signature is not of SLACK_SIGNING_SECRET"


async def test_a_clock_that_is_wrong_is_named(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await send(client, COMMAND, signed(COMMAND, at=time.time() - 3_600))
    assert "five minutes from this machine's clock" in lines[0]["why"]


async def test_strangers_with_large_bodies_wait_for_each_other_and_hold_up_nobody_else(
    heard: Heard,
) -> None:
    endpoint = SlackEndpoint(heard.app(), signing_secret=SECRET)
    reading = 0

    def stranger() -> Request:
        async def receive() -> Any:
            nonlocal reading
            reading += 1
            await asyncio.Event().wait()  # it sends no byte

        headers = [(b"content-length", b"900000")]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        return Request(scope, receive)

    waiting = [asyncio.create_task(endpoint.answer(stranger())) for _ in range(100)]
    web = Starlette()
    web.add_route("/slack/events", endpoint.answer, methods=["POST"])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(web), base_url="http://qarun.test"
    ) as client:
        assert (await send(client, COMMAND, signed(COMMAND))).status_code == 200
    assert reading == 16
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
