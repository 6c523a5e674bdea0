"""A workspace being served, and a real Bolt app on it, for the tests beside this file."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from bot.playground.slack import Workspace, serving_slack
from bot.serving import listen, serving

SECRET = "a-secret-for-signing"


@dataclass
class Clock:
    """A clock that is put forward by hand."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Site:
    """A served workspace with one of everything.

    `general` has the bot in it, `random` is public without it, `secret` private without it.
    """

    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.workspace = Workspace(clock=self.clock)
        self.workspace.rates.is_enabled = False
        self.workspace.courier.retry_seconds = (0.0, 0.0, 0.0)
        self.ann = self.workspace.add_user("ann")
        self.bob = self.workspace.add_user("bob")
        people = [self.ann, self.bob]
        self.general = self.workspace.add_channel("general", members=people)
        self.random = self.workspace.add_channel("random", members=people, with_bot=False)
        self.secret = self.workspace.add_channel(
            "secret", private=True, members=people, with_bot=False
        )
        self.api_url = ""

    def client(self, token: str | None = None, **more: Any) -> AsyncWebClient:
        return AsyncWebClient(
            token=token or self.workspace.bot_token,
            base_url=self.api_url,
            retry_handlers=[],
            **more,
        )


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[Site]:
    site = Site()
    async with serving_slack(site.workspace, listen("127.0.0.1", 0)) as api_url:
        site.api_url = api_url
        yield site


Register = Callable[[AsyncApp], None]


def bolt_app(site: Site, register: Register) -> AsyncApp:
    app = AsyncApp(client=site.client(), signing_secret=SECRET)
    register(app)
    return app


@contextlib.asynccontextmanager
async def in_socket_mode(
    site: Site, register: Register, *, ping_interval: float = 10
) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app, connected by a websocket; it misses a broken one within `ping_interval` seconds."""
    token = site.workspace.app_token
    handler = AsyncSocketModeHandler(
        bolt_app(site, register),
        token,
        web_client=site.client(token),
        ping_interval=ping_interval,
    )
    await handler.connect_async()
    await site.workspace.wait_for(lambda: site.workspace.sockets.connections)
    try:
        yield handler
    finally:
        await handler.close_async()


@contextlib.asynccontextmanager
async def over_http(
    site: Site, register: Register, *, secret: str = SECRET
) -> AsyncIterator[list[dict[str, str]]]:
    """The app, behind a request URL; yields the headers of each request it gets."""
    app = bolt_app(site, register)
    seen: list[dict[str, str]] = []

    async def endpoint(request: Request) -> Response:
        seen.append(dict(request.headers))
        body = (await request.body()).decode()
        answer = await app.async_dispatch(
            AsyncBoltRequest(body=body, headers=dict(request.headers))
        )
        return Response(answer.body, answer.status, answer.first_headers())

    router = Router([Route("/slack/events", endpoint, methods=["POST"])])
    async with serving(router, listen("127.0.0.1", 0)) as url:
        site.workspace.connect_http(f"{url}/slack/events", secret)
        yield seen
