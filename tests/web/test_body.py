"""Bodies that are too large or too slow, and callers who come too often."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.serving import listen, serving
from bot.web.body import PATIENCE_BYTES, BodyRefused, read_body
from bot.web.guard import BURST_SECONDS, STRANGERS_BURST, ApiGuard
from bot.web.rate import Allowance

TOKEN = "token-of-the-api"


def receiving(*parts: bytes, more: bool = False) -> Any:
    """A client that sends these parts; with `more`, it promises another that never comes."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = more

    async def receive() -> Any:
        while not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    return receive


async def test_a_body_is_read_whole_up_to_the_limit() -> None:
    assert await read_body(receiving(b"ab", b"cd"), length="", most=4) == b"abcd"
    assert await read_body(receiving(b"abcd"), length="4", most=4) == b"abcd"


@pytest.mark.parametrize("length", ["", "5", "9" * 5_000, "\u00b2"])
async def test_more_than_the_limit_is_refused(length: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        await read_body(receiving(b"ab", b"cde"), length=length, most=4)
    assert refused.value.status == 413


async def test_what_is_too_large_is_read_a_while_so_that_its_client_reads_why() -> None:
    rest = receiving(b"x" * 100, b"y" * 100, b"")
    with pytest.raises(BodyRefused) as refused:
        await read_body(rest, length="200", most=4)
    assert refused.value.status == 413
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await rest()  # all of it has been read


async def test_what_has_no_end_is_cut_off() -> None:
    size = 0

    async def endless() -> Any:
        nonlocal size
        size += 65_536
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    with pytest.raises(BodyRefused) as refused:
        await read_body(endless, length="", most=4)
    assert refused.value.status == 413
    assert size < PATIENCE_BYTES + 200_000


async def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    with pytest.raises(BodyRefused) as refused:
        await read_body(receiving(b"ab", more=True), length="", most=4, seconds=0.05)
    assert refused.value.status == 408


async def test_of_a_client_that_has_gone_what_there_is_is_taken() -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    assert await read_body(gone, length="", most=4) == b""


@pytest.mark.parametrize("in_chunks", [False, True], ids=["with a length", "in chunks"])
async def test_over_a_real_connection_the_client_reads_why(in_chunks: bool) -> None:
    body = b"x" * 3_000_000

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("no such request comes through")

    guard = ApiGuard(nothing, token=TOKEN, max_rps=10)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    async with (
        serving(guard, listen("127.0.0.1", 0)) as url,
        httpx.AsyncClient(trust_env=False, headers=headers) as client,
    ):
        content = chunks() if in_chunks else body
        answer = await client.post(f"{url}/api/v1/watches", content=content)
    assert answer.status_code == 413
    assert "larger than 16384 bytes" in answer.json()["detail"]


# --- rates


def test_an_allowance_fills_up_again_and_no_higher_than_its_burst() -> None:
    now = 0.0
    allowance = Allowance(rate=2, burst=3, clock=lambda: now)
    assert [allowance.take() for _ in range(4)] == [0, 0, 0, 0.5]
    now = 0.5
    assert [allowance.take() for _ in range(2)] == [0, 0.5]
    now = 1_000
    assert [allowance.take() for _ in range(4)] == [0, 0, 0, 0.5]


class Calls:
    """The guard before an application that counts; every request comes at the same moment."""

    def __init__(self, max_rps: float) -> None:
        self.passed = 0
        self.guard = ApiGuard(self._passed, token=TOKEN, max_rps=max_rps, clock=lambda: 0.0)

    async def _passed(self, scope: Any, receive: Any, send: Any) -> None:
        self.passed += 1
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def get(self, token: str, path: str = "/api/v1/watches/1") -> tuple[int, str | None]:
        """The status, and the header `Retry-After`."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"authorization", f"Bearer {token}".encode())]
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        await self.guard(scope, receiving(b""), send)
        told = dict(sent[0]["headers"])
        return sent[0]["status"], told.get(b"retry-after", b"").decode() or None


async def test_the_token_may_ask_so_often_and_then_has_to_wait() -> None:
    calls = Calls(max_rps=0.5)
    burst = int(BURST_SECONDS * 0.5)
    assert {await calls.get(TOKEN) for _ in range(burst)} == {(204, None)}
    assert await calls.get(TOKEN) == (429, "2")
    assert calls.passed == burst


async def test_who_guesses_at_tokens_is_slowed_down_and_slows_nobody_else() -> None:
    calls = Calls(max_rps=10)
    guesses = [await calls.get(f"guess-{number}") for number in range(2000)]
    assert guesses.count((401, None)) == STRANGERS_BURST
    assert guesses.count((429, "1")) == 2000 - STRANGERS_BURST
    assert await calls.get(TOKEN) == (204, None)
    assert calls.passed == 1


async def test_the_rest_of_the_server_has_no_such_limit() -> None:
    calls = Calls(max_rps=0.1)
    for _ in range(50):
        assert await calls.get("", path="/healthz") == (204, None)
