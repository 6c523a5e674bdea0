"""The listeners behind a real Bolt app, between a simulated workspace and fakes of all else.

What people do in the workspace is handed to `app.async_dispatch`, signed as over HTTP or bare as
from a socket. Nothing delivers the outbox: look at `store.kept`.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.domain.facts import Fact, QuestionAnswered, RunFinished
from bot.domain.notice import NewNotice
from bot.domain.reply import Reply
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, Watch
from bot.listening import build_listeners
from bot.playground.slack import Workspace, serving_slack
from bot.playground.slack_delivery import Delivery, DeliveryKind
from bot.playground.slack_state import Channel, Message, User
from bot.playground.slack_views import View
from bot.qatech.projects import ConfiguredProjects
from bot.services.ruling import RulingService
from bot.services.trend import TrendService
from bot.services.watching import WatchService
from bot.serving import listen
from bot.slack.blocks.message import Block
from bot.slack.connection import SlackConnection
from bot.slack.permissions import AllowedPeople, ConfiguredPermissions
from tests.e2e.stage import poll_until, value
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore
from tests.slack.listeners.dispatch import SECRET, Dispatch

T = TypeVar("T")

KEY = RunKey("default", "UkxK")
LATER = 5.0
"""Seconds for what must come of a press; far more than it takes."""


@dataclass
class Bench:
    """Ada, in a channel with the bot, and all that she can touch."""

    slack: Workspace
    connection: SlackConnection
    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    rerun_allowed: list[str] | None = None
    wakes: int = 0

    def __post_init__(self) -> None:
        self.ada: User = self.slack.add_user("ada")
        self.ben: User = self.slack.add_user("ben")
        self.room: Channel = self.slack.add_channel("qa", members=[self.ada, self.ben])

    def listen(self) -> None:
        """Register every listener."""
        projects = ConfiguredProjects({"default": "shop"})
        watching = WatchService(
            store=self.store,
            qatech=self.qatech,
            projects=projects,
            direct=self.connection,
            clock=now,
            poll_min_seconds=5,
            wake=self._wake,
        )
        client = self.connection.client
        permissions = ConfiguredPermissions(
            rerun=AllowedPeople(client, self.rerun_allowed), rules=AllowedPeople(client, None)
        )
        for listener in build_listeners(
            store=self.store,
            qatech=self.qatech,
            projects=projects,
            slack=self.connection,
            watching=watching,
            ruling=RulingService(
                store=self.store,
                aliases=["default"],
                from_file={},
                permissions=permissions,
                clock=now,
            ),
            trends=TrendService(
                store=self.store,
                aliases=["default"],
                direct=self.connection,
                clock=now,
                wake=self._wake,
            ),
            permissions=permissions,
            allowed_teams=None,
            clock=now,
            wake=self._wake,
        ):
            listener.register(self.connection.app)

    def _wake(self) -> None:
        self.wakes += 1

    def shows(
        self, *blocks: Block, ephemeral: bool = False, thread_ts: str | None = None
    ) -> Message:
        """A message of the bot with these blocks; `ephemeral`: for Ada alone."""
        return self.slack.post(
            Message(
                "",
                self.room.id,
                self.slack.bot,
                "text",
                blocks=list(blocks),
                thread_ts=thread_ts,
                visible_to=self.ada.id if ephemeral else None,
            )
        )

    def said(self, text: str, *, thread_ts: str | None = None) -> Message:
        """A message of Ada's."""
        return Message("", self.room.id, self.ada, text, thread_ts=thread_ts)

    async def watched(self, run: Run, *, live_ts: str | None = None) -> Watch:
        """A run in progress that the channel watches; `live_ts`: in that thread."""
        self.qatech.put(KEY, run)
        opened = await self.store.open_watch(
            NewWatch(
                id=f"w{len(self.store.kept)}-{run.short_id}",
                key=KEY,
                channel=self.room.id,
                asked_by=self.ada.id,
                live=True,
                thread_ts=live_ts,
            ),
            seen=run,
            next_poll_at=now(),
            notices_for=lambda watch: (),
            now=now(),
        )
        return opened.watch

    async def ended(self, run: Run, *, message_ts: str = "1700000000.000100") -> None:
        """A run that has ended and whose report stands in the channel; QA.tech has forgotten it."""
        await self.store.save_ended(
            KEY,
            run=run,
            url=None,
            notice_for=lambda run_id: NewNotice(
                dedupe_key="report", channel=self.room.id, fact=RunFinished(), run_id=run_id
            ),
            now=now(),
        )
        self.store.kept["report"].message_ts = message_ts

    async def press(
        self, message: Message, action_id: str, value: Any = None, *, by: User | None = None
    ) -> Delivery:
        """Use an element of a message; it is acknowledged."""
        pressed = await self.slack.press(by or self.ada, self.room, message.ts, action_id, value)
        return pressed.require_ack()

    async def send(self, kind: DeliveryKind, payload: dict[str, Any]) -> Delivery:
        """Hand over a payload as it is."""
        delivery = await self.slack.courier.deliver(kind, payload)
        return delivery.require_ack()

    def action(self, action_id: str, **fields: Any) -> dict[str, Any]:
        """The payload of a press with these fields of the action, in a message long gone."""
        return {
            "type": "block_actions",
            "user": {"id": self.ada.id},
            "team": {"id": self.slack.team_id},
            "channel": {"id": self.room.id},
            "container": {"type": "message", "message_ts": "1.2", "channel_id": self.room.id},
            "trigger_id": self.slack.tickets.trigger(self.ada.id).id,
            "actions": [
                {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "3.4"}
                | fields
            ],
        }

    def event(self, **fields: Any) -> dict[str, Any]:
        """The payload of an event."""
        return {
            "type": "event_callback",
            "team_id": self.slack.team_id,
            "event_id": f"Ev{time.monotonic_ns()}",
            "event": fields,
        }

    async def aside(self, words: str) -> Message:
        """What Ada alone is told, once one such message holds these words."""
        return await self._until(
            lambda: next((m for m in self.slack.ephemeral_for(self.ada) if words in m.text), None)
        )

    async def modal(self, title: str, words: str) -> View:
        """The modal that Ada has on top, once it has this title and holds these words."""

        def look() -> View | None:
            for view in self.slack.views.modals.get(self.ada.id, [])[-1:]:
                if view.title == title and words in str(view.given):
                    return view
            return None

        return await self._until(look)

    async def finished(self) -> None:
        """Until no listener is under way any more."""
        async with asyncio.timeout(LATER):
            await self.connection.listeners.finish()

    def facts(self) -> list[Fact]:
        """What waits in the outbox, in order."""
        return [kept.new.fact for kept in self.store.kept.values()]

    def replies(self) -> list[Reply]:
        """The replies to questions that wait in the outbox."""
        return [fact.reply for fact in self.facts() if isinstance(fact, QuestionAnswered)]

    async def _until(self, look: Callable[[], T | None]) -> T:
        found = await self.slack.wait_for(look, LATER)
        assert found is not None
        return found


@contextlib.asynccontextmanager
async def bench_of(
    *, over_http: bool, rerun_allowed: list[str] | None = None
) -> AsyncIterator[Bench]:
    """A bench whose listeners hear; gone at the end of the block."""
    slack = Workspace()
    slack.rates.is_enabled = False
    slack.courier.retry_seconds = ()
    async with serving_slack(slack, listen("127.0.0.1", 0)) as api_url:
        connection = SlackConnection(
            bot_token=slack.bot_token, app_token=None, signing_secret=SECRET, api_url=api_url
        )
        slack.courier.transport = Dispatch(connection.app, over_http)
        bench = Bench(slack, connection, rerun_allowed=rerun_allowed)
        bench.listen()
        connected = asyncio.create_task(connection.keep_connected())
        try:
            await poll_until(lambda: value(connection.identity), lambda found: found is not None)
            yield bench
            await bench.finished()
        finally:
            connected.cancel()
            await connection.close()


def now() -> datetime:
    return datetime.now(UTC)
