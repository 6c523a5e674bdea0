"""A scripted visit for the terminal: somebody asks about three runs and reads what happens."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bot.playground.scenarios import FAILED_ID, MONSTER_ID, PASSED_ID, all_passed, monster
from bot.playground.scenarios import three_failed as nightly
from bot.playground.slack_changes import Change, ChangeKind
from bot.playground.slack_state import Message
from bot.playground.stage import Stage
from bot.playground.terminal import panel

LIVE_EDIT_SECONDS = 1.5
"""Faster than in earnest (15 s), so that a visit sees its messages change."""
POLL_SECONDS = 0.5

_RUN_SECONDS = 5.0
_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.5


class Visit:
    """Types, waits for what is to be seen, and shows every change in the channel."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._slack = stage.slack
        self._console = console
        self._ada = self._slack.add_user("ada")
        self._channel = self._slack.add_channel("qa", members=[self._ada])
        stage.qatech.add(all_passed(duration=_RUN_SECONDS), when_asked=True)
        stage.qatech.add(nightly(duration=_RUN_SECONDS), when_asked=True)
        stage.qatech.add(monster())

    async def wait_for_bot(self, within: float) -> None:
        """Until the bot's socket is open.

        Raises:
            TimeoutError: it did not open in so many seconds.
        """
        await self._slack.wait_for(lambda: self._slack.sockets.connections, within)

    async def run(self) -> None:
        """The whole visit, in well under half a minute.

        Raises:
            TimeoutError: what should have been seen did not come; says what happened last.
        """
        self.say("A team tests its web shop with QA.tech and talks in Slack, in #qa.")
        async with self._showing():
            self.say("A run that is still going: one message, edited until it is the report.")
            await self._type(PASSED_ID)
            await self._until(replies=1)
            self.say("One that fails: the reply in its thread is shown to the channel too.")
            await self._type(FAILED_ID)
            await self._until(replies=2)
            self.say("One that has ended, with 500 failures and names that mean harm.")
            await self._type(MONSTER_ID)
            await self._until(messages=3)
            self.say("A slip of the finger is answered too, to who made it alone.")
            await self._type("fialed UkxK")
            await self._slack.wait_for(lambda: self._slack.ephemeral, _PATIENCE_SECONDS)

    async def _type(self, text: str) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        self._console.print(Text.assemble(("ada", "bold green"), f" types  /qarun {text}\n"))
        delivery = await self._slack.command(self._ada, self._channel, text)
        delivery.require_ack()

    async def _until(self, *, messages: int = 0, replies: int = 0) -> None:
        def seen() -> bool:
            in_threads = [m for m in self._channel.messages if m.thread_ts not in (None, m.ts)]
            outside = len(self._channel.messages) - len(in_threads)
            return outside >= messages and len(in_threads) >= replies

        await self._slack.wait_for(seen, _PATIENCE_SECONDS)

    @contextlib.asynccontextmanager
    async def _showing(self) -> AsyncIterator[None]:
        changes = self._slack.subscribe()
        showing = asyncio.create_task(self._show_all(changes), name="terminal")
        try:
            yield
            await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            showing.cancel()
            self._slack.unsubscribe(changes)

    async def _show_all(self, changes: "asyncio.Queue[Change]") -> None:
        while True:
            change = await changes.get()
            is_message = change.kind in {ChangeKind.MESSAGE_POSTED, ChangeKind.MESSAGE_CHANGED}
            if is_message and isinstance(change.subject, Message):
                self._console.print(panel(self._slack, change.subject))

    def say(self, sentence: str) -> None:
        """A sentence between the messages."""
        self._console.print(Rule(style="dim"))
        self._console.print(Text(sentence, style="italic"))
