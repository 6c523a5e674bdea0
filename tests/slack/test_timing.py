"""How long Slack waits for the bot, and the bot for Slack: what is told, under which names."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import Workspace, serving_slack
from bot.playground.slack_response_url import url_of
from bot.serving import listen
from bot.slack.timing import Method, Payload, SlackOutcome, TimedApp, timed_calls


@dataclass(slots=True)
class Heard:
    """`SlackEvents`, kept."""

    acked: list[tuple[Payload, float]] = field(default_factory=list)
    called: list[tuple[Method, SlackOutcome]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def slack_acked(self, payload: Payload, seconds: float) -> None:
        self.acked.append((payload, seconds))

    def slack_called(self, method: Method, outcome: SlackOutcome, seconds: float) -> None:
        self.called.append((method, outcome))
        self.seconds.append(seconds)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def app(heard: Heard) -> TimedApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-test", bot_user_id="B1"
        )

    return TimedApp(heard, signing_secret="s", authorize=authorize)


async def dispatch(app: TimedApp, body: dict[str, Any]) -> int:
    request = AsyncBoltRequest(mode="socket_mode", body=body, headers={})
    return (await app.async_dispatch(request)).status


async def test_the_acknowledgement_is_timed_and_not_the_answer(heard: Heard) -> None:
    bolt = app(heard)

    async def slow(ack: AsyncAck) -> None:
        await asyncio.sleep(0.1)
        await ack()
        await asyncio.sleep(1)

    bolt.command("/qarun")(slow)
    assert await dispatch(bolt, {"command": "/qarun", "team_id": "T1", "user_id": "U1"}) == 200
    ((payload, seconds),) = heard.acked
    assert payload == "command"
    assert 0.1 <= seconds < 0.9


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        ({"type": "event_callback", "event": {"type": "message", "channel_type": "im"}}, "event"),
        ({"type": "block_actions", "actions": [{"action_id": "a"}]}, "action"),
        ({"type": "view_submission", "view": {"type": "modal", "callback_id": "v"}}, "view"),
    ],
)
async def test_each_kind_of_payload_has_its_name(
    heard: Heard, body: dict[str, Any], payload: Payload
) -> None:
    bolt = app(heard)

    async def listen_to(ack: AsyncAck) -> None:
        await ack()

    bolt.event("message")(listen_to)
    bolt.action("a")(listen_to)
    bolt.view("v")(listen_to)
    more = {"team": {"id": "T1"}, "user": {"id": "U1"}, "team_id": "T1"}
    assert await dispatch(bolt, {**more, **body}) == 200
    assert [name for name, _ in heard.acked] == [payload]


async def test_what_nobody_acknowledges_is_not_timed(heard: Heard) -> None:
    assert await dispatch(app(heard), {"command": "/other", "team_id": "T1"}) == 404
    assert heard.acked == []


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    workspace = Workspace()
    workspace.rates.is_enabled = False
    async with serving_slack(workspace, listen("127.0.0.1", 0)):
        yield workspace


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "answered"),
        ({"kind": "error", "error": "invalid_blocks"}, "answered"),
        ({"kind": "rate_limited", "retry_after": 1}, "rate_limited"),
        ({"kind": "status", "status": 503}, "server_error"),
        ({"kind": "status", "status": 403}, "refused"),
        ({"kind": "drop"}, "no_answer"),
    ],
)
async def test_each_call_is_told_with_what_it_came_to(
    slack: Workspace, heard: Heard, fault: dict[str, Any] | None, outcome: SlackOutcome
) -> None:
    room = slack.add_channel("qa")
    if fault is not None:
        slack.faults.add("chat.postMessage", **fault)
    api = f"{slack.base_url}/api/"
    async with aiohttp.ClientSession(trace_configs=[timed_calls(api, heard)]) as session:
        client = AsyncWebClient(
            token=slack.bot_token, base_url=api, session=session, retry_handlers=[]
        )
        with contextlib.suppress(SlackApiError, aiohttp.ClientError, json.JSONDecodeError):
            await client.chat_postMessage(channel=room.id, text="hello")
    assert heard.called == [("chat.postMessage", outcome)]
    assert 0 < heard.seconds[0] < 5


async def test_a_response_url_is_no_method_and_an_unknown_method_no_label(
    slack: Workspace, heard: Heard
) -> None:
    ada = slack.add_user("ada")
    room = slack.add_channel("qa", members=[ada])
    url = url_of(slack, slack.tickets.response_url(ada.id, room.id))
    api = f"{slack.base_url}/api/"
    async with aiohttp.ClientSession(trace_configs=[timed_calls(api, heard)]) as session:
        await AsyncWebhookClient(url, session=session, retry_handlers=[]).send(text="hello")
        async with session.get(f"{api}team.info"):
            pass
    assert heard.called == [("response_url", "answered"), ("other", "answered")]
