"""QA.tech refuses, fails or is away: the person is told why, and no wish is lost."""

import asyncio
from pathlib import Path

import pytest

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_faults import Fault, cut, hang, html, refuse, wrong_types
from bot.playground.scenarios import all_passed
from bot.serving import listen, serving
from tests.e2e.stage import (
    Installation,
    about,
    free_port,
    installed,
    is_live,
    outside_threads,
    report_of,
)

FINAL: dict[str, tuple[Fault, str, str]] = {
    "Gone1": (refuse(404), "QA.tech knows no run Gone1", "Check the short ID"),
    "Key401": (refuse(401), "does not accept the bot's key", "QATECH_API_TOKEN"),
    "Key403": (refuse(403), "does not accept the bot's key", "QATECH_API_TOKEN"),
}
PASSING: dict[str, tuple[Fault, str]] = {
    "Html": (html(502), "QA.tech did not answer"),
    "Html200": (html(200), "QA.tech answered with something unreadable"),
    "Types": (wrong_types(), "QA.tech answered with something unreadable"),
    "Err500": (refuse(500), "QA.tech did not answer"),
    "Cut": (cut(), "QA.tech"),
    "Hang": (hang(), "QA.tech did not answer"),
    # The last one: a 429 holds back whatever else is asked with that key.
    "Many": (refuse(429, retry_after="1"), "asks to wait 1 s"),
}
ENDED_MEANWHILE = {"Html200", "Err500", "Hang"}


async def test_what_qatech_refuses_for_good_is_told_and_not_stored(
    installation: Installation,
) -> None:
    for run, (fault, what, cure) in FINAL.items():
        installation.stage.qatech.faults.inject(fault, short_id=run)
        for text in (run, f"{run} private", f"failed {run}", f"issues {run}"):
            answer = await installation.answer_to(text)
            assert what in answer.text, text
            assert cure in answer.text, text
    assert "No run is being watched" in (await installation.answer_to("list")).text
    assert not installation.qa.messages


async def test_what_qatech_cannot_answer_now_is_stored_and_told_when_it_can(
    installation: Installation,
) -> None:
    qatech = installation.stage.qatech
    rooms = {}
    for run, (fault, _) in PASSING.items():
        rooms[run] = installation.channel(run.lower())
        qatech.add(all_passed(run, duration=0 if run in ENDED_MEANWHILE else 100))
        qatech.faults.inject(fault, short_id=run)

    async def ask(run: str) -> None:
        answer = await installation.answer_to(run, where=rooms[run])
        assert PASSING[run][1] in answer.text, run
        assert "I have stored your wish" in answer.text, run
        waiting = await installation.until(lambda: about(run, rooms[run]))
        assert "waiting for QA.tech" in waiting[0].text or not is_live(waiting[0])

    hanging = asyncio.create_task(ask("Hang"))
    for run in PASSING:
        if run != "Hang":
            await ask(run)
    await hanging
    qatech.faults.clear()
    for run, room in rooms.items():
        if run not in ENDED_MEANWHILE:
            await installation.confirmed(run, room)
    installation.runs.step(100)
    for run, room in rooms.items():
        report = await installation.told(run, room)
        assert "passed" in report.text
        await installation.verdict(room)
        assert outside_threads(room) == [report]
        assert len(room.messages) == 2


async def test_a_qatech_that_is_down_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with installed(tmp_path, QATECH_API_URL=url) as installation, installation.running():
        installation.stage.qatech.add(all_passed("Down1", duration=100))
        answer = await installation.answer_to("Down1")
        assert "QA.tech did not answer" in answer.text
        assert "I have stored your wish" in answer.text
        await installation.live("Down1")
        world = SimulatedQATech(installation.stage.qatech)
        async with serving(world, listen("127.0.0.1", port)):
            await installation.confirmed("Down1")
            installation.runs.step(100)
            await installation.told("Down1")
            await installation.verdict()


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_a_run_in_a_channel_without_the_bot_is_told_aside_until_it_is_invited(
    tmp_path: Path, private: bool
) -> None:
    async with installed(tmp_path, over_http=private) as installation:
        if not private:
            installation.slack.scopes.discard("chat:write.public")
        async with installation.running():
            room = installation.channel("room", private=private, with_bot=False)
            other = installation.channel("other", private=private, with_bot=False)
            qatech = installation.stage.qatech
            qatech.add(all_passed("Over1", duration=0))
            qatech.add(all_passed("Busy1", duration=100))
            ended = await installation.answer_to("Over1", where=other)
            assert "Run Over1 passed" in ended.text
            assert "`/invite @qarun`" in ended.text
            live = await installation.answer_to("Busy1", where=room)
            assert "Run Busy1 is in progress" in live.text
            assert "`/invite @qarun`" in live.text
            again = await installation.answer_to("Busy1", where=room, by=installation.ben)
            assert "watched here already" in again.text
            assert not room.messages
            await installation.slack.invite_bot(room, by=installation.ada)
            shown = await installation.live("Busy1", room)
            installation.runs.step(100)
            await installation.until(lambda: report_of("Busy1", room) is shown)
            await installation.verdict(room)
            assert not other.messages
            assert len(installation.slack.ephemeral) == 3


async def test_a_run_that_ends_before_the_bot_is_invited_is_told_to_who_asked(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(all_passed("Busy2", duration=100))
    room = installation.channel("room", private=True, with_bot=False)
    live = await installation.answer_to("Busy2", where=room)
    assert "in progress" in live.text
    installation.runs.step(100)
    person = installation.slack.ephemeral_for
    await installation.until(
        lambda: [m for m in person(installation.ada) if "Run Busy2 passed" in m.text]
    )
