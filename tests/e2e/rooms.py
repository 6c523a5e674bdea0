"""A channel for each fault of Slack, with a run of its own, and what is logged of it."""

import asyncio
import contextlib
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from bot.playground.scenarios import all_passed
from bot.playground.slack_state import Channel, Message
from tests.e2e.seen import heard, logged
from tests.e2e.stage import Installation, outside_threads


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


async def end_waits(bot: Installation) -> None:
    """Let what waits for a minute be due now."""

    def write() -> None:
        with contextlib.closing(sqlite3.connect(bot.directory / "qarun.db")) as database:
            database.execute("UPDATE notices SET due_at = 0 WHERE state = 'pending'")
            database.commit()

    await asyncio.to_thread(write)  # the bot may be writing, in this very loop
