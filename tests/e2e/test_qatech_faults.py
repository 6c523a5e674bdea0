"""Each fault of QA.tech: what the person sees, what the operator sees, and that nothing is lost.

A run is being watched and another one is asked for when the fault begins; both are told in the end.
The table is that of `docs/faults.md`.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from bot.playground.qatech_faults import (
    Fault,
    cut,
    delay,
    hang,
    html,
    huge,
    redirect,
    refuse,
    wrong_types,
)
from bot.playground.scenarios import all_passed
from tests.e2e.seen import logged, metric, names, readiness
from tests.e2e.stage import Installation, installed, poll_until, value, whole_text

FIFTY_MB = 50 * 1000 * 1000
UNAVAILABLE = ("QA.tech did not answer when asked for run Asked",)
UNREADABLE = ("QA.tech answered with something unreadable",)
TOO_OFTEN = ("QA.tech says that this bot asks too often",)
REFUSED = ("does not accept the bot's key", "whoever runs this bot must check `QATECH_API_TOKEN`")


Places = Callable[[int], Path]


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, the words that the person reads, and the outcome that the operator counts."""

    fault: Fault
    words: tuple[str, ...]
    outcome: str
    why: str
    """What the one log line says."""
    ends: str = ""
    """What is said of a run that was being watched."""


def http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


PASSING: dict[str, Case] = {
    "429": Case(refuse(429), TOO_OFTEN, "rate_limited", "429"),
    "429 with seconds": Case(refuse(429, retry_after="1"), TOO_OFTEN, "rate_limited", "429"),
    "429 with a date": Case(
        refuse(429, retry_after=http_date(0)), TOO_OFTEN, "rate_limited", "429"
    ),
    "500": Case(refuse(500), UNAVAILABLE, "unavailable", "500"),
    "502 with HTML": Case(html(502), UNAVAILABLE, "unavailable", "502 (text/html"),
    "503 with Retry-After": Case(refuse(503, retry_after="1"), UNAVAILABLE, "unavailable", "503"),
    "hanging": Case(hang(), UNAVAILABLE, "unavailable", "no whole answer within 8 s"),
    "cut": Case(cut(), UNAVAILABLE, "unavailable", "RemoteProtocolError"),
    "wrong types": Case(wrong_types(), UNREADABLE, "unexpected", "shortId"),
    "HTML instead of JSON": Case(html(200), UNREADABLE, "unexpected", "not JSON"),
    "redirect": Case(redirect("https://elsewhere.test/"), UNREADABLE, "unexpected", "redirect"),
}
HEAVY: dict[str, Case] = {
    "50 MB": Case(huge(FIFTY_MB), UNREADABLE, "unexpected", "larger than 32 MiB"),
}
"""Not beside the others: until it is known to be too large, they would have to wait."""
FINAL: dict[str, Case] = {
    "401": Case(refuse(401), REFUSED, "access_denied", "401: Invalid API key", "key"),
    "403": Case(refuse(403), REFUSED, "access_denied", "403", "key"),
    "404": Case(refuse(404), ("QA.tech knows no run Asked", "Check the short ID"), "not_found", ""),
}


@pytest.fixture
def places(tmp_path: Path, sqlite_template: Path) -> Places:
    """Makes a directory for each bot, with a database: Alembic prepares one at a time."""

    def place(number: int) -> Path:
        made = tmp_path / str(number)
        made.mkdir()
        shutil.copy(sqlite_template, made / "qarun.db")
        return made

    return place


@contextlib.asynccontextmanager
async def watching(place: Path, number: int) -> AsyncIterator[Installation]:
    """A running bot that follows the run LiveN, shown to be in progress; AskedN is there too."""
    async with installed(place) as installation, installation.running():
        for run in (f"Live{number}", f"Asked{number}"):
            installation.stage.qatech.add(all_passed(run, duration=100))
        await installation.type(f"Live{number}")
        await installation.confirmed(f"Live{number}")
        yield installation


async def each_of(cases: Mapping[str, Case], check: Callable[[int, Case], Awaitable[None]]) -> None:
    """Check all cases side by side, each with a bot of its own: most of it is waiting."""

    async def named(number: int, name: str) -> None:
        try:
            await check(number, cases[name])
        except Exception as error:
            error.add_note(f"the fault: {name}")
            raise

    async with asyncio.TaskGroup() as group:
        for number, name in enumerate(cases, start=1):
            group.create_task(named(number, name))


def of(number: int, lines: list[Any]) -> list[Any]:
    """The lines that are about the runs of this case."""
    return [line for line in lines if line["run"] in {f"Live{number}", f"Asked{number}"}]


async def counted(installation: Installation, outcome: str) -> float:
    """How many requests to QA.tech have come to this."""
    return await metric(
        installation, "qarun_qatech_request_seconds_count", call="run", outcome=outcome
    )


@pytest.mark.parametrize("cases", [PASSING, HEAVY], ids=["most", "heavy"])
async def test_a_fault_that_passes_is_waited_for(
    places: Places, log: list[Any], cases: Mapping[str, Case]
) -> None:
    async def check(number: int, case: Case) -> None:
        async with watching(places(number), number) as installation:
            await passes(installation, number, case)

    async def passes(bot: Installation, number: int, case: Case) -> None:
        live, asked, other = f"Live{number}", f"Asked{number}", bot.channel("other")
        bot.stage.qatech.faults.inject(case.fault)

        answer = await bot.answer_to(asked, where=other)
        for words in (*case.words, "I have stored your wish"):
            assert words in answer.text
        assert "waiting for QA.tech" in (await bot.live(asked, other)).text

        await poll_until(lambda: counted(bot, case.outcome), lambda count: count >= 2)
        failing = of(number, logged(log, "qatech_failing"))
        assert {line["kind"] for line in failing} == {case.outcome}
        # An odd answer is each run's own; all else is the project's, and is told once.
        assert len(failing) <= (2 if case.outcome == "unexpected" else 1)
        assert case.why in failing[0]["why"]
        assert (await readiness(bot))[0] == 200

        bot.stage.qatech.faults.clear()
        await bot.confirmed(asked, other)
        await poll_until(lambda: value(of(number, logged(log, "qatech_recovered"))), bool)
        bot.runs.step(100)
        for run, room in ((live, bot.qa), (asked, other)):
            assert "passed" in (await bot.told(run, room)).text
            await bot.verdict(room)
            assert len(room.messages) == 2
        # A request that still hung when QA.tech was back may be one more failure, and its end.
        failing = of(number, logged(log, "qatech_failing"))
        assert len(of(number, logged(log, "qatech_recovered"))) <= len(failing)

    await each_of(cases, check)


async def test_a_fault_that_stays_ends_what_is_watched_and_says_why(
    places: Places, log: list[Any]
) -> None:
    async def check(number: int, case: Case) -> None:
        async with watching(places(number), number) as installation:
            await stays(installation, number, case)

    async def stays(bot: Installation, number: int, case: Case) -> None:
        other = bot.channel("other")
        bot.stage.qatech.faults.inject(case.fault)
        answer = await bot.answer_to(f"Asked{number}", where=other)
        for words in case.words:
            assert words in answer.text
        assert not other.messages  # and nothing is stored

        # What is being watched is given up at the third refusal.
        ended = await bot.told(f"Live{number}")
        assert case.ends in whole_text(ended)
        await bot.verdict()
        assert await counted(bot, case.outcome) >= 4
        failing = of(number, logged(log, "qatech_failing"))
        assert names(failing) == (["qatech_failing"] if case.why else [])
        for line in failing:
            assert (line["kind"], line["log_level"]) == (case.outcome, "error")
            assert case.why in line["why"]
        assert (await readiness(bot))[0] == 200

    await each_of(FINAL, check)


async def test_a_qatech_that_is_slow_is_no_failure(places: Places, log: list[Any]) -> None:
    async with watching(places(1), 1) as bot:
        bot.stage.qatech.faults.inject(delay(1.0))
        other = bot.channel("other")
        await bot.type("Asked1", where=other)  # acknowledged in time all the same
        await bot.confirmed("Asked1", other)
        assert await counted(bot, "answered") >= 1
        assert not logged(log, "qatech_failing")
        bot.stage.qatech.faults.clear()
        bot.runs.step(100)
        await bot.told("Asked1", other)
        await bot.told("Live1")
