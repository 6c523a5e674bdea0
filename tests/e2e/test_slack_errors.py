"""Each error of Slack: what the person sees, what the operator sees, and that nothing is lost.

The errors are those of `facts/SLACK.md`, "Errors worth their own words"; `docs/faults.md` has the
table.
"""

import asyncio
import contextlib
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.playground.scenarios import all_passed
from bot.playground.slack import Workspace
from bot.playground.slack_state import Channel, Message
from tests.e2e.seen import heard, logged, metric, names, readiness
from tests.e2e.stage import Installation, installed, outside_threads, poll_until, replies, value

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
TOKEN = ("token_revoked", "invalid_auth", "account_inactive")


@dataclass
class Rooms:
    """A channel for each error, and a run in each."""

    bot: Installation
    log: list[Any]
    _number: int = field(default=0)

    async def ask(self, *, duration: float = 0) -> tuple[str, Channel]:
        """Type `/qarun` with a new run in a new channel."""
        self._number += 1
        run = f"Run{self._number}"
        room = self.bot.channel(f"room-{self._number}")
        self.bot.stage.qatech.add(all_passed(run, duration=duration))
        await self.bot.type(run, where=room)
        return run, room

    async def told_alone(self, room: Channel) -> list[Message]:
        """What only the person who asked can see in a channel."""
        return await self.bot.until(lambda: self.bot.slack.ephemeral_for(self.bot.ada, room.id))

    async def posted(self, words: str, room: Channel) -> list[Message]:
        """The messages of a channel that hold these words, once there is one."""
        return await self.bot.until(lambda: [m for m in outside_threads(room) if words in m.text])

    async def logged(self, room: Channel, *events: str) -> list[Any]:
        """The lines of this channel, once there is one of these events."""
        return await heard(self.log, *events, about={"channel": room.id})

    def lines(self, room: Channel, *events: str) -> list[Any]:
        return [line for line in logged(self.log, *events) if line.get("channel") == room.id]


@pytest.fixture
def rooms(installation: Installation, log: list[Any]) -> Rooms:
    return Rooms(installation, log)


async def test_what_may_pass_is_tried_again_until_it_is_told_once(rooms: Rooms) -> None:
    for fault in AGAIN.values():
        rooms.bot.slack.faults.add("chat.postMessage", **fault)
    asked = [await rooms.ask() for _ in AGAIN]
    met = set()
    for run, room in asked:
        report = await rooms.bot.told(run, room)
        await rooms.logged(room, "told")
        assert room.messages == [report]
        failed, recovered = rooms.lines(room, "telling_failed", "channel_recovered")
        assert (failed["run"], recovered["event"]) == (run, "channel_recovered")
        met.add(failed["why"])
    assert met == set(AGAIN)
    retried = await metric(rooms.bot, "qarun_deliveries_total", result="retry")
    assert retried == len(AGAIN)
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
    assert await metric(rooms.bot, "qarun_deliveries_total", result="dropped") == 0


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


@pytest.mark.parametrize("error", TOKEN)
async def test_a_refused_token_is_the_operators_and_what_waits_is_told_afterwards(
    rooms: Rooms, error: str
) -> None:
    slack = rooms.bot.slack
    slack.token_errors[slack.bot_token] = error
    asked = [await rooms.ask() for _ in range(3)]
    await heard(rooms.log, "slack_refuses")
    await poll_until(
        lambda: metric(rooms.bot, "qarun_deliveries_total", result="retry"),
        lambda count: count >= len(asked),
    )
    status, body = await readiness(rooms.bot)
    assert (status, body["problems"]) == (503, {"slack": error})
    (refused,) = logged(rooms.log, "slack_refuses")
    assert (refused["why"], refused["log_level"]) == (error, "error")

    del slack.token_errors[slack.bot_token]
    await end_waits(rooms.bot)
    for run, room in asked:
        await rooms.bot.told(run, room)
        assert len(room.messages) == 1
    await heard(rooms.log, "slack_recovered")
    assert (await readiness(rooms.bot))[0] == 200


async def test_a_missing_scope_is_named(rooms: Rooms) -> None:
    rooms.bot.slack.faults.add("chat.postMessage", "error", error="missing_scope")
    run, room = await rooms.ask()
    (refused,) = await heard(rooms.log, "slack_refuses")
    assert "missing_scope" in refused["why"]
    status, body = await readiness(rooms.bot)
    assert (status, body["warnings"]) == (200, {"slack": refused["why"]})
    await end_waits(rooms.bot)
    await rooms.bot.told(run, room)
    await heard(rooms.log, "slack_recovered")
    assert "warnings" not in (await readiness(rooms.bot))[1]


async def test_a_socket_that_is_refused_is_told_once_and_comes_back(rooms: Rooms) -> None:
    bot, sockets = rooms.bot, rooms.bot.slack.sockets
    await heard(rooms.log, "socket_connected")
    sockets.is_refusing = True
    await sockets.cut(abruptly=True)
    await heard(rooms.log, "socket_lost")
    status, body = await readiness(bot)
    assert (status, set(body["problems"])) == (503, {"slack"})
    assert "the socket is closed" in body["problems"]["slack"]
    sockets.is_refusing = False
    await bot.ready()
    run, room = await rooms.ask()
    await bot.told(run, room)
    await poll_until(
        lambda: value(names(logged(rooms.log, "socket_lost", "socket_connected"))),
        lambda said: said == ["socket_connected", "socket_lost", "socket_connected"],
    )


async def test_an_app_token_that_is_revoked_is_named_and_used_again(rooms: Rooms) -> None:
    slack = rooms.bot.slack
    slack.token_errors[slack.app_token] = "token_revoked"
    await slack.sockets.cut(abruptly=True)
    (refused,) = await heard(rooms.log, "socket_refused")
    assert refused["why"] == "token_revoked"
    _, body = await readiness(rooms.bot)
    assert body["problems"]["slack"] == "the socket is closed (token_revoked)"
    del slack.token_errors[slack.app_token]
    await rooms.bot.ready()
    run, room = await rooms.ask()
    await rooms.bot.told(run, room)
    assert len(logged(rooms.log, "socket_refused")) == 1


async def test_an_acknowledgement_that_gets_lost_makes_nothing_twice(rooms: Rooms) -> None:
    run, room = await rooms.ask(duration=100)
    live = await rooms.bot.live(run, room)
    await rooms.bot.confirmed(run, room)
    slack = rooms.bot.slack
    slack.courier.ack_seconds = 0.5
    slack.sockets.acks_to_swallow = 1
    said = await slack.message(rooms.bot.ada, room, "how is it going?", thread_ts=live.ts)
    for delivery in said.deliveries:
        await delivery.settled()
        assert len(delivery.attempts) == 2
    await rooms.bot.until(lambda: replies_of_the_bot(room, slack))
    slack.sockets.acks_to_swallow = 1
    await slack.command(rooms.bot.ada, room, run)  # Slack says that it did not work: typed again
    again = await rooms.bot.answer_to(run, where=room)
    assert "watched here already" in again.text
    assert len(replies_of_the_bot(room, slack)) == 1
    assert outside_threads(room) == [live]


def replies_of_the_bot(room: Channel, slack: Workspace) -> list[Message]:
    return [message for message in replies(room) if message.author.id == slack.bot.id]


async def end_waits(bot: Installation) -> None:
    """Let what waits for a minute be due now."""

    def write() -> None:
        with contextlib.closing(sqlite3.connect(bot.directory / "qarun.db")) as database:
            database.execute("UPDATE notices SET due_at = 0 WHERE state = 'pending'")
            database.commit()

    await asyncio.to_thread(write)  # the bot may be writing, in this very loop


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
