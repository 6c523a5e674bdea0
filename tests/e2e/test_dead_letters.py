"""A notice that was given up: seen, cured, told after all, and told once."""

import asyncio
import contextlib
import sqlite3
from typing import Any

from bot.config import given_settings
from bot.operating import dead_letters, retry
from bot.playground.scenarios import three_failed
from tests.e2e.stage import Installation, outside_threads, poll_until, replies, report_of

RUN = "Dead1"


async def kept(installation: Installation, query: str) -> list[Any]:
    """What the bot's database answers; asked in a thread, for the bot itself shares this one."""

    def ask() -> list[Any]:
        path = installation.directory / "qarun.db"
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as database, database:
            return database.execute(query).fetchall()

    return await asyncio.to_thread(ask)


async def test_an_archived_channel_is_told_after_all_once_it_is_not(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(three_failed(RUN, duration=100))
    await installation.type(RUN)
    await installation.live(RUN)
    installation.qa.is_archived = True
    installation.runs.step(100)
    given_up = "SELECT id FROM notices WHERE state = 'dropped'"
    await poll_until(lambda: kept(installation, given_up), lambda found: len(found) == 2)
    settings = given_settings(installation.variables)
    letters = await dead_letters(settings)
    assert {(each.why, str(each.run)) for each in letters} == {("is_archived", RUN)}
    assert report_of(RUN, installation.qa) is None
    installation.qa.is_archived = False
    await retry(settings, None)
    report = await installation.told(RUN)
    verdict = await installation.verdict()
    assert outside_threads(installation.qa) == [report]
    assert replies(installation.qa) == [verdict]
    assert not await kept(installation, given_up)


async def test_what_slack_has_already_is_not_told_again(installation: Installation) -> None:
    installation.stage.qatech.add(three_failed(RUN, duration=100))
    installation.runs.step(100)
    await installation.type(RUN)
    report = await installation.told(RUN)
    told = "SELECT message_ts FROM notices WHERE state = 'sent'"
    await poll_until(lambda: kept(installation, told), bool)
    # As if nobody had ever heard how its last attempt ended.
    await kept(installation, "UPDATE notices SET state = 'dropped', message_ts = NULL")
    posts = len(installation.slack.calls_of("chat.postMessage"))
    await retry(given_settings(installation.variables), None)
    await poll_until(lambda: kept(installation, told), lambda found: found == [(report.ts,)])
    assert len(installation.slack.calls_of("chat.postMessage")) == posts
    assert installation.qa.messages == [report]
