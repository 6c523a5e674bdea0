"""`/api/v1`: in which words it refuses, and that nothing is stored then."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.domain.watch import NewWatch
from bot.services.ports import Opened
from bot.web.guard import MAX_API_BODY
from tests.fakes.store import FakeStore
from tests.web.remote import TOKEN, Site, sentence, wish
from tests.web.test_api import WATCHES, client, site

__all__ = ["client", "site"]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"channel": "C123"}, "run", "required"),
        ({"run": "UkxK"}, "channel", "required"),
        (wish(run="two words"), "run", "is not a run"),
        (wish(run=""), "run", "at least 1"),
        (wish(run="x" * 2_001), "run", "at most 2000"),
        (wish(run=7), "run", "string"),
        (wish(run="a\ud800"), "run", ""),
        (wish(run="a\x00"), "run", "is not a run"),
        (wish(run="https://["), "run", "not one of a QA.tech run"),
        (wish(run="https://app.qa.tech/p/shop/results/test/t1"), "run", "one test case"),
        (wish(run="app/UkxK"), "run", "no project `app`"),
        (wish(channel="#qa"), "channel", "pattern"),
        (wish(channel="U123"), "channel", "pattern"),
        (wish(channel="C123\n"), "channel", "pattern"),
        (wish(channel=None), "channel", "string"),
        (wish(notify_on="sometimes"), "notify_on", "'failures'"),
        (wish(project="app"), "project", "no project `app`"),
        (wish(run="web/UkxK", project="default"), "project", "another project"),
        (wish(project=""), "project", "at least 1"),
        (wish(mention=["U123", "@ada"]), "mention.1", "pattern"),
        (wish(mention="U123"), "mention", "list"),
        (wish(mention=["U123"] * 21), "mention", "at most 20"),
        (wish(live="yes"), "live", "boolean"),
        (wish(notify="all"), "notify", "not permitted"),
        ([], "body", "dictionary"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named_with_the_reason(
    client: httpx.AsyncClient, site: Site, body: Any, field: str, words: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post(WATCHES, content=json.dumps(body), headers=headers)
    assert answer.status_code == 422, answer.text
    assert sentence(answer).startswith(f"{field}: ")
    assert words in sentence(answer)
    assert await site.store.watches_in(None) == []
    assert site.qatech.asked == []


async def test_several_fields_are_named_in_one_sentence(client: httpx.AsyncClient) -> None:
    answer = await client.post(WATCHES, json={"channel": "qa", "live": 1})
    told = sentence(answer)
    assert [part.partition(":")[0] for part in told.split("; ")] == ["run", "channel", "live"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 15_000])
async def test_a_body_that_is_not_json_is_refused(
    client: httpx.AsyncClient, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post(WATCHES, content=content, headers=headers)
    assert answer.status_code in {400, 422}
    sentence(answer)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_sent_as_json_is_refused(
    client: httpx.AsyncClient, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await client.post(WATCHES, content=json.dumps(wish()), headers=headers)
    assert answer.status_code == 415
    assert "application/json" in sentence(answer)


@pytest.mark.parametrize("with_length", [True, False])
async def test_a_body_that_is_too_large_is_refused(
    client: httpx.AsyncClient, with_length: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_API_BODY // 1_000 + 1):
            yield b" " * 1_000

    whole = b"".join([chunk async for chunk in chunks()])
    answer = await client.post(
        WATCHES,
        content=whole if with_length else chunks(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert str(MAX_API_BODY) in sentence(answer)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        TOKEN,
        "Bearer",
        "Bearer wrong",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        "Bearer \xe9",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", WATCHES), ("GET", f"{WATCHES}/1"), ("DELETE", f"{WATCHES}/1"), ("GET", "/api/v1/x")],
)
async def test_without_the_token_nothing_is_told_or_done(
    site: Site, authorization: str | None, method: str, path: str
) -> None:
    headers = [] if authorization is None else [(b"Authorization", authorization.encode("latin-1"))]
    async with site.client({}) as client:
        answer = await client.request(method, path, content=b"{", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "QARUN_API_TOKEN" in sentence(answer)
    assert TOKEN not in answer.text


async def test_the_word_bearer_may_be_written_in_any_way(site: Site) -> None:
    async with site.client({"Authorization": f"bearer  {TOKEN} "}) as client:
        assert (await client.post(WATCHES, json=wish())).status_code == 202


@pytest.mark.parametrize("token", [None, ""])
async def test_without_the_setting_there_is_no_such_api(token: str | None) -> None:
    async with Site(token=token).client() as client:
        for method, path in (
            ("POST", WATCHES),
            ("GET", f"{WATCHES}/1"),
            ("DELETE", f"{WATCHES}/1"),
        ):
            assert (await client.request(method, path, json=wish())).status_code == 404
        assert WATCHES not in (await client.get("/openapi.json")).json()["paths"]


async def test_the_rest_of_the_server_needs_no_token(site: Site) -> None:
    async with site.client({}) as client:
        for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"):
            assert (await client.get(path)).status_code == 200, path


class _Broken(FakeStore):
    """A database that cannot be written to."""

    async def open_watch(self, new: NewWatch, **rest: Any) -> Opened:
        raise OSError("disk full")


async def test_a_database_that_fails_is_told_and_logged() -> None:
    async with Site(store=_Broken()).client() as client:
        with capture_logs() as lines:
            answer = await client.post(WATCHES, json=wish())
    assert answer.status_code == 503
    assert "disk" not in sentence(answer)
    assert [line["event"] for line in lines] == ["api_failed"]


@pytest.mark.parametrize("watch_id", ["0" * 32, "x", "%00", "a b", "%F0%9F%A7%AA", "a" * 5_000])
async def test_a_watch_that_does_not_exist_is_not_found(
    client: httpx.AsyncClient, watch_id: str
) -> None:
    for method in ("GET", "DELETE"):
        answer = await client.request(method, f"{WATCHES}/{watch_id}")
        assert answer.status_code == 404
        assert "no watch" in sentence(answer)


async def test_other_methods_are_not_allowed(client: httpx.AsyncClient) -> None:
    for method, path in (("GET", WATCHES), ("PUT", WATCHES), ("PATCH", f"{WATCHES}/1")):
        answer = await client.request(method, path)
        assert answer.status_code == 405
        assert answer.headers["allow"]
