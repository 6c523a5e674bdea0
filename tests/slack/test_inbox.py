"""The inbox, on a real Bolt app: what Slack hands over is kept before it is acknowledged."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.ports import Payload
from bot.slack.inbox import GIVEN_UP_AFTER, LEASE_SECONDS, REQUEST_KEY, SlackInbox
from bot.slack.under_way import ListenersUnderWay
from tests.fakes.clock import SteppedClock
from tests.fakes.store import FakeStore

COMMAND = {
    "command": "/qarun",
    "text": "UkxK",
    "trigger_id": "1.2.3",
    "channel_id": "C1",
    "user_id": "U1",
    "team_id": "T1",
    "token": "old-fashioned-secret",
}


class BrokenStore(FakeStore):
    async def keep(self, new: Sequence[Payload], **_: Any) -> Sequence[int | None]:
        raise OSError("disk full")


class SlowStore(FakeStore):
    async def keep(self, new: Sequence[Payload], **lease: Any) -> Sequence[int | None]:
        await asyncio.sleep(1.5)
        return await super().keep(new, **lease)


@dataclass
class Process:
    """One process of the bot: a Bolt app with the inbox, and listeners that do what they are told.

    Attributes:
        dealt: what listeners have heard, with the key of the request.
        gate: the listeners wait for it, after they have acknowledged.
    """

    store: FakeStore = field(default_factory=FakeStore)
    clock: SteppedClock = field(default_factory=SteppedClock)
    owner: str = "one"
    dealt: list[tuple[str, str | None]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None,
                team_id="T1",
                bot_token="xoxb-1",
                bot_user_id="UBOT",
                bot_id="BBOT",
            )

        self.app = AsyncApp(
            client=AsyncWebClient(token="xoxb-1"), signing_secret="s", authorize=authorize
        )
        self.listeners = ListenersUnderWay(self.app)

        async def on_command(
            ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext
        ) -> None:
            await ack()
            await self.gate.wait()
            self.dealt.append((command["text"], context.get(REQUEST_KEY)))

        async def on_event(event: dict[str, Any], context: AsyncBoltContext) -> None:
            await self.gate.wait()
            self.dealt.append((event["text"], context.get(REQUEST_KEY)))

        self.app.command("/qarun")(on_command)
        self.app.event("message")(on_event)
        self.app.event("app_mention")(on_event)
        self.inbox = SlackInbox(self.app, self.store, clock=self.clock, owner=self.owner)
        self.inbox.register()
        self.listeners.when_ended = self.inbox.dealt_with

    @property
    def undone(self) -> int:
        return sum(kept.payload is not None for kept in self.store.payloads.values())

    async def hand_over(self, body: dict[str, Any]) -> int:
        """As a socket does; the status of the acknowledgement."""
        answer = await self.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        return int(answer.status)

    async def finish(self) -> None:
        """Until all that was acknowledged is dealt with."""
        await asyncio.sleep(0)  # it is acknowledged before its listener begins
        await self.listeners.finish()

    async def take_up(self, *, after: float = LEASE_SECONDS) -> None:
        self.clock.step(after)
        await self.inbox.take_up()
        await self.finish()

    def successor(self) -> "Process":
        """The process after a kill: the same database, the same clock."""
        return Process(store=self.store, clock=self.clock, owner="two")


def said(text: str, kind: str = "message", **fields: Any) -> dict[str, Any]:
    event = {"type": kind, "user": "U1", "channel": "C1", "ts": "5.5", "text": text, **fields}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}


async def test_a_command_is_kept_before_it_is_acknowledged_and_gone_when_answered() -> None:
    process = Process()
    assert await process.hand_over(COMMAND) == 200
    assert (process.undone, process.dealt) == (1, [])  # its listener has not even begun
    await process.finish()
    assert process.undone == 0
    assert [text for text, _ in process.dealt] == ["UkxK"]


async def test_a_command_whose_process_dies_is_dealt_with_by_another() -> None:
    process = Process()
    process.gate.clear()
    assert await process.hand_over(COMMAND) == 200
    process.inbox.close()  # as good as dead: nothing more is written down
    successor = process.successor()
    await successor.take_up(after=LEASE_SECONDS - 1)
    assert successor.dealt == []  # it may still be at it
    await successor.take_up(after=1)
    (kept,) = process.store.payloads.values()
    assert successor.dealt == [("UkxK", kept.key)]
    assert successor.undone == 0
    await successor.take_up()
    assert len(successor.dealt) == 1
    process.gate.set()
    await process.finish()


async def test_the_same_command_typed_twice_is_two_wishes_whatever_slack_calls_them() -> None:
    process = Process()
    for _ in range(2):
        assert await process.hand_over(COMMAND) == 200
    await process.finish()
    assert [text for text, _ in process.dealt] == ["UkxK", "UkxK"]
    assert len({key for _, key in process.dealt}) == 2


async def test_a_sentence_that_comes_as_two_events_or_twice_is_dealt_with_once() -> None:
    process = Process()
    other = process.successor()
    assert await process.hand_over(said("<@UBOT> why?")) == 200
    assert await other.hand_over(said("<@UBOT> why?", "app_mention")) == 200
    assert await other.hand_over(said("<@UBOT> why?")) == 200
    await process.finish()
    await other.finish()
    assert len(process.dealt + other.dealt) == 1


async def test_what_is_not_for_the_bot_is_not_kept() -> None:
    process = Process()
    for number, body in enumerate(
        (
            said("lunch?"),
            said("me too", bot_id="B9", thread_ts="1.1"),
            said("lunch!", subtype="message_changed"),
            said("mine", user="UBOT"),
        )
    ):
        body["event"]["ts"] = f"{number}.1"
        assert await process.hand_over(body) == 200
    await process.finish()
    assert process.store.payloads == {}


async def test_threads_and_links_to_runs_are_kept() -> None:
    process = Process()
    process.gate.clear()
    await process.hand_over(said("why?", thread_ts="1.1"))
    link = "<https://app.qa.tech/p/shop/results/UkxK>"
    await process.hand_over(said(link, user=None, bot_id="B9", ts="6.6"))
    assert [kept.key for kept in process.store.payloads.values()] == [
        "said:C1:5.5:in a thread",
        "linked:C1:6.6",
    ]
    process.gate.set()
    await process.finish()


async def test_no_verification_token_is_kept() -> None:
    process = Process()
    process.gate.clear()
    await process.hand_over(COMMAND)
    (kept,) = process.store.payloads.values()
    assert kept.payload is not None
    assert json.loads(kept.payload)["text"] == "UkxK"
    assert "old-fashioned-secret" not in kept.payload
    process.gate.set()
    await process.finish()


async def test_a_database_that_cannot_be_used_keeps_nobody_from_being_answered() -> None:
    process = Process(store=BrokenStore())
    assert await process.hand_over(COMMAND) == 200
    await process.finish()
    assert [text for text, _ in process.dealt] == ["UkxK"]


async def test_a_slow_database_keeps_nobody_waiting_for_the_acknowledgement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    process = Process(store=SlowStore())
    in_time = asyncio.create_task(process.hand_over(COMMAND))
    await asyncio.sleep(0.1)  # the next one waits for the transaction of this one
    began = time.monotonic()
    assert await process.hand_over(said("why?", thread_ts="1.1")) == 200
    assert time.monotonic() - began < 2.5
    assert await in_time == 200
    await process.finish()
    assert sorted(text for text, _ in process.dealt) == ["UkxK", "why?"]
    # What was kept too late has been dealt with all the same: nobody takes it up again.
    assert len(process.store.payloads) == 2
    assert process.undone == 0
    assert capsys.readouterr().out.count("inbox_failing") == 1


async def test_what_nobody_could_deal_with_for_a_day_is_given_up() -> None:
    process = Process()
    process.gate.clear()
    await process.hand_over(COMMAND)
    process.inbox.close()
    successor = process.successor()
    await successor.take_up(after=GIVEN_UP_AFTER.total_seconds() + 1)
    assert successor.dealt == []
    assert successor.undone == 0
    process.gate.set()
    await process.finish()
