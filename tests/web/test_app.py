"""Health, metrics, and what may come in at `/slack/events`."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.signature import SignatureVerifier

from bot.metrics import CONTENT_TYPE, Metrics
from bot.web.app import build_web
from bot.web.slack import MAX_SLACK_BODY, SlackEndpoint

SECRET = "signing-secret-of-the-test"
BODY = urlencode({"command": "/qarun", "text": "UkxK", "team_id": "T1", "user_id": "U1"}).encode()


@dataclass(slots=True)
class Site:
    """The application, its problems, and what came through to Bolt."""

    problems: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    knows_itself: bool = True

    async def look(self) -> Mapping[str, str]:
        return self.problems

    def bolt(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id="T1", bot_token="xoxb-test", bot_user_id="B1"
            )

        async def command(ack: AsyncAck, body: dict[str, str]) -> None:
            self.commands.append(body["text"])
            await ack()

        app = AsyncApp(authorize=authorize, request_verification_enabled=False)
        app.command("/qarun")(command)
        return app

    def slack(self) -> SlackEndpoint:
        return SlackEndpoint(
            self.bolt(), signing_secret=SECRET, knows_itself=lambda: self.knows_itself
        )

    def client(self, *, over_http: bool = True) -> httpx.AsyncClient:
        web = build_web(
            problems=self.look,
            metrics=Metrics().render,
            metrics_type=CONTENT_TYPE,
            slack=self.slack() if over_http else None,
        )
        transport = httpx.ASGITransport(web, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://qarun.test")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client() as client:
        yield client


def _signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    assert signature is not None
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
    }


# --- health


async def test_it_is_alive_even_when_it_is_not_ready(site: Site, client: httpx.AsyncClient) -> None:
    site.problems = {"database": "gone"}
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_it_is_ready_when_nothing_is_wrong(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_it_is_not_ready_with_the_reasons(site: Site, client: httpx.AsyncClient) -> None:
    site.problems = {"slack": "the socket is closed", "database": "no answer within 5 s"}
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "problems": site.problems}


async def test_metrics_are_in_prometheus_form(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "qarun_sweep_lag_seconds" in answer.text


# --- Slack


async def test_in_socket_mode_there_is_no_slack_endpoint(site: Site) -> None:
    async with site.client(over_http=False) as client:
        answer = await client.post("/slack/events", content=BODY, headers=_signed(BODY))
        assert answer.status_code == 404
        assert (await client.get("/healthz")).status_code == 200


async def test_a_signed_command_comes_through(site: Site, client: httpx.AsyncClient) -> None:
    answer = await client.post("/slack/events", content=BODY, headers=_signed(BODY))
    assert answer.status_code == 200
    await asyncio.sleep(0)
    assert site.commands == ["UkxK"]


async def test_the_challenge_of_an_event_subscription_is_answered(
    client: httpx.AsyncClient,
) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    headers = {**_signed(body), "Content-Type": "application/json"}
    answer = await client.post("/slack/events", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1a"})


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": None},
        {"X-Slack-Request-Timestamp": None},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=sign\u00e9"},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "\u00b2"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
    ],
)
async def test_a_request_that_is_not_signed_rightly_is_refused(
    site: Site, client: httpx.AsyncClient, change: dict[str, str | None]
) -> None:
    headers = {**_signed(BODY), **change}
    sent = [
        (name.encode(), value.encode("latin-1"))
        for name, value in headers.items()
        if value is not None
    ]
    answer = await client.post("/slack/events", content=BODY, headers=sent)
    assert answer.status_code == 401
    assert site.commands == []


async def test_until_it_knows_its_workspace_slack_is_asked_to_come_again(
    site: Site, client: httpx.AsyncClient
) -> None:
    site.knows_itself = False
    answer = await client.post("/slack/events", content=BODY, headers=_signed(BODY))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    site.knows_itself = True
    answer = await client.post("/slack/events", content=BODY, headers=_signed(BODY))
    assert answer.status_code == 200
    assert site.commands == ["UkxK"]


async def test_slacks_check_of_the_certificate_needs_no_signature(
    client: httpx.AsyncClient,
) -> None:
    body = {"ssl_check": "1", "token": "an-old-token"}
    assert (await client.post("/slack/events", data=body)).status_code == 200


@pytest.mark.parametrize("age", [301, -301])
async def test_a_request_signed_long_ago_is_refused(
    site: Site, client: httpx.AsyncClient, age: float
) -> None:
    headers = _signed(BODY, at=time.time() - age)
    assert (await client.post("/slack/events", content=BODY, headers=headers)).status_code == 401
    assert site.commands == []


async def test_a_signature_of_another_secret_or_body_is_refused(
    site: Site, client: httpx.AsyncClient
) -> None:
    for headers in (_signed(BODY, secret="another"), _signed(b"another body")):
        answer = await client.post("/slack/events", content=BODY, headers=headers)
        assert answer.status_code == 401
    assert site.commands == []


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    client: httpx.AsyncClient,
) -> None:
    body = b"x" * (MAX_SLACK_BODY + 1)
    answer = await client.post("/slack/events", content=body, headers=_signed(body))
    assert answer.status_code == 413


async def test_a_body_in_chunks_comes_through_up_to_the_limit(
    site: Site, client: httpx.AsyncClient
) -> None:
    async def chunks(times: int) -> AsyncIterator[bytes]:
        yield BODY
        for _ in range(times):
            yield b"x" * 10_000

    answer = await client.post("/slack/events", content=chunks(0), headers=_signed(BODY))
    assert answer.status_code == 200
    assert site.commands == ["UkxK"]
    answer = await client.post("/slack/events", content=chunks(101), headers=_signed(BODY))
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["9" * 5_000, "9" * 10])
async def test_a_length_beyond_the_limit_is_refused_without_reading(
    client: httpx.AsyncClient, length: str
) -> None:
    headers = {**_signed(BODY), "Content-Length": length}
    answer = await client.post("/slack/events", content=BODY, headers=headers)
    assert answer.status_code == 413


async def test_a_body_that_is_not_utf8_is_refused(client: httpx.AsyncClient) -> None:
    body = b"text=\xff"
    answer = await client.post("/slack/events", content=body, headers=_signed(BODY))
    assert answer.status_code == 400


async def test_only_posts_are_slacks(client: httpx.AsyncClient) -> None:
    assert (await client.get("/slack/events")).status_code == 405
