"""Several `qarun serve` with one database: they start together, share, and replace each other."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.playground.scenarios import three_failed
from bot.store.database import Database
from tests.e2e.process import check_log, run_to_its_end
from tests.e2e.replica import LEASE_SECONDS, Replica
from tests.e2e.stage import (
    Installation,
    about,
    installed,
    is_live,
    outside_threads,
    poll_until,
    replies,
    value,
)
from tests.store.databases import fresh_schema

_SLACK_SECONDS = 5.0
"""More than a tick, a few requests, and the pause between two messages."""


async def test_four_that_start_at_once_prepare_an_empty_database_once(
    fresh_url: str, tmp_path: Path
) -> None:
    async with installed(tmp_path, QARUN_DATABASE_URL=fresh_url) as installation:
        started = await asyncio.gather(
            *(run_to_its_end(tmp_path, "migrate", variables=installation.variables) for _ in "1234")
        )
    assert [status for status, _, _ in started] == [0] * 4, started
    said = sorted(out for _, out, _ in started)
    assert len(set(said)) == 2, said  # one from nothing, three with nothing to do
    assert said.count(said[1]) == 3 or said.count(said[0]) == 3, said


@dataclass
class Pair:
    """Two replicas on one database, between the simulated neighbours."""

    installation: Installation
    one: Replica
    two: Replica

    async def sender(self) -> tuple[Replica, Replica]:
        """The replica that holds the channel, and the other one."""
        url = self.installation.variables["QARUN_DATABASE_URL"]
        query = text("SELECT leased_by FROM channels WHERE leased_by IS NOT NULL")

        names: list[str | None] = []

        async def owner() -> str | None:
            async with Database.open(url) as database, database.reading() as connection:
                names.append(await connection.scalar(query))
                return names[-1]

        await poll_until(owner, bool)
        pid = int(str(names[-1]).split(":")[1])
        assert pid in {self.one.pid, self.two.pid}
        return (self.one, self.two) if pid == self.one.pid else (self.two, self.one)

    async def report_hangs(self, run: str) -> tuple[Replica, Replica]:
        """The run ends, and Slack has its report but keeps the answer from whoever sent it."""
        slack = self.installation.slack
        self.installation.stage.qatech.add(three_failed(run, duration=100))
        await self.installation.type(run)
        await self.installation.live(run)
        slack.faults.add("chat.update", "hung_answer")
        self.installation.runs.step(100)
        await poll_until(
            lambda: value([c for c in slack.calls_of("chat.update") if c.status is None]), bool
        )
        return await self.sender()


@contextlib.asynccontextmanager
async def pair(directory: Path, url: str) -> AsyncIterator[Pair]:
    async with installed(directory, QARUN_DATABASE_URL=url) as installation:
        replicas = [Replica.of(installation, number) for number in range(2)]
        try:
            for each in replicas:
                await each.start()
            await poll_until(
                lambda: value(installation.slack.sockets.connections), lambda open_: len(open_) == 2
            )
            yield Pair(installation, *replicas)
        finally:
            for each in replicas:
                await each.kill()
        for each in replicas:
            check_log(installation, each.log.read_text())


async def one_dies(directory: Path, url: str) -> None:
    async with pair(directory, url) as both:
        installation = both.installation
        victim, _ = await both.report_hangs("Died1")
        await victim.kill()
        died = time.monotonic()
        await installation.until(lambda: replies(installation.qa), LEASE_SECONDS + _SLACK_SECONDS)
        assert time.monotonic() - died < LEASE_SECONDS + _SLACK_SECONDS
        check_told_once(installation, "Died1")


async def one_stands_still(directory: Path, url: str) -> None:
    async with pair(directory, url) as both:
        installation = both.installation
        victim, _ = await both.report_hangs("Still1")
        victim.stop()
        await installation.until(lambda: replies(installation.qa), LEASE_SECONDS + _SLACK_SECONDS)
        told = [m.ts for m in installation.qa.messages]
        calls = len(installation.slack.calls_of("chat.update"))
        victim.go_on()
        await asyncio.sleep(3)
        # It knows that its time was over: it has neither posted nor edited what another one told.
        assert [m.ts for m in installation.qa.messages] == told
        assert len(installation.slack.calls_of("chat.update")) == calls
        check_told_once(installation, "Still1")
        # And it goes on working.
        both.installation.stage.qatech.add(three_failed("Still2", duration=0))
        for name in ("a", "b", "c", "d"):
            await installation.type("Still2", where=installation.channel(name))
        for name in ("a", "b", "c", "d"):
            await installation.told("Still2", installation.slack.channel(name))


def made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def check_told_once(installation: Installation, run: str) -> None:
    (report,) = outside_threads(installation.qa)
    assert about(run, installation.qa) == [report]
    assert not is_live(report)
    assert len(replies(installation.qa)) == 1


@pytest.mark.timeout(240)  # it waits for a lease of half a minute, and for six starts
async def test_who_dies_is_replaced_and_who_stands_still_tells_nothing_twice(
    postgresql_server: str, tmp_path: Path
) -> None:
    urls = {name: await fresh_schema(postgresql_server, name) for name in ("dies", "still")}
    # Side by side: each waits for a lease of half a minute to run out.
    await asyncio.gather(
        one_dies(made(tmp_path / "dies"), urls["dies"]),
        one_stands_still(made(tmp_path / "still"), urls["still"]),
    )
