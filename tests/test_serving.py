"""Serving an ASGI application inside a loop that does other things too."""

import asyncio
import signal
import socket
from typing import Any

import httpx
import pytest

from bot.serving import listen, serving

pytestmark = pytest.mark.usefixtures("signals_as_before")


@pytest.fixture
def signals_as_before() -> Any:
    before = signal.getsignal(signal.SIGTERM)
    yield
    assert signal.getsignal(signal.SIGTERM) is before  # they are the process's, not the server's


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def test_an_application_answers_while_the_block_runs_and_not_after() -> None:
    async with httpx.AsyncClient() as client:
        async with serving(_hello, listen("127.0.0.1", 0)) as url:
            assert url.startswith("http://127.0.0.1:")
            assert (await client.get(url)).text == "hello"
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_it_says_nothing_of_the_server_that_it_is() -> None:
    async with serving(_hello, listen("127.0.0.1", 0)) as url, httpx.AsyncClient() as client:
        assert "server" not in (await client.get(url)).headers


async def test_an_idle_connection_is_kept_for_the_proxy_that_will_use_it_again() -> None:
    async with serving(_hello, listen("127.0.0.1", 0)) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for idle_seconds in (0, 5.5):  # uvicorn's own limit is 5 s
            await asyncio.sleep(idle_seconds)
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            assert (await reader.readuntil(b"0\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
async def test_an_ipv6_address_stands_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6 address")
    async with serving(_hello, listener) as url, httpx.AsyncClient() as client:
        assert url.startswith("http://[::1]:")
        assert (await client.get(url)).text == "hello"


async def test_the_block_ends_although_a_request_hangs() -> None:
    begun = asyncio.Event()

    async def hang(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient(timeout=10) as client:
        async with asyncio.timeout(6):
            async with serving(hang, listen("127.0.0.1", 0), grace_seconds=1) as url:
                asking = asyncio.create_task(client.get(url))
                await begun.wait()
        with pytest.raises(httpx.HTTPError):
            (await asking).raise_for_status()


async def test_a_server_that_cannot_begin_says_why() -> None:
    listener = listen("127.0.0.1", 0)
    listener.close()
    with pytest.raises((OSError, RuntimeError)):
        async with serving(_hello, listener):
            raise AssertionError("it must not be served")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "192.0.2.1", "x" * 70])
def test_a_host_that_is_not_ours_is_an_error_with_words(host: str) -> None:
    with pytest.raises(OSError, match=r"\w") as caught:
        listen(host, 0)
    assert caught.value.strerror


def test_a_port_that_is_taken_is_an_error() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])
