"""`qarun demo`: the page and the visit, from the command's side."""

import asyncio
import re
import socket
import subprocess
import sys

import httpx
import pytest
from websockets.asyncio.client import connect

from bot.demo import show_page, visit
from bot.domain.errors import StartupError

Lines = asyncio.Queue[str]


async def page(
    stop: asyncio.Event, said: Lines, *, port: int | None = 0, can_be_stopped: bool = False
) -> None:
    await show_page(
        stop,
        port=port,
        open_browser=False,
        can_be_stopped=can_be_stopped,
        say=said.put_nowait,
        visitor_seconds=1.0,
    )


def address(line: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return found[0]


async def address_said(said: Lines) -> str:
    return address(await asyncio.wait_for(said.get(), 10))


async def test_where_nobody_can_stop_it_the_page_ends_once_nobody_looks() -> None:
    said = Lines()
    async with asyncio.timeout(15):
        await page(asyncio.Event(), said)
    assert address(said.get_nowait())
    assert said.empty()


async def test_where_nobody_can_stop_it_the_page_stays_while_somebody_looks() -> None:
    said = Lines()
    demo = asyncio.create_task(page(asyncio.Event(), said))
    socket_address = (await address_said(said)).replace("http", "ws", 1)
    async with connect(f"{socket_address}/changes", proxy=None):
        await asyncio.sleep(2)
        assert not demo.done()
    async with asyncio.timeout(15):
        await demo


async def test_at_a_terminal_the_page_stays_until_it_is_stopped() -> None:
    said = Lines()
    stop = asyncio.Event()
    demo = asyncio.create_task(page(stop, said, can_be_stopped=True))
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(await address_said(said))
    assert "qarun demo" in answer.text
    await asyncio.sleep(1.5)
    assert not demo.done()
    stop.set()
    await demo
    assert said.get_nowait() == "Ctrl+C ends it."


async def test_a_port_that_was_asked_for_and_is_taken_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match=rf"--port: cannot listen on 127\.0\.0\.1:{port}"):
            await page(asyncio.Event(), Lines(), port=port)


async def test_where_the_usual_port_is_taken_another_one_serves() -> None:
    stop = asyncio.Event()
    first, second = Lines(), Lines()
    one = asyncio.create_task(page(stop, first, port=None, can_be_stopped=True))
    usual = await address_said(first)
    another = asyncio.create_task(page(stop, second, port=None))
    assert await address_said(second) != usual
    stop.set()
    await asyncio.gather(one, another)


async def test_where_nobody_looks_the_visit_is_shown_before_the_end() -> None:
    shown: list[str] = []

    async def show() -> None:
        shown.append("the visit")

    await show_page(
        asyncio.Event(),
        port=0,
        open_browser=False,
        can_be_stopped=False,
        say=shown.append,
        visitor_seconds=0.1,
        otherwise=show,
    )
    assert shown[1:] == ["the visit"]


async def test_the_visit_plays_in_the_terminal_and_stays_if_asked_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stop = asyncio.Event()
    stop.set()
    await visit(stop, stay=True)
    shown = capsys.readouterr().out
    for words in ("Run UkxK passed", "also sent to the channel", "only visible to you"):
        assert words in shown
    assert "until Ctrl+C" in shown


def test_the_command_serves_the_page_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert httpx.get(address(line), trust_env=False).status_code == 200
    finally:
        process.terminate()
        process.stdout.close()
    assert process.wait(10) == 0
