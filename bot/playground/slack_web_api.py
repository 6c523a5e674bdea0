"""The Web API: arguments, tokens, scopes, rates, and the methods there are."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.playground.slack_call import ApiError, Call, Method, RateLimitedError
from bot.playground.slack_endpoint import Answered, Endpoint, rate_limited
from bot.playground.slack_methods_chat import CHAT_METHODS
from bot.playground.slack_methods_conversations import CONVERSATIONS_METHODS
from bot.playground.slack_methods_files import FILES_METHODS
from bot.playground.slack_methods_people import PEOPLE_METHODS
from bot.playground.slack_methods_views import VIEWS_METHODS
from bot.playground.slack_rules import Json


def open_connection(call: Call) -> Json:
    """`apps.connections.open`: where to open a websocket."""
    base = (call.world.base_url or "").replace("http", "ws", 1)
    ticket = call.world.sockets.issue_ticket()
    return {"url": f"{base}/link?ticket={ticket}&app_id={call.world.bot.app_id}"}


METHODS: Mapping[str, Method] = {
    **CHAT_METHODS,
    **CONVERSATIONS_METHODS,
    **VIEWS_METHODS,
    **PEOPLE_METHODS,
    **FILES_METHODS,
    # Tier 1 is one a minute, but short bursts pass at Slack: an app has to be able to reconnect.
    "apps.connections.open": Method(open_connection, tier=2, takes_app_token=True),
}


class WebApi(Endpoint):
    """Answers requests to `/api/<method>`."""

    def name(self, request: Request) -> str:
        return str(request.path_params["method"])

    def answer(self, request: Request, body: bytes) -> Answered:
        args: Json = {}
        scopes = {"x-oauth-scopes": ",".join(sorted(self.world.scopes))}
        try:
            args = _arguments(request, body)
            token = _token(request, args)
            return Answered(200, self._process(self.name(request), args, token), args, scopes)
        except ApiError as error:
            return Answered(200, error.answer, args, scopes)
        except RateLimitedError as error:
            return rate_limited(error.retry_after, args)

    def _process(self, name: str, args: Json, token: str) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        self._check_token(method, token)
        call = Call(self.world, args)
        if method.scopes:
            call.require_scope(*method.scopes)
        if method.tier and (wait := self.world.rates.wait_for_method(name, method.tier)):
            raise RateLimitedError(wait)
        return {"ok": True, **method.handler(call)}

    def _check_token(self, method: Method, token: str) -> None:
        if not token:
            raise ApiError("not_authed")
        if error := self.world.token_errors.get(token):
            raise ApiError(error)
        if token == (self.world.app_token if method.takes_app_token else self.world.bot_token):
            return
        known = token in (self.world.app_token, self.world.bot_token)
        raise ApiError("not_allowed_token_type" if known else "invalid_auth")


def _token(request: Request, args: Json) -> str:
    """The token of the request, taken out of its arguments so that no journal holds it."""
    given = str(args.pop("token", None) or "")
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip() or given


def _arguments(request: Request, body: bytes) -> Json:
    """The arguments, from the query and from a form or JSON.

    Raises:
        ApiError: the body is neither.
    """
    args: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type == "application/json":
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(given, dict):
            raise ApiError("json_not_object")
        args.update(given)
    elif content_type == "application/x-www-form-urlencoded":
        args.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif body:
        raise ApiError("invalid_post_type")
    return args
