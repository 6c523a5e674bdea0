"""The killing: real processes end, or stand still, at bad moments."""

import asyncio

from bot.playground.slack_changes import ChangeKind
from tests.e2e.crash.plan import Plan
from tests.e2e.replica import LEASE_SECONDS, Replica
from tests.e2e.stage import Installation


class Killer:
    """Kills the replicas at random moments, half of them chosen by what the bot is doing."""

    def __init__(self, plan: Plan, installation: Installation, replicas: list[Replica]) -> None:
        self.plan = plan
        self._installation = installation
        self._replicas = replicas
        self._dice = plan.dice("kills")
        self.kills = 0
        self.stalls = 0

    async def work(self) -> None:
        """All kills and stalls of the plan; every replica is running at the end."""
        acts = [self._kill] * self.plan.kills + [self._stall] * self.plan.stalls
        self._dice.shuffle(acts)
        for act in acts:
            await act(self._dice.choice(self._replicas))

    async def _kill(self, victim: Replica) -> None:
        dice = self._dice
        if dice.random() < 0.1:
            await asyncio.sleep(dice.uniform(0, 1.5))  # while it starts
        else:
            await victim.up()
            if dice.random() < 0.5:
                await asyncio.sleep(dice.uniform(0, self.plan.seconds_alive))
            else:
                await self._next_message(within=self.plan.seconds_alive)
                await asyncio.sleep(dice.choice((0, 0.002, 0.01, 0.03)))
        await victim.kill()
        self.kills += 1
        await asyncio.sleep(dice.choice((0, 0, 0.5, 2)))
        await victim.start()

    async def _stall(self, victim: Replica) -> None:
        """Stopped for longer than a lease, at the moment of a message; then it goes on."""
        await victim.up()
        await self._next_message(within=self.plan.seconds_alive)
        victim.stop()
        await asyncio.sleep(LEASE_SECONDS + self._dice.uniform(1, 5))
        victim.go_on()
        self.stalls += 1

    async def _next_message(self, within: float) -> None:
        """Until the bot next asks Slack to post or to edit something."""
        slack = self._installation.slack
        changes = slack.subscribe()
        try:
            async with asyncio.timeout(self._dice.uniform(0.2, within)):
                while True:
                    change = await changes.get()
                    if change.kind is ChangeKind.CALLED and change.subject.method in {
                        "chat.postMessage",
                        "chat.update",
                    }:
                        return
        except TimeoutError:
            pass
        finally:
            slack.unsubscribe(changes)
