"""Each error of Slack: what the person sees, what the operator sees, and that nothing is lost.

The errors are those of `facts/SLACK.md`, "Errors worth their own words"; `docs/faults.md` has the
table.
"""

from pathlib import Path
from typing import Any

from tests.e2e.rooms import Rooms, end_waits
from tests.e2e.seen import logged, metric, names, readiness
from tests.e2e.stage import installed, outside_threads, poll_until, replies, value

AGAIN: dict[str, dict[str, Any]] = {
    "ratelimited": {"kind": "rate_limited", "retry_after": 1},
    "internal_error": {"kind": "error", "error": "internal_error"},
    "fatal_error": {"kind": "error", "error": "fatal_error"},
    "service_unavailable": {"kind": "error", "error": "service_unavailable"},
    "request_timeout": {"kind": "error", "error": "request_timeout"},
    "HTTP 500": {"kind": "status", "status": 500},
    "HTTP 503": {"kind": "status", "status": 503},
    "no answer: ServerDisconnectedError": {"kind": "drop"},
}
"""What the log line says → a fault that is tried again after."""

SIMPLER = ("invalid_blocks", "msg_too_long", "msg_blocks_too_long")
ASIDE = {
    "not_in_channel": "`/invite @qarun`",
    "channel_not_found": "`/invite @qarun`",
    "is_archived": "the channel is archived",
    "restricted_action": "only some people may post there",
}
ANEW = ("message_not_found", "cant_update_message", "edit_window_closed")


async def test_what_may_pass_is_tried_again_until_it_is_told_once(rooms: Rooms) -> None:
    for fault in AGAIN.values():
        rooms.bot.slack.faults.add("chat.postMessage", **fault)
    asked = [await rooms.ask() for _ in AGAIN]
    met = set()
    for run, room in asked:
        report = await rooms.bot.told(run, room)
        await rooms.logged(room, "told")
        assert room.messages == [report]
        # Between the two it may have waited for what Slack might still have done.
        failed, *_, recovered = rooms.lines(room, "telling_failed", "channel_recovered")
        assert (failed["run"], recovered["event"]) == (run, "channel_recovered")
        met.add(failed["why"])
    assert met == set(AGAIN)
    retried = await metric(rooms.bot, "qarun_deliveries_total", result="retry")
    assert retried >= len(AGAIN)
    assert (await readiness(rooms.bot))[0] == 200


async def test_what_is_refused_for_its_form_is_told_in_a_simpler_one(rooms: Rooms) -> None:
    for error in SIMPLER:
        rooms.bot.slack.faults.add("chat.postMessage", "error", error=error)
        run, room = await rooms.ask()
        report = await rooms.bot.told(run, room)
        assert {block["type"] for block in report.blocks} == {"section"}, error
        assert not rooms.lines(room, "telling_failed", "notice_dropped")
    assert await metric(rooms.bot, "qarun_deliveries_total", result="dropped") == 0


async def test_where_the_bot_may_not_post_who_asked_is_told_alone(rooms: Rooms) -> None:
    for error, cure in ASIDE.items():
        rooms.bot.slack.faults.add("chat.postMessage", "error", error=error)
        run, room = await rooms.ask()
        (aside,) = await rooms.told_alone(room)
        assert f"Run {run} passed" in aside.text
        assert cure in aside.text
        assert not room.messages
    # Who is in charge of the channel may open it: `qarun outbox retry` tells these to everybody.
    await poll_until(
        lambda: value([line["why"] for line in logged(rooms.log, "notice_dropped")]),
        lambda given_up: given_up == ["is_archived", "restricted_action"],
    )


async def test_a_message_that_cannot_be_edited_any_more_is_posted_anew(rooms: Rooms) -> None:
    asked = [await rooms.ask(duration=100) for _ in ANEW]
    for run, room in asked:
        await rooms.bot.confirmed(run, room)
    for error in ANEW:
        rooms.bot.slack.faults.add("chat.update", "error", error=error)
    rooms.bot.runs.step(100)
    for run, room in asked:
        (report,) = await rooms.posted(f"Run {run} passed", room)
        verdict = await rooms.bot.verdict(room)
        assert verdict.thread_ts == report.ts
        assert replies(room) == [verdict]
        assert len(outside_threads(room)) == 2  # the old live message, and the report


async def test_all_is_told_once_after_a_slack_that_was_away(tmp_path: Path, log: list[Any]) -> None:
    async with installed(tmp_path) as bot, bot.running():
        rooms = Rooms(bot, log)
        asked = [await rooms.ask(duration=100) for _ in range(4)]
        for run, room in asked:
            await bot.confirmed(run, room)
        bot.slack.faults.add("*", "status", status=503, times=None)
        bot.runs.step(100)
        for _, room in asked:
            await rooms.logged(room, "telling_failed")
        bot.slack.faults.clear()
        await end_waits(bot)
        for run, room in asked:
            await bot.told(run, room)
            await bot.verdict(room)
            assert len(room.messages) == 2
            assert names(rooms.lines(room, "telling_failed", "channel_recovered")) == [
                "telling_failed",
                "channel_recovered",
            ]
