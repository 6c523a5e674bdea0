"""The demo's page, served, for the tests beside this file."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Origin

from bot.playground.page import serving_page
from bot.playground.page_feed import Feed
from bot.playground.page_scene import Scene
from bot.playground.slack_rules import Json
from bot.playground.stage import Stage, setting

FORMS = [{"usage": "help", "does": "This help"}]


@dataclass
class Served:
    """The page, served over a stage on which no bot stands."""

    stage: Stage
    feed: Feed
    http: httpx.AsyncClient
    address: str
    unwell: dict[str, str]

    async def do(self, what: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/do/{what}", json=body)

    @contextlib.asynccontextmanager
    async def told(self) -> AsyncIterator["Told"]:
        """What a page that is open is told."""
        socket = self.address.replace("http", "ws", 1)
        async with connect(
            f"{socket}/changes", origin=Origin(self.address), proxy=None
        ) as connection:
            yield Told(connection)


class Told:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def entry(self, title: str) -> Json:
        """The next request with this title."""
        while (entry := (await self.next("entry"))["entry"])["title"] != title:
            pass
        return dict(entry)

    async def next(self, kind: str) -> Json:
        """The next text of one kind; others before it are passed over."""
        async with asyncio.timeout(5):
            while True:
                said: Json = json.loads(await self._connection.recv())
                if said["kind"] == kind:
                    return said


@contextlib.asynccontextmanager
async def served_page() -> AsyncIterator[Served]:
    unwell: dict[str, str] = {}

    async def health() -> Mapping[str, str]:
        return unwell

    async with setting() as stage:
        feed = Feed(Scene(stage), health=health, commands=FORMS)
        async with (
            serving_page(feed) as address,
            httpx.AsyncClient(base_url=address, trust_env=False) as http,
        ):
            yield Served(stage, feed, http, address, unwell)
