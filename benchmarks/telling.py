"""From the end of a run seen to its message at Slack: 100 runs end together in 100 channels.

The real path: the sweep sees the ends, decides who is told, saves; the outbox is delivered. Beside
it the very same messages, posted by a plain `AsyncWebClient`, all at once.
"""

import asyncio
import json
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from benchmarks.canned import canned
from benchmarks.runs import ended_run
from benchmarks.seeding import add_runs
from benchmarks.silent import SilentEvents
from benchmarks.table import Row, at_most, middle
from bot.app import utc_now
from bot.domain.cadence import Bounds
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.schedule import Schedule
from bot.services.alerting import Alerting
from bot.services.delivery import Delivery
from bot.services.polling import Polling
from bot.services.ports import Look
from bot.slack.messenger import SlackMessenger
from bot.slack.uploads import Uploads
from bot.store.database import Database
from bot.store.store import SqlStore

_RUNS = 100
_BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)
_CASES = 24
_CONNECTIONS = 20
"""As many as the bot has to Slack."""


@dataclass(slots=True)
class _Ended:
    """A QA.tech whose runs have all ended; notes when each was seen to."""

    runs: dict[str, Run]
    seen: list[float]

    async def get_run(self, key: RunKey, look: Look) -> Run:
        if look.issues is None:
            self.seen.append(time.time())
            return Run(short_id=key.short_id, status="COMPLETED", result="FAILED")
        return self.runs[key.short_id]


async def measure(*, quick: bool) -> list[Row]:
    """Seconds from the first end that was seen to the last message."""
    rounds = 3 if quick else 7
    here, beside = [], []
    with canned("slack") as slack:
        for number in range(rounds):
            here.append(await _by_the_bot(slack, number))
            beside.append(await _plainly(slack, _messages(number)))
    return [
        at_most(
            1.3,
            subject=f"{_RUNS} runs end at once in {_RUNS} channels: from the first end seen to "
            "the last message at Slack",
            here=middle(here) * 1000,
            unit="ms",
            peer="the same posts by a plain AsyncWebClient, all at once",
            beside=middle(beside) * 1000,
        )
    ]


_sent: list[dict[str, Any]] = []


def _messages(_round: int) -> list[dict[str, Any]]:
    return _sent[-_RUNS:]


async def _by_the_bot(slack: str, number: int) -> float:
    first = number * _RUNS
    keys = [f"run{each}" for each in range(first, first + _RUNS)]
    qatech = _Ended({key: ended_run(key, _CASES) for key in keys}, [])
    events = SilentEvents()
    with tempfile.TemporaryDirectory() as directory:
        async with (
            Database.open(f"sqlite:///{Path(directory) / 'bench.db'}") as database,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_CONNECTIONS)) as session,
        ):
            await database.migrate()
            due = utc_now() - timedelta(seconds=1)
            await add_runs(database, _RUNS, due_at=lambda _: due, first=first, channels=_RUNS)
            store = SqlStore(database)

            def wake() -> None:
                schedule.wake()

            client = _Recording(
                token="xoxb-bench",  # noqa: S106 - of the bench alone
                base_url=f"{slack}/api/",
                session=session,
                retry_handlers=[],
            )
            delivery = Delivery(
                store=store,
                messenger=SlackMessenger(
                    client,
                    clock=utc_now,
                    bot_name=lambda: "qarun",
                    webhook=AsyncWebhookClient,
                    uploads=Uploads(client, lambda _: b""),
                ),
                clock=utc_now,
                owner="bench",
                wake=wake,
                events=events,
            )
            polling = Polling(
                store=store,
                qatech=qatech,
                bounds=_BOUNDS,
                clock=utc_now,
                owner="bench",
                wake=wake,
                events=events,
                alerting=Alerting(store=store, clock=utc_now, wake=wake, events=events),
                max_rps=1e6,
                sweep_in=lambda _: None,
            )
            schedule = Schedule(
                sweep=polling.sweep,
                deliver=delivery.deliver_due,
                measure=_nothing,
                on_crash=_crashed,
                on_ran=lambda _: None,
            )
            _times(slack)
            schedule.start()
            moments = await _all_told(slack)
            schedule.stop()
            await schedule.finish()
            await polling.finish()
            await delivery.finish()
    return max(moments) - min(qatech.seen)


async def _plainly(slack: str, messages: Sequence[dict[str, Any]]) -> float:
    _times(slack)
    client = AsyncWebClient(token="xoxb-bench", base_url=f"{slack}/api/")  # noqa: S106 - as above
    began = time.time()
    await asyncio.gather(*(client.chat_postMessage(**message) for message in messages))
    return max(_times(slack)) - began


class _Recording(AsyncWebClient):
    """Keeps what is posted, so that the plain client can post the very same."""

    async def chat_postMessage(self, **message: Any) -> Any:  # noqa: N802 - the name of slack_sdk's method
        _sent.append(message)
        return await super().chat_postMessage(**message)


async def _all_told(slack: str) -> list[float]:
    moments: list[float] = []
    async with asyncio.timeout(60):
        while len(moments) < _RUNS:
            await asyncio.sleep(0.1)
            moments += await asyncio.to_thread(_times, slack)
    return moments


def _times(slack: str) -> list[float]:
    """When messages came in since the last question."""
    with urllib.request.urlopen(f"{slack}/times", timeout=10) as answer:  # noqa: S310 - of this machine
        found: list[float] = json.loads(answer.read())
    return found


async def _nothing() -> None: ...


def _crashed(_name: str) -> None:
    raise AssertionError("a loop crashed")
