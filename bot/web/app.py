"""The HTTP side of the process: health, metrics, and Slack where it calls over HTTP."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from bot import __version__
from bot.services.remote import RemoteWatches
from bot.web.api import add_api
from bot.web.reference import add_reference
from bot.web.slack import SlackEndpoint

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
    slack: SlackEndpoint | None,
    remote: RemoteWatches | None = None,
    api_token: str | None = None,
    api_max_rps: float = 10.0,
) -> FastAPI:
    """The application.

    Args:
        problems: what is not well.
        warnings: what somebody should look at although the bot is well.
        metrics: the metrics in Prometheus' form; `metrics_type` is their media type.
        metrics_type: as above.
        slack: what answers Slack when it calls over HTTP, else None.
        remote: what `/api/v1` does.
        api_token: the token of `/api/v1`; without one there is no such API.
        api_max_rps: requests a second that the token may make there, in the long run.
    """
    web = FastAPI(title="qarun", version=__version__, docs_url=None, redoc_url=None)
    add_reference(web)
    if remote is not None and api_token:
        add_api(web, remote=remote, token=api_token, max_rps=api_max_rps)

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
        web.add_route("/slack/events", slack.answer, methods=["POST"], include_in_schema=False)
    return web
