"""Whom the bot calls on Slack's side: the hosts that `SLACK_API_URL` stands for, and no other.

Addresses come in from outside: a `response_url` with each command, the address of the socket, a
redirect. None of them may lead anywhere else, least of all with a token in the request.
"""

import logging
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.addresses import is_loopback

REQUEST_SECONDS = 8
"""Longest time for one request to Slack."""
_CONNECTIONS = 20
_SLACK_SITES = ("slack.com", "slack-gov.com")
"""Whatever serves the Web API to the bot, Slack's own addresses lead there."""
_UNENCRYPTED = frozenset({"http", "ws"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NotCalled(aiohttp.ClientError):
    """A request that was not made, or not followed to where it was sent on; says why."""


class ForeignHost(NotCalled):
    def __init__(self) -> None:
        super().__init__("the address is none of Slack's: it was not called")


class Redirected(NotCalled):
    def __init__(self) -> None:
        super().__init__("Slack answered with a redirect, which is not followed")


def is_slacks(scheme: str, host: str, *, api_url: str) -> bool:
    """Whether such an address leads to where the Web API is, or to Slack itself.

    Any port will do; the encryption must not be less than that of the Web API.
    """
    own = urlsplit(api_url)
    home, host = (own.hostname or "").rstrip("."), host.rstrip(".").lower()
    if scheme in _UNENCRYPTED and own.scheme != "http":
        return False
    if host == home or (is_loopback(host) and is_loopback(home)):
        return True
    return any(host == site or host.endswith(f".{site}") for site in _SLACK_SITES)


def slack_session(api_url: str, *traces: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    """A session that calls Slack and nobody else, and follows no redirect; `traces` listen to it.

    Shared by all clients, so that connections are kept alive between calls.
    """

    async def only_slack(
        request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if not is_slacks(request.url.scheme, request.url.host or "", api_url=api_url):
            raise ForeignHost
        answer = await send(request)
        if answer.status in _REDIRECTS:
            answer.close()
            raise Redirected
        return answer

    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
        middlewares=(only_slack,),
        trace_configs=list(traces),
    )


def web_client(
    api_url: str, token: str | None, session: aiohttp.ClientSession, logger: logging.Logger
) -> AsyncWebClient:
    """A client of the Web API; it never repeats a request by itself (DESIGN §5.11)."""
    client = AsyncWebClient(
        token=token,
        base_url=api_url,
        timeout=REQUEST_SECONDS,
        session=session,
        retry_handlers=[],  # a repeated post is told twice; the outbox decides
        logger=logger,
    )
    if is_loopback(urlsplit(api_url).hostname or ""):
        client.proxy = None  # slack_sdk takes the one of the environment even to this machine
    return client


def webhook(client: AsyncWebClient, url: str) -> AsyncWebhookClient:
    """A client for a `response_url`, in the session of `client`, which knows whom it may call.

    It never repeats a request by itself.
    """
    made = AsyncWebhookClient(
        url,
        timeout=REQUEST_SECONDS,
        session=client.session,
        retry_handlers=[],
        logger=client._logger,
    )
    made.proxy = client.proxy
    return made
