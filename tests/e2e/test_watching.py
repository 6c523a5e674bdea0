"""Watching: one poll for all, every way in which a run can end, and a restart on the way."""

from dataclasses import replace
from pathlib import Path

from bot.playground.qatech_faults import refuse
from bot.playground.qatech_script import Case, Script
from bot.playground.scenarios import all_passed, cancelled, infrastructure_error, three_failed
from tests.e2e.stage import (
    Installation,
    installed,
    outside_threads,
    report_of,
    whole_text,
)

ENDS: dict[str, tuple[Script, str, bool]] = {
    "Pass1": (all_passed("Pass1", duration=100), "Run Pass1 passed", False),
    "Fail1": (three_failed("Fail1", duration=100), "Run Fail1 failed", True),
    "Error1": (infrastructure_error("Error1", duration=100), "ended with an error", True),
    "Canc1": (cancelled("Canc1", duration=100), "was canceled", True),
    "Skip1": (
        Script("Skip1", (Case("A", result="SKIPPED"),), duration=100),
        "Run Skip1 was skipped",
        True,
    ),
    "Null1": (
        replace(all_passed("Null1", duration=100), result=None),
        "Run Null1 ended without a clear result",
        True,
    ),
    "Word1": (
        replace(all_passed("Word1", duration=100), result="SPARKLING"),
        "SPARKLING",
        True,
    ),
    "Empty1": (Script("Empty1", duration=100, result="PASSED"), "Run Empty1 passed", False),
}


async def test_every_way_in_which_a_run_can_end_is_told_in_its_own_words(
    installation: Installation,
) -> None:
    rooms = {run: installation.channel(run.lower()) for run in ENDS}
    for run, (script, _, _) in ENDS.items():
        installation.stage.qatech.add(script)
        await installation.type(run, where=rooms[run])
    for run, room in rooms.items():
        await installation.live(run, room)
    installation.runs.step(100)
    for run, (_, words, broadcast) in ENDS.items():
        report = await installation.told(run, rooms[run])
        assert words in report.text, run
        verdict = await installation.verdict(rooms[run])
        assert verdict.thread_ts == report.ts
        assert verdict.is_broadcast is broadcast, run
        assert f"<@{installation.ada.id}>" in verdict.text
        assert len(rooms[run].messages) == 2


async def test_many_channels_share_the_polls_of_a_run_and_only_its_last_look_is_whole(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(three_failed("Shared", duration=100))
    rooms = [installation.channel(f"room-{number}") for number in range(8)]
    for room in rooms:
        await installation.type("Shared", where=room)
    for room in rooms:
        await installation.live("Shared", room)
    asked = len(installation.asked_for("Shared"))
    await installation.polled("Shared", times=2)
    # Between two sweeps the run is looked at once, not once for each channel.
    assert len(installation.asked_for("Shared")) <= asked + 3
    installation.runs.step(100)
    for room in rooms:
        await installation.told("Shared", room)
        await installation.verdict(room)
        assert len(outside_threads(room)) == 1
    queries = installation.asked_for("Shared")
    assert [query for query in queries if "issues" in query] == [
        {"testCases": "all", "issues": "all"}
    ]
    assert queries[-1] == {"testCases": "all", "issues": "all"}


async def test_a_run_that_vanishes_and_a_key_that_is_refused_end_the_watch(
    installation: Installation,
) -> None:
    faults, ends = installation.stage.qatech.faults, {}
    for run, status, words in (
        ("Lost1", 404, "does not know it any more"),
        ("Key401", 401, "refuses the bot's key"),
        ("Key403", 403, "refuses the bot's key"),
    ):
        ends[run] = (room := installation.channel(run.lower())), words
        installation.stage.qatech.add(all_passed(run, duration=100))
        await installation.type(run, where=room)
        await installation.live(run, room)
        faults.inject(refuse(status), short_id=run)
    for run, (room, words) in ends.items():
        ended = await installation.told(run, room)
        assert "no longer watched" in ended.text
        assert words in ended.text, run
        reply = await installation.verdict(room)
        assert words in reply.text
        assert reply.is_broadcast
        assert f"<@{installation.ada.id}>" in reply.text
    asked = len(installation.stage.qatech.journal)
    faults.clear()
    assert "No run is being watched" in (await installation.answer_to("list")).text
    assert len(installation.stage.qatech.journal) == asked


async def test_a_passing_404_or_refusal_does_not_end_a_watch(installation: Installation) -> None:
    for run, status in (("Blink4", 404), ("Blink1", 401), ("Blink5", 500)):
        room = installation.channel(run.lower())
        installation.stage.qatech.add(all_passed(run, duration=100))
        await installation.type(run, where=room)
        await installation.live(run, room)
        installation.stage.qatech.faults.inject(refuse(status), times=2, short_id=run)
    await installation.polled("Blink4", times=3)
    installation.runs.step(100)
    for run in ("Blink4", "Blink1", "Blink5"):
        assert (
            "passed" in (await installation.told(run, installation.slack.channel(run.lower()))).text
        )


async def test_a_run_that_never_ends_is_given_up_when_its_time_is_over(tmp_path: Path) -> None:
    hours = str(1.5 / 3600)
    async with (
        installed(tmp_path, QARUN_WATCH_TIMEOUT_HOURS=hours) as installation,
        installation.running(),
    ):
        installation.stage.qatech.add(all_passed("Stuck1", duration=100))
        await installation.type("Stuck1")
        live = await installation.live("Stuck1")
        ended = await installation.told("Stuck1")
        assert ended is live
        assert "I gave up" in ended.text
        reply = await installation.verdict()
        assert reply.is_broadcast


async def test_a_restart_loses_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    async with installed(tmp_path) as installation:
        qatech = installation.stage.qatech
        ended, going = installation.channel("ended"), installation.channel("going")
        qatech.add(three_failed("Ended1", duration=50))
        qatech.add(all_passed("Going1", duration=200))
        async with installation.running():
            await installation.type("Ended1", where=ended)
            await installation.type("Going1", where=going)
            first = await installation.live("Ended1", ended)
            second = await installation.live("Going1", going)
        installation.runs.step(100)  # while nobody looks
        async with installation.running():
            assert await installation.told("Ended1", ended) is first
            await installation.verdict(ended)
        async with installation.running():
            answer = await installation.answer_to("Going1", where=going)
            assert installation.slack.permalink(second) in answer.text
            installation.runs.step(100)
            assert await installation.told("Going1", going) is second
            await installation.verdict(going)
        for room in (ended, going):
            assert len(room.messages) == 2
        assert "3 failed" in whole_text(first)
        assert report_of("Ended1", ended) is first
