import asyncio
import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.slack_endpoint import _cut
from bot.playground.slack_faults import Faults
from bot.playground.slack_wire import abort
from tests.playground.slack_app import Site, served
from tests.playground.test_slack_chat import error_of, post


async def test_an_error_a_status_and_a_rate_limit_happen_once_each_and_in_order() -> None:
    async with served() as site:
        faults = site.workspace.faults
        faults.add("chat.postMessage", "error", error="fatal_error")
        faults.add("chat.postMessage", "status", status=503)
        faults.add("*", "rate_limited", retry_after=7)
        say = site.client().chat_postMessage
        assert await error_of(say(channel=site.general.id, text="x")) == "fatal_error"
        with pytest.raises(SlackApiError) as unavailable:
            await say(channel=site.general.id, text="x")
        assert unavailable.value.response.status_code == 503
        with pytest.raises(SlackApiError) as limited:
            await say(channel=site.general.id, text="x")
        assert limited.value.response.headers["Retry-After"] == "7"
        assert site.general.messages == []
        await post(site)
        assert [call.status for call in site.workspace.calls] == [200, 503, 429, 200]


async def test_a_dropped_connection_loses_the_request() -> None:
    async with served() as site:
        site.workspace.faults.add("chat.postMessage", "drop")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await post(site)
        assert site.general.messages == []
        await post(site)
        assert [call.status for call in site.workspace.calls] == [None, 200]


async def test_a_lost_answer_leaves_the_message_posted() -> None:
    async with served() as site:
        site.workspace.faults.add("chat.postMessage", "lost_answer")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await post(site)
        assert [m.text for m in site.general.messages] == ["hi"]
        lost = site.workspace.calls[0]
        assert (lost.status, lost.ok) == (None, True)


async def test_what_comes_late_is_done_after_the_client_was_told_nothing() -> None:
    async with served() as site:
        site.workspace.faults.add("chat.postMessage", "late", seconds=0.2)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await post(site)
        assert site.general.messages == []
        await site.workspace.wait_for(lambda: site.general.messages)
        assert [(call.status, call.ok) for call in site.workspace.calls] == [(None, True)]


async def test_a_hung_answer_leaves_the_message_posted_and_the_client_waiting() -> None:
    async with served() as site:
        site.workspace.faults.add("chat.postMessage", "hung_answer")
        client = site.client(timeout=0.5)
        with pytest.raises(asyncio.TimeoutError):
            await client.chat_postMessage(channel=site.general.id, text="hi")
        assert [m.text for m in site.general.messages] == ["hi"]


async def test_what_hangs_is_let_go_when_the_faults_are_cleared() -> None:
    async with served() as site:
        site.workspace.faults.add("chat.postMessage", "hung_answer", times=None)
        waiting = asyncio.create_task(post(site))
        await site.workspace.wait_for(lambda: site.workspace.calls)
        site.workspace.faults.clear()
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await waiting
        await post(site)


async def test_a_delay_postpones_the_answer_and_combines_with_another_fault() -> None:
    async with served() as site:
        faults = site.workspace.faults
        faults.add("chat.postMessage", "delay", seconds=0.1)
        faults.add("chat.postMessage", "error", error="internal_error")
        began = time.perf_counter()
        assert (
            await error_of(site.client().chat_postMessage(channel=site.general.id, text="x"))
            == "internal_error"
        )
        assert time.perf_counter() - began >= 0.1


async def test_a_client_that_gives_up_does_not_stop_a_slow_request() -> None:
    async with served() as site:
        site.workspace.faults.add("chat.postMessage", "delay", seconds=30)
        with pytest.raises(asyncio.TimeoutError):
            await site.client(timeout=0.1).chat_postMessage(channel=site.general.id, text="hi")
        await site.workspace.wait_for(lambda: site.general.messages)


def test_a_fault_can_let_requests_pass_and_last_for_ever() -> None:
    faults = Faults()
    faults.add("auth.test", "error", after=1, times=2)
    met = [faults.take("auth.test")[1] is not None for _ in range(4)]
    assert met == [False, True, True, False]
    faults.add("auth.test", "drop", times=None)
    assert all(faults.take("auth.test")[1] for _ in range(5))
    assert faults.take("chat.update") == (0.0, None)


async def test_without_a_transport_to_cut_the_answer_stays_unfinished() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    assert not abort(send)
    await _cut(receive, send)
    assert (b"content-length", b"1000") in sent[0]["headers"]
    assert len(sent) == 1


async def test_a_response_url_has_faults_too() -> None:
    async with served() as site:
        await once_with_status(site)


async def once_with_status(site: Site) -> None:
    delivery = await site.workspace.command(site.ann, "general")
    site.workspace.faults.add("response_url", "status", status=500)
    async with aiohttp.ClientSession() as http:
        for status in (500, 200):
            async with http.post(str(delivery.response_url), json={"text": "x"}) as response:
                assert response.status == status
