"""`/api/v1`: what it takes, what it answers, and in which words it refuses."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.domain.errors import AccessDenied, QATechError, RateLimited, RunNotFound, Unavailable
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from tests.web.remote import NOW, Site, sentence, wish

WATCHES = "/api/v1/watches"


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client() as client:
        yield client


# --- watching


async def test_a_run_is_watched_from_now_on(client: httpx.AsyncClient, site: Site) -> None:
    body = wish(notify_on="changes", mention=["U111", "S222", "W333", "U111"], live=True)
    answer = await client.post(WATCHES, json=body)
    assert answer.status_code == 202
    told = answer.json()
    (watched,) = await site.store.watches_in("C0123456789")
    assert told == {
        "id": watched.watch.id,
        "run": "UkxK",
        "project": "default",
        "url": "https://app.qa.tech/p/shop/results/UkxK",
        "channel": "C0123456789",
        "state": "active",
        "status": "RUNNING",
        "result": None,
        "notify_on": "changes",
        "mention": ["U111", "S222", "W333"],
        "live": True,
        "created_at": "2026-03-01T12:00:00Z",
        "polls": 0,
        "notices": [
            {
                "kind": "run_progressed",
                "state": "pending",
                "attempts": 0,
                "created_at": "2026-03-01T12:00:00Z",
                "message_ts": None,
                "why": None,
            }
        ],
    }


async def test_the_same_run_and_channel_again_is_the_same_watch(client: httpx.AsyncClient) -> None:
    first = await client.post(WATCHES, json=wish())
    again = await client.post(WATCHES, json=wish(run="#UkxK", notify_on="all"))
    other = await client.post(WATCHES, json=wish(channel="C999"))
    assert (first.status_code, again.status_code, other.status_code) == (202, 200, 202)
    assert again.json() == first.json()
    assert other.json()["id"] != first.json()["id"]


async def test_a_burst_of_the_same_request_makes_one_watch(
    client: httpx.AsyncClient, site: Site
) -> None:
    answers = await asyncio.gather(*(client.post(WATCHES, json=wish()) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await site.store.watches_in(None)) == 1


@pytest.mark.parametrize(
    ("run", "project"),
    [
        ("UkxK", "default"),
        ("#UkxK", "default"),
        ("  UkxK ", "default"),
        ("web/UkxK", "web"),
        ("https://app.qa.tech/p/shop/results/UkxK", "default"),
        ("https://app.qa.tech/dashboard/p/shop/results/UkxK/?tab=issues", "default"),
        ("<https://app.qa.tech/p/shop/results/UkxK|the run>", "default"),
    ],
)
async def test_a_run_is_taken_in_every_form_that_a_person_may_type(
    client: httpx.AsyncClient, site: Site, run: str, project: str
) -> None:
    site.qatech.put(RunKey("web", "UkxK"), Run(short_id="UkxK", status="RUNNING"))
    answer = await client.post(WATCHES, json=wish(run=run))
    assert answer.status_code == 202
    assert (answer.json()["run"], answer.json()["project"]) == ("UkxK", project)


@pytest.mark.parametrize("channel", ["C0123456789", "G0123456789", "D0123456789"])
async def test_a_channel_may_be_of_each_kind(client: httpx.AsyncClient, channel: str) -> None:
    assert (await client.post(WATCHES, json=wish(channel=channel))).status_code == 202


@pytest.mark.parametrize("error", [Unavailable("down"), RateLimited("429", 3.0)])
async def test_a_qatech_that_does_not_answer_leaves_the_watch_unverified(
    client: httpx.AsyncClient, site: Site, error: QATechError
) -> None:
    site.qatech.fail(error)
    answer = await client.post(WATCHES, json=wish())
    assert (answer.status_code, answer.json()["state"]) == (202, "unverified")
    again = await client.post(WATCHES, json=wish())
    assert (again.status_code, again.json()["state"]) == (200, "unverified")
    assert again.json()["status"] is None


async def test_nothing_is_stored_where_qatech_refuses(
    client: httpx.AsyncClient, site: Site
) -> None:
    for error, status, words in (
        (RunNotFound("404"), 404, "no such run"),
        (AccessDenied("403"), 502, "refuses the bot's key"),
    ):
        site.qatech.fail(error, times=1)
        answer = await client.post(WATCHES, json=wish())
        assert answer.status_code == status
        assert words in sentence(answer)
    assert await site.store.watches_in(None) == []


# --- looking and stopping


async def test_a_watch_can_be_looked_at(client: httpx.AsyncClient) -> None:
    opened = (await client.post(WATCHES, json=wish(live=True))).json()
    answer = await client.get(f"{WATCHES}/{opened['id']}")
    assert (answer.status_code, answer.json()) == (200, opened)


async def test_a_watch_shows_what_became_of_its_run_and_of_its_notices(
    client: httpx.AsyncClient, site: Site
) -> None:
    opened = (await client.post(WATCHES, json=wish(live=True))).json()
    await site.store.claim_channels(now=NOW, limit=1, owner="one", until=NOW)
    attempt = await site.store.begin("C0123456789", now=NOW, owner="one", until=NOW)
    assert attempt is not None
    await site.store.drop(attempt, why="is_archived", now=NOW)
    await site.store.end_watch(opened["id"], state=WatchState.GIVEN_UP, notices=(), now=NOW)
    told = (await client.get(f"{WATCHES}/{opened['id']}")).json()
    assert told["state"] == "given_up"
    (notice,) = told["notices"]
    assert (notice["state"], notice["attempts"], notice["why"]) == ("dropped", 1, "is_archived")


async def test_a_watch_can_be_stopped_again_and_again(client: httpx.AsyncClient) -> None:
    opened = (await client.post(WATCHES, json=wish())).json()
    path = f"{WATCHES}/{opened['id']}"
    for _ in range(2):
        answer = await client.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get(path)).json()["state"] == "stopped"
    assert (await client.post(WATCHES, json=wish())).status_code == 202
