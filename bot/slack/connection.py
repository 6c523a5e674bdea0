"""The connection with Slack: the Bolt app, who the bot is, and the socket where there is one."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.errors import SlackError, StartupError
from bot.slack.identity import Identity, fetch_identity
from bot.slack.outgoing import slack_session, web_client, webhook
from bot.slack.standing import TOKEN_ERRORS, Standing
from bot.slack.timing import SlackEvents, TimedApp, Unheard, timed_calls
from bot.slack.under_way import ListenersUnderWay
from bot.slack.web_errors import describe, error_code

T = TypeVar("T")

_RETRY_SECONDS = (1.0, 2.0, 5.0)
"""Between attempts to reach Slack at all; the last for ever."""
_PING_SECONDS = 5.0
"""Between two pings: until a lost socket is noticed, what people type is lost."""
_STALE_SECONDS = 15.0
_SLOW_START_SECONDS = 3.0
"""A first connection that takes longer counts as lost."""
_CLOSE_SECONDS = 1.0


class SlackConnection:
    """Owns the Web API client, the Bolt app and, in Socket Mode, the socket.

    It keeps connecting until Slack answers; a token that Slack refuses ends the attempt.
    """

    def __init__(
        self,
        *,
        bot_token: str,
        app_token: str | None,
        api_url: str,
        events: SlackEvents | None = None,
    ) -> None:
        events = events or Unheard()
        self._bot_token = bot_token
        self._app_token = app_token
        self._api_url = api_url
        self._log = structlog.stdlib.get_logger("qarun.slack")
        self._identity: Identity | None = None
        self._handler: AsyncSocketModeHandler | None = None
        self._why_not: str | None = "not connected yet"
        self._why_closed = ""
        self._said_connected: bool | None = None
        self._session = slack_session(api_url, timed_calls(api_url, events))
        self._quiet = logging.getLogger("slack_sdk.qarun")
        self._quiet.setLevel(logging.CRITICAL)  # what it would say is logged here, once
        self.client = self._new_client(bot_token)
        self.standing = Standing(self.client.auth_test)
        self.app = TimedApp(
            events,
            client=self._new_client(None),
            # What comes over HTTP has been verified by then, see `bot/web/slack.py`.
            request_verification_enabled=False,
            # Bolt's own way asks Slack at the first request, which would delay its acknowledgement.
            authorize=self._authorizer(),
            logger=logging.getLogger("slack_bolt"),  # for its level; else Bolt takes the root's
        )
        self._listeners = ListenersUnderWay(self.app)

    @property
    def identity(self) -> Identity | None:
        """Who the bot is; None until Slack has answered."""
        return self._identity

    @property
    def bot_name(self) -> str:
        """The name to type after `/invite @`."""
        return self._identity.name if self._identity else "qarun"

    @property
    def over_http(self) -> bool:
        """Whether Slack calls the bot, rather than the bot opening a socket."""
        return self._app_token is None

    async def problem(self) -> str | None:
        """Why Slack cannot reach the bot at this moment; None when it can."""
        if self._why_not is not None:
            return self._why_not
        if self._handler is not None and not await self._handler.client.is_connected():
            return f"the socket is closed{self._why_closed}"
        return await self.standing.problem()

    def webhook(self, url: str) -> AsyncWebhookClient:
        """A client for a `response_url`; it never repeats a request by itself."""
        return webhook(self.client, url)

    async def open_direct(self, user: str) -> str:
        """Implements `DirectMessages`."""
        try:
            answer = await self.client.conversations_open(users=user)
            return str(answer["channel"]["id"])
        except SlackApiError as error:
            raise SlackError(error_code(error), describe(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SlackError("no_answer", describe(error)) from error

    async def permalink(self, channel: str, ts: str) -> str | None:
        """The link of a message, None where Slack does not give one."""
        try:
            answer = await self.client.chat_getPermalink(channel=channel, message_ts=ts)
            return str(answer["permalink"])
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            if self._identity is None or not self._identity.url.startswith("http"):
                return None
            return f"{self._identity.url}archives/{channel}/p{ts.replace('.', '')}"

    async def keep_connected(self) -> None:
        """Connect and stay connected until cancelled.

        Raises:
            StartupError: Slack refuses a token; the sentence names its variable.
        """
        await self._identify()
        if self._app_token is None:
            self._why_not = None
            await asyncio.Event().wait()
        await self._keep_socket(self._app_token or "")

    @property
    def listeners(self) -> ListenersUnderWay:
        """What has been acknowledged and is still being answered."""
        return self._listeners

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def _identify(self) -> None:
        self._identity = await self._insist(lambda: fetch_identity(self.client), "SLACK_BOT_TOKEN")
        self._log.info("slack_identified", team=self._identity.team, bot=self._identity.name)

    async def _keep_socket(self, app_token: str) -> None:
        client = self._new_client(app_token)
        url = await self._insist(lambda: _open_socket_url(client, app_token), "SLACK_APP_TOKEN")
        self._handler = AsyncSocketModeHandler(
            self.app,
            app_token,
            logger=self._quiet,
            web_client=client,
            ping_interval=_PING_SECONDS,
        )
        socket = self._handler.client
        socket.wss_uri = url
        # Its own session would call whatever address it is given, and follow redirects.
        await socket.aiohttp_client_session.close()
        socket.aiohttp_client_session = slack_session(self._api_url)
        socket.proxy = client.proxy
        connecting = asyncio.create_task(self._handler.connect_async(), name="slack socket")
        self._why_not = None
        try:
            await self._watch_socket(self._handler, connecting)
        finally:
            # Nothing is lost with a socket that fails to close, or takes its time.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._handler.close_async()

    async def _watch_socket(
        self, handler: AsyncSocketModeHandler, connecting: asyncio.Task[None]
    ) -> None:
        """Log the socket's losses and returns, and help it to come back."""
        down_for = 0.0
        try:
            while True:
                connected = await handler.client.is_connected()
                self._note_socket(connected, slow_start=down_for >= _SLOW_START_SECONDS)
                if not connected and connecting.done():
                    # slack_sdk notices a pulled cable only at its next ping.
                    connecting = asyncio.create_task(self._reconnect(handler), name="slack socket")
                down_for = 0.0 if connected else down_for + 1.0
                if down_for >= _STALE_SECONDS:
                    # slack_sdk tries one address again and again; a ticket is good only once.
                    handler.client.wss_uri = None
                    down_for = 0.0
                await asyncio.sleep(1.0)
        finally:
            connecting.cancel()

    def _note_socket(self, connected: bool, *, slow_start: bool) -> None:
        """Log a loss once, and the return once."""
        if connected and not self._said_connected:
            self._log.info("socket_connected")
        elif not connected and (
            self._said_connected or (self._said_connected is None and slow_start)
        ):
            self._log.warning("socket_lost")
        else:
            return
        self._said_connected, self._why_closed = connected, ""

    async def _reconnect(self, handler: AsyncSocketModeHandler) -> None:
        # Without a time limit: slack_sdk cut off in the middle of connecting would be left deaf.
        # Where this fails, its own attempts go on.
        try:
            await handler.client.connect_to_new_endpoint()
        except Exception as error:  # noqa: BLE001 - it is tried again, and told in `/readyz`
            why = f" ({describe(error)})"
            if why != self._why_closed:
                self._log.warning("socket_refused", why=describe(error))
            self._why_closed = why

    async def _insist(self, call: Callable[[], Awaitable[T]], variable: str) -> T:
        """The answer of a call, however long Slack takes to give one.

        Raises:
            StartupError: Slack answers that the token is no good.
        """
        pauses = iter(_RETRY_SECONDS)
        while True:
            try:
                return await call()
            except SlackApiError as error:
                why = describe(error)
                if error_code(error) in TOKEN_ERRORS:
                    raise StartupError(
                        f"{variable} is refused by Slack ({why}); copy the token again from your "
                        "app's page."
                    ) from None
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                why = describe(error)
            if self._why_not != why:
                self._log.warning("slack_unreachable", why=why)
            self._why_not = why
            await asyncio.sleep(next(pauses, _RETRY_SECONDS[-1]))

    def _new_client(self, token: str | None) -> AsyncWebClient:
        return web_client(self._api_url, token, self._session, self._quiet)

    def _authorizer(self) -> Callable[[], Awaitable[AuthorizeResult]]:
        """Tells Bolt who it is, without asking Slack.

        A closure: Bolt fills the parameters by name, `self` of a bound method among them.
        """

        async def authorize() -> AuthorizeResult:
            identity = self._identity
            return AuthorizeResult(
                enterprise_id=None,
                team_id=identity.team_id if identity else None,
                bot_token=self._bot_token,
                bot_user_id=identity.user_id if identity else None,
                bot_id=identity.bot_id if identity else None,
            )

        return authorize


async def _open_socket_url(client: AsyncWebClient, app_token: str) -> str:
    answer = await client.apps_connections_open(app_token=app_token)
    return str(answer["url"])
