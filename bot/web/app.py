"""The HTTP side of the process: health, metrics, and Slack where it calls over HTTP."""

import re
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from bot import __version__
from bot.services.remote import RemoteWatches
from bot.web.api import add_api
from bot.web.reference import add_reference

MAX_SLACK_BODY = 1_000_000
"""Bytes of one request of Slack's; a view with all its state stays far below."""

_SIGNED = {
    "x-slack-request-timestamp": re.compile("[0-9]{1,12}"),
    "x-slack-signature": re.compile("v0=[0-9a-f]{64}"),
}

Problems = Callable[[], Awaitable[Mapping[str, str]]]
"""What is not well at this moment, part by part; empty when all is."""


async def _none() -> Mapping[str, str]:
    return {}


def build_web(
    *,
    problems: Problems,
    warnings: Problems = _none,
    metrics: Callable[[], bytes],
    metrics_type: str,
    slack: AsyncApp | None,
    remote: RemoteWatches | None = None,
    api_token: str | None = None,
) -> FastAPI:
    """The application.

    Args:
        problems: what is not well.
        warnings: what somebody should look at although the bot is well.
        metrics: the metrics in Prometheus' form; `metrics_type` is their media type.
        metrics_type: as above.
        slack: the Bolt app when Slack calls over HTTP, else None.
        remote: what `/api/v1` does.
        api_token: the token of `/api/v1`; without one there is no such API.
    """
    web = FastAPI(title="qarun", version=__version__, docs_url=None, redoc_url=None)
    add_reference(web)
    if remote is not None and api_token:
        add_api(web, remote=remote, token=api_token)

    @web.get("/healthz", tags=["health"], response_class=PlainTextResponse)
    async def healthz() -> str:
        """Alive: the process answers."""
        return "ok"

    @web.get("/readyz", tags=["health"])
    async def readyz() -> JSONResponse:
        """Ready: database, Slack and scheduler are well; 503 with the reasons when not."""
        found = dict(await problems())
        if found:
            return JSONResponse({"status": "not ready", "problems": found}, status_code=503)
        if warned := dict(await warnings()):
            return JSONResponse({"status": "ready", "warnings": warned})
        return JSONResponse({"status": "ready"})

    @web.get("/metrics", tags=["health"])
    async def prometheus() -> Response:
        """Metrics for Prometheus."""
        return Response(metrics(), media_type=metrics_type)

    if slack is not None:
        # A route of Starlette's: what FastAPI does for each request would be a fifth of the time
        # to an acknowledgement, and nothing of it is needed here.
        web.add_route(
            "/slack/events", _slack_endpoint(slack), methods=["POST"], include_in_schema=False
        )
    return web


def _slack_endpoint(slack: AsyncApp) -> Callable[[Request], Awaitable[Response]]:
    handler = AsyncSlackRequestHandler(slack)

    async def events(request: Request) -> Response:
        # Bolt checks the signature; it is only given what can be a request of Slack's at all. A
        # timestamp that is no number, or a signature that is not ASCII, it answers with 500.
        headers = request.headers
        if any(
            name in headers and not form.fullmatch(headers[name]) for name, form in _SIGNED.items()
        ):
            return PlainTextResponse("the request is not signed as Slack signs", 401)
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MAX_SLACK_BODY:
            return PlainTextResponse("a body of known and moderate length is needed", 413)
        try:
            (await request.body()).decode()
        except UnicodeDecodeError:
            return PlainTextResponse("the body is not UTF-8", 400)
        return await handler.handle(request)

    return events
