"""Slack refuses a token, a scope or the socket, or loses an acknowledgement."""

import pytest

from bot.playground.slack import Workspace
from bot.playground.slack_state import Channel, Message
from tests.e2e.rooms import Rooms, end_waits
from tests.e2e.seen import heard, logged, metric, names, readiness
from tests.e2e.stage import outside_threads, poll_until, replies, value

TOKEN = ("token_revoked", "invalid_auth", "account_inactive")


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
