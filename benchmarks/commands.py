"""Slash commands as Slack sends them, over both ways, and how long each acknowledgement takes."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from benchmarks.processes import SECRET

Send = Callable[[], Awaitable[None]]
"""Send one command and wait for its acknowledgement."""

_numbers = itertools.count()


def command(text: str, response_url: str) -> dict[str, str]:
    """The payload of `/qarun <text>`; each has a `trigger_id` of its own."""
    number = next(_numbers)
    return {
        "token": "legacy",
        "team_id": "T1",
        "team_domain": "team",
        "channel_id": f"C{number % 50}",
        "channel_name": "qa",
        "user_id": "U1",
        "user_name": "ada",
        "command": "/qarun",
        "text": text,
        "api_app_id": "A0",
        "response_url": response_url,
        "trigger_id": f"{number}.1.bench",
    }


class HttpClient:
    """One kept-alive connection to the app's request URL, as light as one can be."""

    def __init__(self, port: int, text: str, response_url: str) -> None:
        self._port = port
        self._text = text
        self._response_url = response_url
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(_signed(urlencode(command(self._text, self._response_url)).encode()))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


def _signed(body: bytes) -> bytes:
    moment = str(int(time.time())).encode()
    digest = hmac.new(SECRET.encode(), b"v0:" + moment + b":" + body, hashlib.sha256).hexdigest()
    return (
        b"POST /slack/events HTTP/1.1\r\nhost: localhost\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n"
        b"x-slack-request-timestamp: " + moment + b"\r\n"
        b"x-slack-signature: v0=" + digest.encode() + b"\r\n"
        b"content-length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )


@dataclass
class SocketSlack:
    """Slack's side of Socket Mode: `apps.connections.open` and one websocket."""

    connected: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    _socket: web.WebSocketResponse | None = None
    _url: str = ""

    async def serve(self) -> tuple[str, web.AppRunner]:
        """The base of the Web API, and what to clean up at the end."""
        app = web.Application()
        app.router.add_post("/api/apps.connections.open", self._open)
        app.router.add_route("*", "/api/auth.test", self._identify)
        app.router.add_get("/link", self._link)
        app.router.add_route("*", "/{any:.*}", self._anything)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self._url = f"ws://127.0.0.1:{port}/link"
        return f"http://127.0.0.1:{port}", runner

    async def send(self, text: str, response_url: str) -> None:
        """Send one envelope and wait until it is acknowledged."""
        assert self._socket is not None
        envelope = f"e{next(_numbers)}"
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = done
        await self._socket.send_str(
            json.dumps(
                {
                    "envelope_id": envelope,
                    "type": "slash_commands",
                    "accepts_response_payload": True,
                    "payload": command(text, response_url),
                }
            )
        )
        await done

    async def _open(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": self._url})

    async def _identify(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "ok": True,
                "url": "https://t.slack.com/",
                "team": "T",
                "user": "qarun",
                "team_id": "T1",
                "user_id": "U0",
                "bot_id": "B0",
            }
        )

    async def _anything(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "ts": "1.1", "channel": "C1"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        self._socket = socket
        self.connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledged(message.data)
        return socket

    def _acknowledged(self, text: str) -> None:
        try:
            envelope = json.loads(text).get("envelope_id", "")
        except ValueError:
            return
        done = self._waiting.pop(envelope, None)
        if done is not None and not done.done():
            done.set_result(None)


async def timed(senders: Sequence[Send], number: int) -> tuple[list[float], float]:
    """Seconds of each of so many acknowledgements, and of all together.

    Each sender sends its next command when the one before is acknowledged.
    """
    left = iter(range(number))
    seconds: list[float] = []

    async def work(send: Send) -> None:
        for _ in left:
            began = time.perf_counter()
            await send()
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work(send) for send in senders))
    return seconds, time.perf_counter() - began
