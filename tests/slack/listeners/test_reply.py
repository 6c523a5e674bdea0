"""Answers to one person: by `response_url`, else as an ephemeral message, else directly."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncRespond

from bot.playground.slack_response_url import url_of
from bot.slack.blocks.message import Message, compose, section
from bot.slack.listeners.reply import Reply
from tests.slack.listeners.bench import Bench

ANSWER = compose(["It failed."], [section("It *failed*.")])


def reply_of(bench: Bench, *, url: str | None, channel: str | None) -> Reply:
    respond = AsyncRespond(response_url=url)
    return Reply(bench.connection.client, respond, channel=channel, user=bench.ada.id)


def url_for(bench: Bench) -> str:
    ticket = bench.slack.tickets.response_url(bench.ada.id, bench.room.id)
    return url_of(bench.slack, ticket)


async def test_it_goes_through_the_response_url(bench: Bench) -> None:
    await reply_of(bench, url=url_for(bench), channel=bench.room.id)(ANSWER)
    (told,) = bench.slack.ephemeral_for(bench.ada)
    assert told.blocks


@pytest.mark.parametrize("fault", ["status", "drop", None])
async def test_where_that_fails_it_is_an_ephemeral_message(bench: Bench, fault: str | None) -> None:
    if fault is not None:
        bench.slack.faults.add("response_url", fault, times=None)
    url = url_for(bench) if fault else None
    await reply_of(bench, url=url, channel=bench.room.id)(ANSWER)
    (told,) = bench.slack.ephemeral_for(bench.ada)
    assert told.text == "It failed."


async def test_where_there_is_no_channel_it_is_a_direct_message(bench: Bench) -> None:
    await reply_of(bench, url=None, channel=None)(ANSWER)
    (told,) = bench.slack.direct_messages(bench.ada.id).messages
    assert told.text == "It failed."


async def test_a_form_that_slack_refuses_is_told_simpler(bench: Bench) -> None:
    odd = Message("It failed.", ({"type": "section", "text": {"type": "mrkdwn", "text": ""}},))
    await reply_of(bench, url=url_for(bench), channel=bench.room.id)(odd)
    (told,) = bench.slack.ephemeral_for(bench.ada)
    assert told.text == "It failed."


async def test_where_nothing_works_it_is_logged_and_nothing_is_raised(
    bench: Bench, log: list[Any]
) -> None:
    bench.slack.faults.add("*", "drop", times=None)
    await reply_of(bench, url=url_for(bench), channel=bench.room.id)(ANSWER)
    assert [line["event"] for line in log if line["log_level"] == "error"] == ["answer_lost"]
    bench.slack.faults.clear()
