"""How long Slack waits for the bot, and the bot for Slack."""

import time
from typing import Any, Literal, Protocol, get_args
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

Payload = Literal["command", "action", "view", "event", "other"]
"""What Slack can send."""

Method = Literal[
    "apps.connections.open",
    "auth.test",
    "chat.getPermalink",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.unfurl",
    "chat.update",
    "conversations.history",
    "conversations.info",
    "conversations.open",
    "conversations.replies",
    "files.completeUploadExternal",
    "files.getUploadURLExternal",
    "reactions.add",
    "response_url",
    "upload",
    "usergroups.list",
    "usergroups.users.list",
    "users.conversations",
    "users.info",
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
    "other",
]
"""The methods of Slack's Web API that the bot calls, and the addresses that Slack gives it."""

SlackOutcome = Literal["answered", "rate_limited", "refused", "server_error", "no_answer"]
"""By HTTP status; an `"ok": false` is an answer."""

_METHODS = frozenset(get_args(Method))
_RATE_LIMITED = 429


class SlackEvents(Protocol):
    """What the operator is told of the traffic with Slack; implemented by the metrics."""

    def slack_acked(self, payload: Payload, seconds: float) -> None: ...

    def slack_called(self, method: Method, outcome: SlackOutcome, seconds: float) -> None: ...


class Unheard:
    """`SlackEvents` for a connection whose times nobody wants to know."""

    def slack_acked(self, payload: Payload, seconds: float) -> None:
        pass

    def slack_called(self, method: Method, outcome: SlackOutcome, seconds: float) -> None:
        pass


class TimedApp(AsyncApp):
    """A Bolt app that says how long each payload waited for its acknowledgement.

    Both ways in, Socket Mode and HTTP, hand over what arrives by `async_dispatch`.
    """

    def __init__(self, events: SlackEvents, **settings: Any) -> None:
        super().__init__(**settings)
        self._slack_events = events

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """See `AsyncApp`."""
        began = time.perf_counter()
        response = await super().async_dispatch(req)
        if response.status == 200:
            seconds = time.perf_counter() - began
            self._slack_events.slack_acked(_payload(req.body), seconds)
        return response


def timed_calls(api_url: str, events: SlackEvents) -> aiohttp.TraceConfig:
    """For an aiohttp session: says how long each request to Slack took."""
    trace = aiohttp.TraceConfig()

    async def begin(_: Any, context: Any, __: Any) -> None:
        context.began = time.perf_counter()

    async def end(_: Any, context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        said(context, str(params.url), _outcome(params.response.status))

    async def fail(_: Any, context: Any, params: aiohttp.TraceRequestExceptionParams) -> None:
        said(context, str(params.url), "no_answer")

    def said(context: Any, url: str, outcome: SlackOutcome) -> None:
        method = _method(url, api_url)
        if method is not None:
            events.slack_called(method, outcome, time.perf_counter() - context.began)

    trace.on_request_start.append(begin)
    trace.on_request_end.append(end)
    trace.on_request_exception.append(fail)
    return trace


def _payload(body: Any) -> Payload:
    kind = body.get("type") if isinstance(body, dict) else None
    match kind:
        case "event_callback":
            return "event"
        case "block_actions":
            return "action"
        case "view_submission" | "view_closed":
            return "view"
        case None if isinstance(body, dict) and "command" in body:
            return "command"
    return "other"


def _method(url: str, api_url: str) -> Method | None:
    """What was called; None for a websocket, which lasts."""
    if url.startswith("ws"):
        return None
    path = urlsplit(url).path
    if not url.startswith(api_url):
        return "upload" if path.startswith("/upload/") else "response_url"
    name = path.rpartition("/")[2]
    return name if name in _METHODS else "other"  # type: ignore[return-value]  # just compared


def _outcome(status: int) -> SlackOutcome:
    if status == _RATE_LIMITED:
        return "rate_limited"
    if status >= 500:
        return "server_error"
    return "refused" if status >= 400 else "answered"
