"""Many alerts: a burst collapses into one message that grows; a time away is told in one."""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

from bot.playground.scenarios import three_failed
from bot.playground.slack_state import Channel, Message
from tests.e2e.rules_form import rule
from tests.e2e.stage import (
    Installation,
    about,
    installed,
    is_live,
    outside_threads,
    replies,
    report_of,
)

BURST = 1


def by_bot(installation: Installation, channel: Channel) -> list[Message]:
    return [m for m in outside_threads(channel) if m.author == installation.slack.bot]


def gathered(installation: Installation, channel: Channel) -> list[Message]:
    """The messages that tell of several runs."""
    return [
        m for m in by_bot(installation, channel) if re.search(r"\d (more )?runs? ended", m.text)
    ]


async def the_gathered(installation: Installation, channel: Channel) -> Message:
    """The one message that tells of several runs, once it stands in the channel."""
    (message,) = await installation.until(lambda: gathered(installation, channel))
    return message


async def watched(installation: Installation, elsewhere: Channel, *runs: str) -> None:
    """Runs that are in progress, asked for in another channel."""
    for run in runs:
        installation.stage.qatech.add(three_failed(run, duration=100))
        await installation.type(run, where=elsewhere)
    for run in runs:
        await installation.confirmed(run, elsewhere)


async def test_more_alerts_than_a_channel_takes_become_one_message_that_grows(
    tmp_path: Path,
) -> None:
    async with (
        installed(tmp_path, QARUN_ALERT_BURST=str(BURST)) as installation,
        installation.running(),
    ):
        qa, elsewhere = installation.qa, installation.channel("elsewhere")
        await rule(installation, notify_on="all")
        await watched(installation, elsewhere, *(f"Burst{n}" for n in range(BURST + 1)))
        installation.runs.step(101)
        rolling = await the_gathered(installation, qa)
        await installation.until(lambda: "1 more run ended" in rolling.text)
        await watched(installation, elsewhere, "Burst9")
        installation.runs.step(101)
        await installation.until(lambda: "2 more runs ended" in rolling.text)
        assert "2 failed" in rolling.text
        assert "Run Burst9 failed" in rolling.text
        assert report_of("Burst9", qa) is None
        assert len(by_bot(installation, qa)) == BURST + 1
        # Who asked is told as ever, one by one.
        await installation.until(lambda: len(replies(elsewhere)) == BURST + 2)
        assert not gathered(installation, elsewhere)


@contextlib.asynccontextmanager
async def away(installation: Installation) -> AsyncIterator[None]:
    """The bot stops, and when it begins again long has passed for it."""
    yield
    with contextlib.closing(sqlite3.connect(installation.directory / "qarun.db")) as database:
        database.execute("UPDATE heartbeats SET at = at - 60")
        database.commit()


async def test_what_ended_while_the_bot_was_away_comes_as_one_message_for_each_channel(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        qa, asked = installation.qa, installation.channel("asked")
        async with installation.running():
            await rule(installation, notify_on="all")
            await watched(installation, asked, "Away1", "Away2", "Away3")
        async with away(installation):
            installation.runs.step(101)
        async with installation.running():
            for channel in (qa, asked):
                told = await the_gathered(installation, channel)
                assert "While I was away, 3 runs ended" in told.text
                found = re.findall(r"Run (\w+) failed", told.text)
                assert sorted(found) == ["Away1", "Away2", "Away3"]
            assert f"<@{installation.ada.id}>" in told.text  # she asked for them there
            await asyncio.sleep(0.5)
        assert by_bot(installation, qa) == gathered(installation, qa)
        assert not replies(asked)
        # The live messages have become reports, which notifies nobody.
        for run in ("Away1", "Away2", "Away3"):
            (message,) = about(run, asked)
            assert not is_live(message)


async def test_the_one_run_that_ended_while_the_bot_was_away_is_told_as_ever(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        asked = installation.channel("asked")
        async with installation.running():
            await rule(installation, notify_on="all")
            await watched(installation, asked, "Alone1")
        async with away(installation):
            installation.runs.step(101)
        async with installation.running():
            assert "Run Alone1 failed" in (await installation.told("Alone1")).text
            verdict = await installation.verdict(asked)
            assert verdict.is_broadcast
        assert not gathered(installation, installation.qa)
