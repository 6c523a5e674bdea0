"""What only pretends to be Slack is refused before anything reads it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from structlog.testing import capture_logs

from bot.web.slack import SlackEndpoint
from tests.web.slack_bench import COMMAND, SECRET, Heard, client_of, send, signed


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def client(heard: Heard) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(SlackEndpoint(heard.app(), signing_secret=SECRET)) as client:
        yield client


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        "7",
        '"text"',
        "",
        "[" * 50_000,
        "payload=%7B",
        "payload=null",
        "payload=[]",
        "\x00",
    ],
)
async def test_what_is_no_payload_is_refused_before_anything_reads_it(
    client: httpx.AsyncClient, heard: Heard, body: str
) -> None:
    with capture_logs() as lines:
        unsigned = await send(client, body, {"Content-Type": "application/json"})
        answer = await send(client, body, signed(body))
    assert unsigned.status_code == 401
    assert answer.status_code in {400, 404}
    assert heard.what == []
    assert [line["event"] for line in lines] == ["slack_request_refused"]


async def test_the_check_of_a_certificate_lets_no_command_in(
    client: httpx.AsyncClient, heard: Heard
) -> None:
    for body in (f"ssl_check=1&{COMMAND}", f"{COMMAND}&ssl_check=1"):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await send(client, body, headers)).status_code == 200
    as_json = json.dumps({"ssl_check": "1", "command": "/qarun"})
    assert (await send(client, as_json, {"Content-Type": "application/json"})).status_code == 401
    assert heard.what == []


async def test_a_flood_of_forgeries_is_logged_once_with_the_reason(
    client: httpx.AsyncClient,
) -> None:
    forged = {**signed(COMMAND), "X-Slack-Signature": "v0=" + "0" * 64}
    with capture_logs() as lines:
        for _ in range(20):
            assert (await send(client, COMMAND, forged)).status_code == 401
    (line,) = lines
    assert line["why"] == "its signature is not of SLACK_SIGNING_SECRET"


async def test_a_clock_that_is_wrong_is_named(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await send(client, COMMAND, signed(COMMAND, at=time.time() - 3_600))
    assert "five minutes from this machine's clock" in lines[0]["why"]


async def test_strangers_with_large_bodies_wait_for_each_other_and_hold_up_nobody_else(
    heard: Heard,
) -> None:
    endpoint = SlackEndpoint(heard.app(), signing_secret=SECRET)
    reading = 0

    def stranger() -> Request:
        async def receive() -> Any:
            nonlocal reading
            reading += 1
            await asyncio.Event().wait()  # it sends no byte

        headers = [(b"content-length", b"900000")]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        return Request(scope, receive)

    waiting = [asyncio.create_task(endpoint.answer(stranger())) for _ in range(100)]
    async with client_of(endpoint) as client:
        assert (await send(client, COMMAND, signed(COMMAND))).status_code == 200
    assert reading == 16
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
