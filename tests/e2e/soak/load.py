"""An ordinary hour of a team of some dozens: what it asks the bot, made faster."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import httpx

from bot.playground.qatech_script import Script
from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Channel
from tests.e2e.stage import Installation

API_TOKEN = "of-the-soak"
RUN_SECONDS = 300.0
"""What a run takes, in the hour's own time."""
_FAILING_SHARE = 0.3


class OrdinaryLoad:
    """People and machines, each with an interval in the hour's own time.

    Attributes:
        done: how often each thing was done.
    """

    def __init__(
        self, installation: Installation, channels: Sequence[Channel], speed: float
    ) -> None:
        self._installation = installation
        self._channels = channels
        self._speed = speed
        self._dice = random.Random(1)
        self._numbers = itertools.count(1)
        self.done: Counter[str] = Counter()

    async def make(self, seconds: float) -> None:
        """So many seconds of the hour's own time."""
        async with httpx.AsyncClient(base_url=self._installation.url, trust_env=False) as http:
            self._http = http
            tasks = [
                asyncio.create_task(self._again_and_again(what, every))
                for what, every in (
                    (self._run_by_command, 120),
                    (self._run_from_ci, 120),
                    (self._question, 90),
                    (self._command, 60),
                    (self._home, 300),
                    (self._chatter, 20),
                    (self._scrape, 15),
                    (self._refresh_sockets, 900),
                )
            ]
            try:
                await asyncio.wait(
                    tasks,
                    timeout=seconds / self._speed,
                    return_when=asyncio.FIRST_EXCEPTION,
                )
                for task in tasks:
                    if task.done():
                        task.result()  # the load itself has failed
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _again_and_again(self, what: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(0.5, 1.5) * every / self._speed)
            await what()
            self.done[what.__name__.strip("_").replace("_", " ")] += 1

    def _new_run(self) -> str:
        run = f"S{next(self._numbers):05d}"
        script: Callable[..., Script] = all_passed
        if self._dice.random() < _FAILING_SHARE:
            script = three_failed
        duration = RUN_SECONDS * self._dice.uniform(0.5, 1.5) / self._speed
        self._installation.stage.qatech.add(script(run, duration=duration))
        return run

    async def _run_by_command(self) -> None:
        slack = self._installation.slack
        channel = self._dice.choice(self._channels)
        (await slack.command(self._installation.ada, channel, self._new_run())).require_ack()

    async def _run_from_ci(self) -> None:
        body = {"run": self._new_run(), "channel": self._dice.choice(self._channels).id}
        headers = {"Authorization": f"Bearer {API_TOKEN}"}
        answer = await self._http.post("/api/v1/watches", json=body, headers=headers)
        answer.raise_for_status()

    async def _question(self) -> None:
        channel = self._dice.choice(self._channels)
        reports = [m for m in channel.messages[-50:] if m.author.is_bot and m.thread_ts is None]
        if reports:
            question = self._dice.choice(
                ("what failed?", "why did guest checkout fail?", "accessibility issues?", "thanks!")
            )
            root = self._dice.choice(reports)
            slack = self._installation.slack
            await slack.message(self._installation.ben, channel, question, thread_ts=root.ts)

    async def _command(self) -> None:
        last = max(1, next(self._numbers) - 3)
        words = self._dice.choice(
            (f"failed S{last:05d}", f"issues S{last:05d}", "list", "help", "not a command")
        )
        channel = self._dice.choice(self._channels)
        delivery = await self._installation.slack.command(self._installation.ben, channel, words)
        delivery.require_ack()

    async def _home(self) -> None:
        await self._installation.slack.open_home(self._installation.ada)

    async def _chatter(self) -> None:
        channel = self._dice.choice(self._channels)
        await self._installation.slack.message(self._installation.ben, channel, "lunch?")

    async def _scrape(self) -> None:
        for path in ("/metrics", "/readyz"):
            (await self._http.get(path)).raise_for_status()

    async def _refresh_sockets(self) -> None:
        await self._installation.slack.sockets.announce_disconnect()
