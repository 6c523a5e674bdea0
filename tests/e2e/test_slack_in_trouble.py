"""Slack refuses, fails or is away: everything is told all the same, and told once."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.playground.scenarios import monster, three_failed
from tests.e2e.stage import Installation, installed, outside_threads, replies

FAULTS: list[dict[str, Any]] = [
    {"kind": "rate_limited", "retry_after": 1},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "drop"},
    {"kind": "lost_answer"},
    {"kind": "error", "error": "internal_error"},
    {"kind": "error", "error": "invalid_blocks"},
]


async def test_each_channel_is_told_once_whatever_befalls_the_messages(
    installation: Installation,
) -> None:
    slack = installation.slack
    rooms = {
        f"Slow{number}": installation.channel(f"room-{number}") for number in range(len(FAULTS))
    }
    for run in rooms:
        installation.stage.qatech.add(three_failed(run, duration=100))
    for fault in FAULTS:
        slack.faults.add("chat.postMessage", **fault)
    slack.faults.add("conversations.history", "drop")
    slack.faults.add("conversations.history", "rate_limited", retry_after=1)
    for run, room in rooms.items():
        await installation.type(run, where=room)
    for run, room in rooms.items():
        await installation.live(run, room)
    for fault in FAULTS:
        slack.faults.add("chat.update", **fault)
    slack.faults.add("chat.postMessage", "lost_answer", times=2)
    slack.faults.add("conversations.replies", "status", status=502)
    installation.runs.step(100)
    for room in rooms.values():
        await installation.verdict(room)
    for run, room in rooms.items():
        report = await installation.told(run, room)
        verdict = await installation.verdict(room)
        assert outside_threads(room) == [report]
        assert replies(room) == [verdict]
        assert "3 failed" in report.text


async def test_a_message_that_slack_finds_too_complex_is_told_in_a_simpler_form(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(monster("Big1"))
    forms: dict[str, Callable[[Any], bool]] = {
        # The text in sections, and at last the text alone.
        "invalid_blocks": lambda blocks: {block["type"] for block in blocks} == {"section"},
        "msg_too_long": lambda blocks: not blocks,
    }
    for times, (error, fits) in enumerate(forms.items(), start=1):
        room = installation.channel(error)
        installation.slack.faults.add("chat.postMessage", "error", error=error, times=times)
        await installation.type("Big1", where=room)
        report = await installation.told("Big1", room)
        assert fits(report.blocks), error
        assert "500 failed" in report.text


async def test_an_ephemeral_answer_finds_another_way(installation: Installation) -> None:
    installation.slack.faults.add("response_url", "status", status=500)
    assert "What you can type" in (await installation.answer_to("help")).text
    installation.slack.faults.add("response_url", "drop")
    assert "What you can type" in (await installation.answer_to("help")).text
    assert installation.slack.calls_of("chat.postEphemeral")
    installation.slack.faults.add("response_url", "status", status=400)
    assert "What you can type" in (await installation.answer_to("help")).text


@pytest.mark.parametrize("end", ["abruptly", "with a close frame", "after a disconnect frame"])
async def test_a_lost_socket_comes_back(installation: Installation, end: str) -> None:
    sockets = installation.slack.sockets
    (first,) = sockets.connections
    if end == "after a disconnect frame":
        await sockets.announce_disconnect()
    else:
        await sockets.cut(abruptly=end == "abruptly")
    await installation.until(lambda: [each for each in sockets.connections if each is not first])
    await installation.until(lambda: first not in sockets.connections)
    assert "What you can type" in (await installation.answer_to("help")).text
    await installation.ready()


async def test_a_slack_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async def start(name: str, over_http: bool) -> None:
        (tmp_path / name).mkdir()
        async with installed(tmp_path / name, over_http=over_http) as installation:
            slack = installation.slack
            slack.faults.add("auth.test", "status", status=503)
            starting = asyncio.create_task(started(installation))
            try:
                await installation.until(lambda: slack.calls_of("auth.test"))
                assert (await installation.get("/healthz")).status_code == 200
                answer = await installation.get("/readyz")
                assert answer.status_code == 503
                assert set(answer.json()["problems"]) == {"slack"}
            finally:
                await starting

    await start("socket", over_http=False)


async def started(installation: Installation) -> None:
    async with installation.running():
        await installation.type("help")
