"""Nobody but Slack is called, whatever address comes in, and no redirect is followed."""

import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.playground.slack import Workspace, serving_slack
from bot.serving import listen, serving
from bot.slack.blocks.message import Message
from bot.slack.listeners.reply import Reply
from bot.slack.outgoing import (
    ForeignHost,
    NotCalled,
    Redirected,
    is_slacks,
    slack_session,
    web_client,
    webhook,
)
from bot.slack.web_errors import Refusal, describe, refusal

TOKEN = "xoxb-very-secret"
SLACK = "https://slack.com/api/"
LOCAL = "http://127.0.0.1:8080/api/"
LOG = logging.getLogger("slack_sdk.qarun")


@pytest.mark.parametrize(
    ("scheme", "host", "api_url"),
    [
        ("https", "slack.com", SLACK),
        ("https", "hooks.slack.com", SLACK),
        ("wss", "wss-primary.slack.com", SLACK),
        ("wss", "WSS-primary.Slack.com.", SLACK),
        ("https", "hooks.slack-gov.com", "https://slack-gov.com/api/"),
        ("https", "proxy.corp.example", "https://proxy.corp.example/slack/api/"),
        ("https", "hooks.slack.com", "https://proxy.corp.example/slack/api/"),
        ("http", "127.0.0.1", LOCAL),
        ("ws", "localhost", LOCAL),
        ("http", "::1", LOCAL),
        ("https", "127.0.0.1", LOCAL),
        ("http", "127.0.0.1", "http://localhost:1/api/"),
        ("https", "hooks.slack.com", LOCAL),
    ],
)
def test_an_address_of_slacks_is_called(scheme: str, host: str, api_url: str) -> None:
    assert is_slacks(scheme, host, api_url=api_url)


@pytest.mark.parametrize(
    ("scheme", "host", "api_url"),
    [
        ("https", "evil.example", SLACK),
        ("https", "slack.com.evil.example", SLACK),
        ("https", "evilslack.com", SLACK),
        ("https", "hooks-slack.com", SLACK),
        ("http", "slack.com", SLACK),
        ("ws", "wss-primary.slack.com", SLACK),
        ("http", "127.0.0.1", SLACK),
        ("https", "169.254.169.254", SLACK),
        ("https", "localhost", SLACK),
        ("http", "10.0.0.1", LOCAL),
        ("http", "127.0.0.1.evil.example", LOCAL),
        ("https", "proxy.corp.example.evil.example", "https://proxy.corp.example/slack/api/"),
        ("https", "other.corp.example", "https://proxy.corp.example/slack/api/"),
        ("https", "", SLACK),
    ],
)
def test_an_address_of_anybody_else_is_not_called(scheme: str, host: str, api_url: str) -> None:
    assert not is_slacks(scheme, host, api_url=api_url)


@dataclass
class Elsewhere:
    """A server that a redirect or a `response_url` leads to; keeps what came."""

    heard: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.heard.append((request.headers.get("authorization", ""), await request.body()))
        await JSONResponse({"ok": True})(scope, receive, send)


@dataclass
class Redirecting:
    """A server that answers everything with a redirect."""

    target: str
    status: int

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer: Response = RedirectResponse(self.target, self.status)
        await answer(scope, receive, send)


@contextlib.asynccontextmanager
async def client_of(api_url: str) -> AsyncIterator[AsyncWebClient]:
    async with slack_session(api_url) as session:
        yield web_client(api_url, TOKEN, session, LOG)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    elsewhere = Elsewhere()
    async with (
        serving(elsewhere, listen("127.0.0.1", 0)) as target,
        serving(Redirecting(target, status), listen("127.0.0.1", 0)) as url,
        client_of(f"{url}/api/") as client,
    ):
        with pytest.raises(Redirected) as refused:
            await client.chat_postMessage(channel="C1", text="secret words")
        with pytest.raises(Redirected):
            await webhook(client, f"{url}/response/1").send(text="secret words")
        with pytest.raises(Redirected):
            await client.session.ws_connect(url)  # type: ignore[union-attr]  # it was given one
    assert elsewhere.heard == []
    assert refusal(refused.value) is Refusal.UNCERTAIN
    assert "redirect" in describe(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/response/very-secret",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1@evil.example/response/very-secret",
        "http://127.0.0.1.evil.example/response/very-secret",
        "http://evil.example#@127.0.0.1/",
    ],
)
async def test_a_response_url_that_leads_elsewhere_is_not_called(url: str) -> None:
    async with client_of(LOCAL) as client:
        with pytest.raises(ForeignHost) as refused:
            await webhook(client, url).send(text="hello")
    assert refusal(refused.value) is Refusal.NOT_SENT
    assert "very-secret" not in describe(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://evil.example\\@127.0.0.1/",
        "no address",
        "",
    ],
)
async def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    async with client_of(LOCAL) as client:
        with pytest.raises(Exception) as refused:  # noqa: PT011 - whichever library refuses it
            await webhook(client, url).send(text="hello")
    assert refusal(refused.value) in {Refusal.NOT_SENT, Refusal.UNCERTAIN}


async def test_who_cannot_be_answered_there_is_answered_by_the_web_api() -> None:
    workspace = Workspace()
    async with serving_slack(workspace, listen("127.0.0.1", 0)) as api_url:
        ada = workspace.add_user("ada")
        channel = workspace.add_channel("qa", members=[ada])
        async with slack_session(api_url) as session:
            client = web_client(api_url, workspace.bot_token, session, LOG)
            respond = AsyncRespond(response_url="https://evil.example/hook")
            await Reply(client, respond, channel=channel.id, user=ada.id)(Message("hello"))
        (answer,) = workspace.ephemeral_for(ada, channel.id)
    assert answer.text == "hello"


async def test_a_proxy_of_the_environment_is_for_the_world_and_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    async with client_of(LOCAL) as near, client_of(SLACK) as far:
        assert (near.proxy, webhook(near, LOCAL).proxy) == (None, None)
        assert (far.proxy, webhook(far, SLACK).proxy) == ("http://127.0.0.1:1",) * 2


def test_what_was_not_called_says_so_without_an_address() -> None:
    for error in (ForeignHost(), Redirected()):
        assert isinstance(error, NotCalled)
        assert "http" not in describe(error)
