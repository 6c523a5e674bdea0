"""Two bots behind a load balancer: each request of Slack's may reach either of them."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.playground.scenarios import three_failed
from bot.playground.slack_delivery import Attempt, Delivery, Transport
from bot.playground.slack_signed_http import SignedHttp
from bot.playground.stage import SIGNING_SECRET
from tests.e2e.rules_form import choose, opened, saved, words
from tests.e2e.stage import Installation, free_port, installed, outside_threads, replies


@dataclass
class InTurn:
    """The load balancer: no two requests in a row reach the same bot."""

    ways: tuple[Transport, ...]
    served: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turns = itertools.cycle(range(len(self.ways)))

    async def hand_over(self, delivery: Delivery, attempt: Attempt, within: float) -> None:
        turn = next(self._turns)
        self.served.append(turn)
        await self.ways[turn].hand_over(delivery, attempt, within)


@contextlib.asynccontextmanager
async def two_bots(directory: Path) -> AsyncIterator[Installation]:
    async with installed(directory, over_http=True) as installation, installation.running():
        urls = [installation.url]
        port = free_port()
        installation.variables["QARUN_PORT"] = str(port)
        installation.url = f"http://127.0.0.1:{port}"
        urls.append(installation.url)
        async with installation.running():
            balancer = InTurn(
                tuple(SignedHttp(f"{url}/slack/events", SIGNING_SECRET) for url in urls)
            )
            installation.slack.courier.transport = balancer
            yield installation
            assert set(balancer.served) == {0, 1}


async def test_what_one_bot_has_begun_the_other_one_goes_on_with(tmp_path: Path) -> None:
    async with two_bots(tmp_path) as installation:
        slack, qa = installation.slack, installation.qa
        installation.stage.qatech.add(three_failed("Both1", duration=100))
        await installation.type("Both1")
        live = await installation.live("Both1")
        assert "already" in (await installation.answer_to("Both1", by=installation.ben)).text
        # A modal is opened by one, tried and saved by the other.
        view = await opened(installation)
        choose(view, "notify_on", "all")
        await slack.press_in_view(view, "rules_preview")
        await installation.until(lambda: "nothing to try the rules on" in words(view))
        assert "are set" in await saved(installation, {"notify_on": "all"})
        installation.runs.step(100)
        report = await installation.told("Both1")
        await installation.verdict()
        assert report is live
        # One sentence, as two events, which reach both of them at the same time.
        await slack.message(
            installation.ada, qa, f"<@{slack.bot.id}> what failed?", thread_ts=report.ts
        )
        await installation.until(lambda: len(replies(qa)) >= 3)
        await asyncio.sleep(1)
        assert len(replies(qa)) == 3  # the verdict, the question, one answer
        assert outside_threads(qa) == [report]
