"""What Slack has sent before: it is acknowledged, and done once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from bot.web.slack import REPLAY_SECONDS, SeenSignatures, SlackEndpoint
from tests.web.slack_bench import COMMAND, KINDS, SECRET, Heard, client_of, send, signed


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def client(heard: Heard) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(SlackEndpoint(heard.app(), signing_secret=SECRET)) as client:
        yield client


# --- replays


@pytest.mark.parametrize("kind", KINDS)
async def test_a_replay_is_acknowledged_and_does_nothing(
    client: httpx.AsyncClient, heard: Heard, kind: str
) -> None:
    headers = signed(KINDS[kind])
    first = await send(client, KINDS[kind], headers)
    with capture_logs() as lines:
        again = [await send(client, KINDS[kind], headers) for _ in range(3)]
    assert first.status_code == 200
    assert [answer.status_code for answer in again] == [200] * 3
    assert len(heard.what) == 1
    assert [line["event"] for line in lines] == ["slack_request_replayed"] * 3


async def test_who_replays_a_command_is_not_met_with_silence(client: httpx.AsyncClient) -> None:
    headers = signed(COMMAND)
    await send(client, COMMAND, headers)
    told = (await send(client, COMMAND, headers)).json()
    assert told["response_type"] == "ephemeral"
    assert "did nothing a second time" in told["text"]


async def test_the_same_words_signed_anew_are_another_request(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    for age in (2, 1, 0):
        await send(client, COMMAND, signed(COMMAND, at=time.time() - age))
    assert len(heard.what) == 3


async def test_two_of_the_same_at_once_are_obeyed_once(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    headers = signed(COMMAND)
    await asyncio.gather(*(send(client, COMMAND, headers) for _ in range(10)))
    assert len(heard.what) == 1


async def test_one_that_came_to_nothing_may_be_sent_again(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    heard.fails = True
    headers = signed(COMMAND)
    assert (await send(client, COMMAND, headers)).status_code == 500
    heard.fails = False
    assert (await send(client, COMMAND, headers)).status_code == 200
    assert len(heard.what) == 2


async def test_a_challenge_is_answered_however_often_it_comes(client: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"})
    headers = signed(body)
    for _ in range(2):
        assert (await send(client, body, headers)).json() == {"challenge": "3eZbrw1a"}


def test_signatures_are_remembered_as_long_as_they_are_good_and_no_more_than_fit() -> None:
    now = 0.0
    seen = SeenSignatures(lambda: now, most=3)
    assert seen.is_new("a")
    now = REPLAY_SECONDS
    assert not seen.is_new("a")
    now += 1
    assert seen.is_new("a")
    for other in "bcdefg":
        assert seen.is_new(other)
    assert len(seen) == 3
    assert not seen.is_new("g")
