"""The messenger against the simulated workspace: what Slack says becomes what the outbox does."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.facts import RunFinished, RunProgressed, VerdictGiven
from bot.domain.notice import Telling
from bot.playground.slack import Workspace, serving_slack
from bot.playground.slack_response_url import url_of
from bot.playground.slack_state import Message
from bot.services.ports import Dropped, Found, Gone, Retry, Sent, TellResult
from bot.serving import listen
from bot.slack.messenger import METADATA_EVENT, SlackMessenger
from bot.slack.pictures import png_of
from bot.slack.standing import Standing
from bot.slack.uploads import Uploads
from tests.fakes.stepped_time import SteppedTime
from tests.slack.blocks.samples import monster, telling, three_failed, tracked

KEY = "report:w1"


class Room:
    """A channel, a person in it, and the messenger that is tested."""

    def __init__(self, slack: Workspace, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.ada = slack.add_user("ada")
        self.channel = slack.add_channel("qa", members=[self.ada])
        self.session = session
        client = AsyncWebClient(
            token=slack.bot_token,
            base_url=f"{slack.base_url}/api/",
            session=session,
            retry_handlers=[],
        )
        self.time = SteppedTime()
        self.standing = Standing(client.auth_test, self.time)
        self.standstill = timedelta()
        self.messenger = SlackMessenger(
            client,
            bot_name=lambda: "qarun",
            webhook=lambda url: AsyncWebhookClient(url, session=session, retry_handlers=[]),
            standing=self.standing,
            uploads=Uploads(client, png_of),
            clock=lambda: datetime.now(UTC) + self.standstill,
        )

    def about(self, fact: Any = None, **fields: Any) -> Telling:
        """Something to tell in the channel, the report of a failed run unless told otherwise."""
        values = {
            "dedupe_key": KEY,
            "channel": self.channel.id,
            "asked_by": self.ada.id,
            "created_at": datetime.now(UTC),
        }
        return telling(fact or RunFinished(), tracked(three_failed()), **(values | fields))

    async def tell(self, what: Telling, *, edit_ts: str | None = None) -> TellResult:
        now = datetime.now(UTC)
        return await self.messenger.tell(
            what, edit_ts=edit_ts, now=now, before=now + timedelta(minutes=1)
        )

    async def find(self, key: str = KEY, thread_ts: str | None = None) -> Found | Retry:
        return await self.messenger.find(
            notice_key=key,
            channel=self.channel.id,
            thread_ts=thread_ts,
            since=datetime.now(UTC),
        )

    def response_url(self) -> str:
        return url_of(self.slack, self.slack.tickets.response_url(self.ada.id, self.channel.id))


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    slack = Workspace()
    slack.rates.is_enabled = False
    async with serving_slack(slack, listen("127.0.0.1", 0)), aiohttp.ClientSession() as session:
        yield Room(slack, session)


async def test_a_posted_message_carries_the_key_of_its_notice_and_is_found_by_it(
    room: Room,
) -> None:
    result = await room.tell(room.about())
    (message,) = room.channel.messages
    assert result == Sent(message.ts)
    assert message.metadata == {"event_type": METADATA_EVENT, "event_payload": {"notice": KEY}}
    assert await room.find() == Found(message.ts)
    assert await room.find("report:w2") == Found(None)


async def test_a_message_is_found_among_many_and_the_metadata_of_others_is_left_alone(
    room: Room,
) -> None:
    await room.tell(room.about())
    wanted = room.channel.messages[0].ts
    others: list[Any] = [
        None,
        {"event_type": "other", "event_payload": {"notice": KEY}},
        {"event_type": METADATA_EVENT, "event_payload": "odd"},
    ]
    for number in range(250):
        room.slack.post(Message("", room.channel.id, room.ada, "chat", metadata=others[number % 3]))
    assert await room.find() == Found(wanted)


async def test_a_reply_stands_in_the_thread_and_is_found_there(room: Room) -> None:
    root = room.slack.post(Message("", room.channel.id, room.slack.bot, "root"))
    verdict = room.about(VerdictGiven(), dedupe_key="verdict:w1")
    assert verdict.watch is not None
    verdict = dataclasses.replace(
        verdict, watch=dataclasses.replace(verdict.watch, live_ts=root.ts)
    )
    result = await room.tell(verdict)
    reply = room.channel.messages[-1]
    assert result == Sent(reply.ts)
    assert (reply.thread_ts, reply.is_broadcast) == (root.ts, True)
    assert await room.find("verdict:w1", thread_ts=root.ts) == Found(reply.ts)
    assert await room.find("other", thread_ts=root.ts) == Found(None)


async def test_an_edit_keeps_the_message_and_one_that_is_gone_is_said_to_be_gone(
    room: Room,
) -> None:
    await room.tell(room.about(RunProgressed()))
    (message,) = room.channel.messages
    assert await room.tell(room.about(), edit_ts=message.ts) == Sent(message.ts)
    assert "failed" in message.text
    room.slack.delete(message)
    assert await room.tell(room.about(), edit_ts=message.ts) == Gone("message_not_found")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (
            {"kind": "rate_limited", "retry_after": 7},
            Retry(7.0, "ratelimited", whole_channel=True),
        ),
        ({"kind": "status", "status": 503}, Retry(None, "HTTP 503", uncertain=True)),
        (
            {"kind": "error", "error": "internal_error"},
            Retry(None, "internal_error", uncertain=True),
        ),
        ({"kind": "error", "error": "service_unavailable"}, Retry(None, "service_unavailable")),
        (
            {"kind": "error", "error": "token_revoked"},
            Retry(60.0, "token_revoked", operator=True),
        ),
        ({"kind": "error", "error": "edit_window_closed"}, Gone("edit_window_closed")),
    ],
    ids=lambda value: str(value.get("error") or value["kind"]) if isinstance(value, dict) else "",
)
async def test_a_refusal_becomes_a_value(
    room: Room, fault: dict[str, Any], result: TellResult
) -> None:
    room.slack.faults.add("chat.postMessage", **fault)
    assert await room.tell(room.about()) == result
    assert not room.channel.messages


async def test_a_lost_answer_is_uncertain_and_the_message_can_be_found(room: Room) -> None:
    room.slack.faults.add("chat.postMessage", "lost_answer")
    result = await room.tell(room.about())
    assert isinstance(result, Retry)
    assert result.uncertain
    assert await room.find() == Found(room.channel.messages[0].ts)


async def test_a_slack_that_is_not_there_has_not_taken_the_message(room: Room) -> None:
    client = AsyncWebClient(
        token="xoxb-1",
        base_url="http://127.0.0.1:1/api/",
        session=room.session,
        retry_handlers=[],
    )
    messenger = SlackMessenger(
        client,
        bot_name=lambda: "qarun",
        webhook=lambda url: AsyncWebhookClient(url, session=room.session),
        uploads=Uploads(client, png_of),
        clock=lambda: datetime.now(UTC),
    )
    now = datetime.now(UTC)
    result = await messenger.tell(
        room.about(), edit_ts=None, now=now, before=now + timedelta(minutes=1)
    )
    assert isinstance(result, Retry)
    assert not result.uncertain


@pytest.mark.parametrize("why", ["is_archived", "restricted_action", "a_word_of_tomorrow"])
async def test_where_nobody_can_let_the_bot_post_who_asked_is_told_alone(
    room: Room, why: str
) -> None:
    room.slack.faults.add("chat.postMessage", "error", error=why)
    told = await room.tell(room.about(response_url=room.response_url()))
    assert told == Dropped(why, refused=True)  # and can be sent again by the operator
    (aside,) = room.slack.ephemeral_for(room.ada)
    assert "only you can see this" in aside.text
    assert "Run UkxK failed" in aside.text


async def test_a_channel_that_refuses_an_alert_that_nobody_asked_for_is_noted(room: Room) -> None:
    room.slack.faults.add("chat.postMessage", "error", error="is_archived")
    assert await room.tell(room.about(asked_by=None)) == Dropped("is_archived", refused=True)


async def test_a_live_message_that_may_not_be_posted_ends_and_its_asker_is_told(
    room: Room,
) -> None:
    room.slack.faults.add("chat.postMessage", "error", error="restricted_action")
    live = room.about(RunProgressed(), response_url=room.response_url())
    assert await room.tell(live) == Dropped("restricted_action", refused=True)
    (aside,) = room.slack.ephemeral_for(room.ada)
    assert "only some people may post there" in aside.text


async def test_a_refused_token_is_a_problem_until_slack_accepts_it(room: Room) -> None:
    room.slack.token_errors[room.slack.bot_token] = "token_revoked"
    await room.tell(room.about())
    assert await room.standing.problem() == "token_revoked"
    room.time.step(20)
    assert await room.standing.problem() == "token_revoked"
    del room.slack.token_errors[room.slack.bot_token]
    room.time.step(5)
    assert await room.standing.problem() == "token_revoked"
    room.time.step(5)
    assert await room.standing.problem() is None


async def test_a_missing_scope_is_no_refused_token_and_is_over_with_the_next_message(
    room: Room,
) -> None:
    room.slack.faults.add("chat.postMessage", "error", error="missing_scope")
    await room.tell(room.about())
    assert await room.standing.problem() is None
    assert str(room.standing.lacking).startswith("missing_scope")
    await room.tell(room.about())
    assert room.standing.lacking is None


async def test_who_stood_still_for_too_long_asks_slack_for_nothing_any_more(room: Room) -> None:
    await room.tell(room.about(RunProgressed()))
    (message,) = room.channel.messages
    asked = len(room.slack.calls)
    room.standstill = timedelta(minutes=1)
    for edit_ts in (None, message.ts):
        result = await room.tell(room.about(), edit_ts=edit_ts)
        assert isinstance(result, Retry)
        assert not result.uncertain
    assert len(room.slack.calls) == asked


async def test_whether_slack_may_still_do_it_depends_on_whether_it_has_answered(
    room: Room,
) -> None:
    for fault, details, unsettled in (
        ("lost_answer", {}, True),
        ("status", {"status": 504}, True),
        ("status", {"status": 500}, False),
        ("error", {"error": "fatal_error"}, False),
    ):
        room.slack.faults.add("chat.postMessage", fault, **details)
        result = await room.tell(room.about())
        assert isinstance(result, Retry)
        assert (result.uncertain, result.unsettled) == (True, unsettled), (fault, details)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
async def test_what_is_too_complex_is_told_in_simpler_forms_down_to_the_text(
    room: Room, error: str
) -> None:
    big = dataclasses.replace(room.about(), tracked=tracked(monster()))
    seen = []
    for times in range(3):
        room.slack.faults.add("chat.postMessage", "error", error=error, times=times or None)
        if not times:
            room.slack.faults.clear()
        assert isinstance(await room.tell(big), Sent)
        seen.append([block["type"] for block in room.channel.messages[-1].blocks])
    assert "header" in seen[0]
    assert set(seen[1]) == {"section"}
    assert seen[2] == []
    room.slack.faults.add("chat.postMessage", "error", error=error, times=3)
    assert await room.tell(big) == Dropped(f"Slack refuses even plain text: {error}")


async def test_a_bot_that_is_no_member_tells_a_report_to_the_asker_alone(room: Room) -> None:
    room.slack.scopes.discard("chat:write.public")
    room.channel.members.remove(room.slack.bot.id)
    assert await room.tell(room.about(response_url=room.response_url())) == Sent(None)
    (aside,) = room.slack.ephemeral_for(room.ada)
    assert "`/invite @qarun`" in aside.text
    # Without a way to answer there, or too late for it: directly.
    late = datetime.now(UTC) - timedelta(minutes=30)
    for fields in ({}, {"response_url": room.response_url(), "created_at": late}):
        assert await room.tell(room.about(**fields)) == Sent(None)
    assert len(room.slack.direct_messages(room.ada.id).messages) == 2


async def test_a_live_message_waits_for_the_invitation_and_is_told_aside_once(room: Room) -> None:
    room.slack.scopes.discard("chat:write.public")
    room.channel.members.remove(room.slack.bot.id)
    live = room.about(RunProgressed(), response_url=room.response_url())
    first = await room.tell(live)
    assert isinstance(first, Retry)
    assert first.told_aside
    again = dataclasses.replace(live, notice=dataclasses.replace(live.notice, told_aside=True))
    second = await room.tell(again)
    assert isinstance(second, Retry)
    assert second.told_aside
    assert len(room.slack.ephemeral_for(room.ada)) == 1
    # Nobody is written to directly about a run that is merely in progress.
    third = await room.tell(room.about(RunProgressed()))
    assert isinstance(third, Retry)
    assert not third.told_aside


@pytest.mark.parametrize("kind", ["status", "drop"])
async def test_an_aside_that_fails_leaves_the_notice_waiting(room: Room, kind: str) -> None:
    room.slack.scopes.discard("chat:write.public")
    room.channel.members.remove(room.slack.bot.id)
    room.slack.faults.add("response_url", kind)
    result = await room.tell(room.about(response_url=room.response_url()))
    assert isinstance(result, Retry)
    assert not result.told_aside


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ({"kind": "rate_limited", "retry_after": 3}, 3.0),
        ({"kind": "status", "status": 500}, None),
        ({"kind": "drop", "times": None}, None),  # aiohttp asks once more by itself
    ],
    ids=["rate_limited", "status", "drop"],
)
async def test_a_search_that_fails_is_tried_again(
    room: Room, fault: dict[str, Any], after: float | None
) -> None:
    room.slack.faults.add("conversations.history", **fault)
    result = await room.find()
    assert isinstance(result, Retry)
    assert result.uncertain
    assert result.after == after


async def test_a_channel_that_cannot_be_read_counts_as_not_told(room: Room) -> None:
    room.channel.members.remove(room.slack.bot.id)
    assert await room.find() == Found(None)
