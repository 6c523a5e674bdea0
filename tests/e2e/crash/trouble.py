"""What goes wrong at Slack and at QA.tech while the bot is being killed."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground import qatech_faults
from bot.playground.qatech_world import QATechWorld
from bot.playground.slack import Workspace
from bot.playground.slack_faults import FaultKind

_METHODS = (
    *("chat.postMessage",) * 30,
    *("chat.update",) * 20,
    *("conversations.history",) * 5,
    *("conversations.replies",) * 5,
    "auth.test",
    "apps.connections.open",
)
_SLACK_FAULTS: Mapping[str, tuple[FaultKind, Callable[[random.Random], dict[str, Any]]]] = {
    "429": (FaultKind.RATE_LIMITED, lambda dice: {"retry_after": dice.randint(1, 3)}),
    "500": (FaultKind.STATUS, lambda _: {"status": 500}),
    "503": (FaultKind.STATUS, lambda _: {"status": 503}),
    "internal_error": (FaultKind.ERROR, lambda _: {"error": "internal_error"}),
    "service_unavailable": (FaultKind.ERROR, lambda _: {"error": "service_unavailable"}),
    "connection dropped": (FaultKind.DROP, lambda _: {}),
    "done, answer lost": (FaultKind.LOST_ANSWER, lambda _: {}),
    "done, answer hangs": (FaultKind.HUNG_ANSWER, lambda _: {}),
    "slow": (FaultKind.DELAY, lambda dice: {"seconds": dice.uniform(0.5, 5)}),
    "dropped, done later": (FaultKind.LATE, lambda dice: {"seconds": dice.uniform(0.5, 6)}),
}
_QATECH_FAULTS: Mapping[str, Callable[[random.Random], qatech_faults.Fault]] = {
    "429": lambda dice: qatech_faults.refuse(429, retry_after=str(dice.randint(1, 3))),
    "500": lambda _: qatech_faults.refuse(500),
    "502 with a page": lambda _: qatech_faults.html(502),
    "cut in the middle": lambda _: qatech_faults.cut(),
    "wrong types": lambda _: qatech_faults.wrong_types(),
    "slow": lambda dice: qatech_faults.delay(dice.uniform(0.5, 4)),
    "hangs": lambda _: qatech_faults.hang(),
}
_MOST_PENDING = 2
"""Faults that wait for the same method: each is to be met soon after it was put there."""


class Trouble:
    """Lets things go wrong by chance until it is stopped; `met` counts what was put in the way."""

    def __init__(self, slack: Workspace, qatech: QATechWorld, dice: random.Random) -> None:
        self._slack = slack
        self._qatech = qatech
        self._dice = dice
        self.met: Counter[str] = Counter()

    async def make(self) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as group:
            for trouble in (self._at_slack, self._at_qatech, self._at_the_sockets):
                group.create_task(trouble())

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._slack.faults.clear()
        self._slack.sockets.is_refusing = False
        self._slack.sockets.acks_to_swallow = 0
        self._qatech.faults.clear()

    async def _at_slack(self) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(0.05, 0.6))
            method = self._dice.choice(_METHODS)
            pending = sum(each.method == method for each in self._slack.faults.pending)
            if pending < _MOST_PENDING:
                name = self._dice.choice(list(_SLACK_FAULTS))
                kind, details = _SLACK_FAULTS[name]
                self._slack.faults.add(method, kind, **details(self._dice))
                self.met[f"Slack: {name}"] += 1

    async def _at_qatech(self) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(0.5, 4))
            name = self._dice.choice(list(_QATECH_FAULTS))
            self._qatech.faults.inject(_QATECH_FAULTS[name](self._dice), times=1)
            self.met[f"QA.tech: {name}"] += 1

    async def _at_the_sockets(self) -> None:
        sockets = self._slack.sockets
        while True:
            await asyncio.sleep(self._dice.uniform(2, 8))
            match self._dice.randrange(4):
                case 0:
                    self.met["Slack: sockets closed"] += 1
                    await sockets.cut()
                case 1:
                    self.met["Slack: sockets cut"] += 1
                    await sockets.cut(abruptly=True)
                case 2:
                    self.met["Slack: sockets refused"] += 1
                    sockets.is_refusing = True
                    await sockets.cut(abruptly=True)
                    await asyncio.sleep(self._dice.uniform(0.5, 2))
                    sockets.is_refusing = False
                case _:
                    self.met["Slack: acknowledgement lost"] += 1
                    sockets.acks_to_swallow = 1
