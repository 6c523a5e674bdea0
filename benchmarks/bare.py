"""The floor of acknowledging: a Bolt app that does nothing else, behind the same server.

`python -m benchmarks.bare http PORT` or `… socket SLACK_API_URL`.
"""

import asyncio
import signal
import sys

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.processes import SECRET
from bot.serving import listen, serving


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None,
        team_id="T1",
        bot_token="xoxb-bench",  # noqa: S106 - of the bench alone
        bot_user_id="U0",
        bot_id="B0",
    )


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _app(slack: str | None = None) -> AsyncApp:
    client = AsyncWebClient(base_url=slack or AsyncWebClient.BASE_URL)
    app = AsyncApp(signing_secret=SECRET, authorize=_authorize, client=client)
    app.command("/qarun")(_acknowledge)
    return app


async def _over_http(port: int, stop: asyncio.Event) -> None:
    web = FastAPI()
    handler = AsyncSlackRequestHandler(_app())

    @web.get("/readyz", response_class=PlainTextResponse)
    async def ready() -> str:
        return "ok"

    @web.post("/slack/events")
    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async with serving(web, listen("127.0.0.1", port)):
        await stop.wait()


async def _over_socket(slack: str, stop: asyncio.Event) -> None:
    client = AsyncWebClient(token="xapp-bench", base_url=slack)  # noqa: S106 - of the bench alone
    handler = AsyncSocketModeHandler(_app(slack), "xapp-bench", web_client=client)
    await handler.connect_async()
    await stop.wait()
    await handler.close_async()


async def _main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    way, where = sys.argv[1:]
    await (_over_http(int(where), stop) if way == "http" else _over_socket(where, stop))


if __name__ == "__main__":
    asyncio.run(_main())
