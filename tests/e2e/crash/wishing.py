"""The people and the machines that want runs to be watched, and insist."""

import asyncio
import random
from collections.abc import Callable, Sequence

import httpx

from bot.playground.qatech_script import Script
from bot.playground.scenarios import all_passed, cancelled, infrastructure_error, three_failed
from bot.playground.slack_state import Channel, User
from tests.e2e.crash.audit import Wanted
from tests.e2e.crash.plan import Plan
from tests.e2e.stage import Installation

API_TOKEN = "of-the-crash-test"
_SCRIPTS: Sequence[tuple[Callable[..., Script], str]] = (
    (all_passed, "passed"),
    (three_failed, "failed"),
    (infrastructure_error, "ended with an error"),
    (cancelled, "was canceled"),
)
_ALSO_ELSEWHERE = 0.2


_TRY_AGAIN = "try again"
"""What the bot tells a person whose wish it could not fulfil for a reason of its own."""


class Wishes:
    """Every wish of a crash test: placed at its time, repeated until the bot has taken it."""

    def __init__(
        self, plan: Plan, installation: Installation, channels: Sequence[Channel], ports: list[int]
    ) -> None:
        self._plan = plan
        self._installation = installation
        self._channels = channels
        self._ports = ports
        self._dice = plan.dice("wishes")
        self.wanted: list[Wanted] = []
        self.by_command = 0
        self.told_to_try_again = 0
        self._minding: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """Nobody waits for anything any more."""
        for task in self._minding:
            task.cancel()
        await asyncio.gather(*self._minding, return_exceptions=True)

    async def place(self) -> None:
        """Returns when the bot has taken all of them."""
        dice = self._dice
        async with httpx.AsyncClient(trust_env=False) as ci, asyncio.TaskGroup() as group:
            for number in range(self._plan.runs):
                script, ending = dice.choice(_SCRIPTS)
                run = f"K{number:04d}"
                duration = dice.uniform(self._plan.shortest, self._plan.longest)
                self._installation.stage.qatech.add(script(run, duration=duration), when_asked=True)
                first = number % len(self._channels)
                places = [first]
                if dice.random() < _ALSO_ELSEWHERE and len(self._channels) > 1:
                    places.append((first + 1) % len(self._channels))
                after = dice.uniform(0, self._plan.seconds * 0.9)
                for place in places:
                    wish = Wanted(run, self._channels[place].id, ending)
                    self.wanted.append(wish)
                    if dice.random() < 0.5:
                        self.by_command += 1
                        group.create_task(self._type(wish, after, random.Random(dice.random())))
                    else:
                        task = self._request(ci, wish, after, random.Random(dice.random()))
                        group.create_task(task)

    async def _type(self, wish: Wanted, after: float, dice: random.Random) -> None:
        await asyncio.sleep(after)
        person = self._installation.slack.add_user(f"{wish.run}-{wish.channel}".lower())
        channel = next(each for each in self._channels if each.id == wish.channel)
        channel.members.append(person.id)
        await self._insist(wish, person, channel, dice)
        task = asyncio.create_task(self._mind(wish, person, channel, dice))
        self._minding.add(task)

    async def _insist(
        self, wish: Wanted, person: User, channel: Channel, dice: random.Random
    ) -> None:
        """Type until it is acknowledged; where it is not, Slack shows an error of its own."""
        wish.is_stored = False
        while not wish.is_stored:
            wish.asked += 1
            delivery = await self._installation.slack.command(person, channel, wish.run)
            wish.is_stored = delivery.acknowledged
            await asyncio.sleep(dice.uniform(0.5, 2))

    async def _mind(
        self, wish: Wanted, person: User, channel: Channel, dice: random.Random
    ) -> None:
        """Type again whenever the bot says that it could not."""
        read = 0
        while True:
            answers = self._installation.slack.ephemeral_for(person, channel.id)
            if any(_TRY_AGAIN in answer.text for answer in answers[read:]):
                self.told_to_try_again += 1
                read = len(answers)
                await self._insist(wish, person, channel, dice)
            read = len(answers)
            await asyncio.sleep(0.5)

    async def _request(
        self, ci: httpx.AsyncClient, wish: Wanted, after: float, dice: random.Random
    ) -> None:
        """CI, behind a load balancer that asks any replica, the dead ones too."""
        await asyncio.sleep(after)
        body = {
            "run": wish.run,
            "channel": wish.channel,
            "notify_on": "all",
            "live": dice.random() < 0.3,
        }
        while not wish.is_stored:
            port = dice.choice(self._ports)
            try:
                answer = await ci.post(
                    f"http://127.0.0.1:{port}/api/v1/watches",
                    json=body,
                    headers={"Authorization": f"Bearer {API_TOKEN}"},
                    timeout=20,
                )
            except httpx.TransportError:
                await asyncio.sleep(dice.uniform(0.2, 1))
                continue
            wish.is_stored = answer.status_code in {200, 202}
            if not wish.is_stored and answer.status_code < 500:
                raise AssertionError(f"{body} is refused: {answer.status_code} {answer.text}")
            await asyncio.sleep(dice.uniform(0.2, 1))
