"""Acknowledging `/qarun`, over signed HTTP and over Socket Mode, beside an app that only does that.

The bot's commands are acknowledged while it is at work on those before them, as in earnest: `help`
is answered through the `response_url`, a run that is watched is looked up in the database first.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.canned import canned
from benchmarks.commands import HttpClient, Send, SocketSlack, timed
from benchmarks.processes import SECRET, bot_settings, free_port, process, wait_until_ready
from benchmarks.seeding import seed_runs
from benchmarks.table import Row, at_least, at_most, middle, share, told

_TEXTS = ("help", "run7")
_AT_ONCE = 32
_REST_SECONDS = 0.5


@dataclass(slots=True)
class _Figures:
    """Of each repetition: p50, p99 and commands a second."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)

    def add(self, seconds: Sequence[float], whole: float) -> None:
        self.p50.append(middle(seconds) * 1000)
        self.p99.append(share(seconds, 0.99) * 1000)
        self.rate.append(len(seconds) / whole)


async def measure(*, quick: bool) -> list[Row]:
    """Both ways, one at a time and 32 at a time."""
    rounds, alone, many = (3, 60, 300) if quick else (7, 100, 600)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, canned("qatech") as qatech:
        directory = Path(name)
        far = datetime.now(UTC) + timedelta(days=1)
        await seed_runs(f"sqlite:///{directory / 'bench.db'}", 100, due_at=lambda _: far)
        for way, sides in (("signed HTTP", _over_http), ("Socket Mode", _over_socket)):
            async with sides(directory, qatech) as (bot, bare):
                for text in _TEXTS:
                    for at_once, number in ((1, alone), (_AT_ONCE, many)):
                        here, beside = _Figures(), _Figures()
                        for _ in range(rounds):
                            here.add(*await timed(bot(text, at_once), number))
                            await asyncio.sleep(_REST_SECONDS)  # what is acknowledged is answered
                            beside.add(*await timed(bare(text, at_once), number))
                        rows += _rows(f"`/qarun {text}` over {way}", at_once, here, beside)
    return rows


_Side = Callable[[str, int], Sequence[Send]]


@contextlib.asynccontextmanager
async def _over_http(directory: Path, qatech: str) -> AsyncIterator[tuple[_Side, _Side]]:
    log = directory / "http.log"
    port, bare_port = free_port(), free_port()
    with canned("slack") as slack, contextlib.ExitStack() as stack:
        settings = bot_settings(directory, slack=slack, qatech=qatech, port=port)
        settings["SLACK_SIGNING_SECRET"] = SECRET
        bot = stack.enter_context(process("bot", "serve", variables=settings, log=log))
        bare = stack.enter_context(
            process("benchmarks.bare", "http", str(bare_port), variables={}, log=log)
        )
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", bot, log)
        wait_until_ready(f"http://127.0.0.1:{bare_port}/readyz", bare, log)
        clients: list[HttpClient] = []

        def senders(to: int) -> _Side:
            def build(text: str, at_once: int) -> Sequence[Send]:
                fresh = [HttpClient(to, text, f"{slack}/response") for _ in range(at_once)]
                clients.extend(fresh)
                return [client.send for client in fresh]

            return build

        try:
            yield senders(port), senders(bare_port)
        finally:
            for client in clients:
                client.close()


@contextlib.asynccontextmanager
async def _over_socket(directory: Path, qatech: str) -> AsyncIterator[tuple[_Side, _Side]]:
    log = directory / "socket.log"
    port = free_port()
    ours, theirs = SocketSlack(), SocketSlack()
    async with contextlib.AsyncExitStack() as stack:
        with canned("slack") as responses:
            slack, runner = await ours.serve()
            stack.push_async_callback(runner.cleanup)
            bare_slack, bare_runner = await theirs.serve()
            stack.push_async_callback(bare_runner.cleanup)
            settings = bot_settings(directory, slack=slack, qatech=qatech, port=port)
            settings["SLACK_APP_TOKEN"] = "xapp-bench"  # noqa: S105 - of the bench alone
            stack.enter_context(process("bot", "serve", variables=settings, log=log))
            stack.enter_context(
                process("benchmarks.bare", "socket", f"{bare_slack}/api/", variables={}, log=log)
            )
            async with asyncio.timeout(60):
                await ours.connected.wait()
                await theirs.connected.wait()

            def senders(by: SocketSlack) -> _Side:
                def build(text: str, at_once: int) -> Sequence[Send]:
                    async def send() -> None:
                        await by.send(text, f"{responses}/response")

                    return [send] * at_once

                return build

            yield senders(ours), senders(theirs)


def _rows(subject: str, at_once: int, here: _Figures, beside: _Figures) -> list[Row]:
    what = f"{subject}, {at_once} at a time"
    peer = "a bare Bolt app that only acknowledges"
    rows = [
        told(
            subject=f"{what}: p50",
            here=middle(here.p50),
            unit="ms",
            peer=peer,
            beside=middle(beside.p50),
        ),
        at_most(
            1.15,
            subject=f"{what}: p99",
            here=middle(here.p99),
            unit="ms",
            peer=peer,
            beside=middle(beside.p99),
        ),
    ]
    if at_once > 1:
        rows.append(
            at_least(
                0.7,
                subject=f"{what}: rate",
                here=middle(here.rate),
                unit="/s",
                peer=peer,
                beside=middle(beside.rate),
            )
        )
    return rows
