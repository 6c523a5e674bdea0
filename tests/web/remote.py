"""The application with its `/api/v1`, over the services and the fakes below them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.metrics import CONTENT_TYPE, Metrics
from bot.qatech.projects import ConfiguredProjects
from bot.services.remote import RemoteWatches
from bot.services.watching import WatchService
from bot.web.app import build_web
from tests.fakes.messenger import FakeMessenger
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = RunKey("default", "UkxK")
TOKEN = "token-of-the-api"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def _no_problems() -> Mapping[str, str]:
    return {}


@dataclass
class Site:
    """Give `qatech` runs, ask `client`, look at `store`."""

    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    token: str | None = TOKEN

    def web(self) -> FastAPI:
        self.qatech.put(KEY, Run(short_id="UkxK", status="RUNNING"))
        projects = ConfiguredProjects({"default": "shop", "web": None})
        watching = WatchService(
            store=self.store,
            qatech=self.qatech,
            projects=projects,
            direct=FakeMessenger(),
            clock=lambda: NOW,
            poll_min_seconds=5,
            wake=lambda: None,
        )
        remote = RemoteWatches(
            store=self.store,
            watching=watching,
            projects=projects,
            clock=lambda: NOW,
            wake=lambda: None,
        )
        return build_web(
            problems=_no_problems,
            metrics=Metrics().render,
            metrics_type=CONTENT_TYPE,
            slack=None,
            remote=remote,
            api_token=self.token,
            api_max_rps=1000.0,  # how often one may ask is tested on its own
        )

    def client(self, headers: Mapping[str, str] = BEARER) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.web(), raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url="http://qarun.test", headers=dict(headers)
        )


def wish(**fields: Any) -> dict[str, Any]:
    """The body of a request to watch the run that there is."""
    return {"run": "UkxK", "channel": "C0123456789"} | fields


def sentence(answer: httpx.Response) -> str:
    """The one sentence of a refusal, which is all that it holds."""
    body = answer.json()
    assert list(body) == ["detail"]
    assert isinstance(body["detail"], str)
    assert body["detail"]
    return str(body["detail"])
