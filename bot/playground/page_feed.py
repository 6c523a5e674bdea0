"""What the page is told: everything when it opens, and each change from then on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict

from bot.playground.page_journal import Journal
from bot.playground.page_scene import Scene
from bot.playground.page_shown import (
    as_text,
    channel_json,
    message_json,
    reruns_of,
    run_json,
    user_json,
    view_json,
)
from bot.playground.page_troubles import TROUBLES, Troubles
from bot.playground.slack_changes import Change, ChangeKind
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Message

_TICK_SECONDS = 0.25

Health = Callable[[], Awaitable[Mapping[str, str]]]
"""What is not well with the bot, part by part; empty when all is."""
CommandForms = Sequence[Mapping[str, str]]
"""What can be typed after the command: `usage` and what it `does`."""


class Feed:
    """Keeps every open page up to date; `running` must be entered for that."""

    def __init__(self, scene: Scene, *, health: Health, commands: CommandForms) -> None:
        self.scene = scene
        self.troubles = Troubles(scene.stage)
        self.journal = Journal(scene.stage.qatech)
        self._slack = scene.stage.slack
        self._health = health
        self._commands = list(commands)
        self._readers: set[asyncio.Queue[str | None]] = set()
        self._arrived = asyncio.Event()
        self._status: Json = {}

    @property
    def readers(self) -> int:
        """How many pages are open."""
        return len(self._readers)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell of changes until the block ends, then let every open page go."""
        changes = self._slack.subscribe()
        tasks = [
            asyncio.create_task(self._follow(changes), name="page changes"),
            asyncio.create_task(self._tick(), name="page status"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._slack.unsubscribe(changes)
            for reader in self._readers:
                reader.put_nowait(None)

    @contextlib.asynccontextmanager
    async def reading(self) -> "AsyncIterator[asyncio.Queue[str | None]]":
        """A queue of JSON texts: everything, then each change; None ends it."""
        reader: asyncio.Queue[str | None] = asyncio.Queue()
        await self._look()
        reader.put_nowait(as_text(self.everything()))
        self._readers.add(reader)
        self._arrived.set()
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    def everything(self) -> Json:
        """The whole state that a page needs."""
        slack, me = self._slack, self.scene.me
        channels = list(slack.channels.values())
        visible = [message for channel in channels for message in channel.messages]
        return {
            "kind": "everything",
            "team": slack.team_name,
            "domain": slack.domain,
            "me": user_json(me),
            "bot": user_json(slack.bot),
            "start": self.scene.home.id,
            "users": [user_json(user) for user in slack.users.values()],
            "channels": self._channels(),
            "messages": [message_json(m) for m in (*visible, *slack.ephemeral_for(me))],
            "modals": self._modals(),
            "home": self._home(),
            "commands": self._commands,
            "troubles": [asdict(trouble) for trouble in TROUBLES],
            "entries": self.journal.lines(),
            "status": self._status,
        }

    def _channels(self) -> list[Json]:
        return [channel_json(each, self._slack) for each in self._slack.channels.values()]

    def _modals(self) -> list[Json]:
        return [view_json(view) for view in self._slack.views.modals.get(self.scene.me.id, ())]

    def _home(self) -> Json | None:
        home = self._slack.views.homes.get(self.scene.me.id)
        return view_json(home) if home else None

    async def _follow(self, changes: "asyncio.Queue[Change]") -> None:
        while True:
            if said := self._told(await changes.get()):
                self._tell(said)

    def _told(self, change: Change) -> Json | None:
        """A change as the page is told of it; None for what does not concern who sits there."""
        match change.kind:
            case ChangeKind.CALLED:
                return {"kind": "entry", "entry": self.journal.called(change.subject)}
            case ChangeKind.DELIVERED:
                line = self.journal.delivered(change.subject, self._slack.clock())
                return {"kind": "entry", "entry": line}
            case ChangeKind.MEMBER_JOINED:
                return {"kind": "channels", "channels": self._channels()}
            case ChangeKind.CONNECTED:
                return None  # the status tells it
        if change.user not in (None, self.scene.me.id):
            return None
        if isinstance(change.subject, Message):
            return _message_told(change.kind, change.subject)
        return {"kind": "views", "modals": self._modals(), "home": self._home()}

    async def _tick(self) -> None:
        while True:
            # Nobody looks: nothing is worked out.
            while not self._readers:
                self._arrived.clear()
                await self._arrived.wait()
            before = self._status
            for line in self.journal.asked(self._to_real):
                self._tell({"kind": "entry", "entry": line})
            await self._look()
            if self._status != before:
                self._tell({"kind": "status", "status": self._status})
            await asyncio.sleep(_TICK_SECONDS)

    async def _look(self) -> None:
        reruns_of(self.scene)
        qatech = self.scene.stage.qatech
        self._status = {
            "problems": dict(await self._health()),
            "sockets": len(self._slack.sockets.connections),
            "speed": qatech.speed,
            "on": sorted(self.troubles.on),
            "runs": [run_json(self.scene, shown) for shown in list(self.scene.runs.values())],
        }

    def _to_real(self, simulated: float) -> float:
        """A recent moment of the simulation's clock as a real one; right while its speed lasts."""
        qatech = self.scene.stage.qatech
        ago = (qatech.now() - simulated) / qatech.speed if qatech.speed else 0.0
        return qatech.time_source() - ago

    def _tell(self, said: Json) -> None:
        text = as_text(said)
        for reader in self._readers:
            reader.put_nowait(text)


def _message_told(kind: ChangeKind, message: Message) -> Json:
    # A deleted message that has replies stays as a tombstone.
    if kind is ChangeKind.MESSAGE_DELETED and message.subtype != "tombstone":
        return {"kind": "gone", "channel": message.channel, "ts": message.ts}
    return {"kind": "message", "message": message_json(message)}
