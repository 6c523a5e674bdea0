"""The demo's page: files, what it is told, what it does. It listens on this machine alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from bot.playground.page_actions import actions
from bot.playground.page_feed import Feed
from bot.playground.page_guard import Guard
from bot.playground.page_shown import as_text
from bot.serving import listen, serving

HOST = "127.0.0.1"
FILES = Path(__file__).with_name("static")


def page_app(feed: Feed) -> ASGIApp:
    """The page as an ASGI application."""
    app = FastAPI(
        openapi_url=None,
        exception_handlers={
            LookupError: _not_there,
            ValueError: _not_so,
            RequestValidationError: _unreadable,
        },
    )
    app.include_router(actions(feed))

    @app.get("/entries/{number}")
    async def entry(number: int) -> Response:
        detail = feed.journal.detail(number)
        if detail is None:
            return _refusal(404, "That entry is gone: only the newest are kept.")
        return _json(detail)

    @app.get("/files/{file_id}")
    async def file(file_id: str) -> Response:
        found = feed.scene.stage.slack.files.known.get(file_id)
        if found is None or found.content is None or not found.is_image:
            return _refusal(404, "There is no such picture.")
        return Response(found.content, media_type=found.media_type[0])

    @app.websocket("/changes")
    async def changes(websocket: WebSocket) -> None:
        await websocket.accept()
        async with feed.reading() as texts:
            leaving = asyncio.create_task(_left(websocket, texts), name="page left")
            with contextlib.suppress(WebSocketDisconnect):
                while (text := await texts.get()) is not None:
                    await websocket.send_text(text)
            leaving.cancel()
        # Both mean that it is closed already.
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(1001)

    app.mount("/", StaticFiles(directory=FILES, html=True))
    return Guard(app)


@contextlib.asynccontextmanager
async def serving_page(feed: Feed, port: int = 0) -> AsyncIterator[str]:
    """Serve the page until the block ends; yields its address.

    Raises:
        OSError: the port is taken.
    """
    async with serving(page_app(feed), listen(HOST, port)) as url, feed.running():
        yield url


async def _left(websocket: WebSocket, texts: "asyncio.Queue[str | None]") -> None:
    """End the queue when the page is closed: who only sends would learn it with the next text."""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await websocket.receive_text()
    texts.put_nowait(None)


def _json(value: object, status: int = 200) -> Response:
    return Response(as_text(value), status, media_type="application/json")


def _refusal(status: int, sentence: str) -> Response:
    return _json({"detail": sentence}, status)


async def _not_there(_: Request, error: Exception) -> Response:
    # str() of a KeyError is the repr of its key.
    return _refusal(409, f"That is not there: {error.args[0] if error.args else 'it is gone'}.")


async def _not_so(_: Request, error: Exception) -> Response:
    return _refusal(422, str(error))


async def _unreadable(_: Request, __: Exception) -> Response:
    return _refusal(422, "That cannot be read.")
