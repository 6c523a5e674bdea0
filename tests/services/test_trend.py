"""Trends: which runs are shown, where, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import SlackError
from bot.domain.facts import TrendShown
from bot.domain.notice import NewNotice
from bot.domain.rules import Rule
from bot.domain.trend import MOST_RUNS
from bot.services.trend import NothingToShow, Shown, TrendService
from bot.services.watching import Asker
from tests.fakes.clock import SteppedClock
from tests.fakes.messenger import FakeMessenger
from tests.services.digest_bench import DAILY, DigestBench

NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
ADA = Asker(user="U1", channel="C1", request_id="r1", response_url="https://slack.test/r1")


@pytest.fixture
def bench() -> DigestBench:
    return DigestBench(SteppedClock(NOW))


def service(bench: DigestBench, slack: FakeMessenger | None = None) -> TrendService:
    return TrendService(
        store=bench.store,
        aliases=["default"],
        direct=slack or FakeMessenger(),
        clock=bench.clock,
        wake=lambda: bench.wakes.append(True),
    )


def shown(bench: DigestBench) -> tuple[NewNotice, TrendShown]:
    new = bench.store.kept["trend:r1"].new
    assert isinstance(new.fact, TrendShown)
    return new, new.fact


async def ran(bench: DigestBench, number: int) -> None:
    for each in range(number):
        await bench.ended(f"r{each}", NOW - timedelta(hours=number - each))


async def test_the_last_runs_go_into_the_channel_newest_first(bench: DigestBench) -> None:
    await ran(bench, 5)
    outcome = await service(bench).show(ADA, 3, time_zone="Asia/Tokyo", private=False)
    assert outcome == Shown("C1")
    new, fact = shown(bench)
    assert (new.channel, new.asked_by, new.response_url) == ("C1", "U1", "https://slack.test/r1")
    assert [run.short_id for run in fact.runs] == ["r4", "r3", "r2"]
    assert (fact.asked, fact.time_zone) == (3, "Asia/Tokyo")
    assert bench.wakes == [True]


async def test_never_more_than_can_be_told_apart(bench: DigestBench) -> None:
    await ran(bench, MOST_RUNS + 5)
    await service(bench).show(ADA, 500, time_zone="UTC", private=False)
    _, fact = shown(bench)
    assert (len(fact.runs), fact.asked) == (MOST_RUNS, 500)


async def test_a_channels_own_time_zone_counts(bench: DigestBench) -> None:
    await ran(bench, 1)
    await bench.rule(Rule(digest=DAILY))
    await service(bench).show(ADA, 3, time_zone="Asia/Tokyo", private=False)
    assert shown(bench)[1].time_zone == "Europe/Stockholm"


async def test_a_private_one_goes_into_the_direct_messages(bench: DigestBench) -> None:
    await ran(bench, 1)
    slack = FakeMessenger()
    outcome = await service(bench, slack).show(ADA, 3, time_zone="UTC", private=True)
    assert isinstance(outcome, Shown)
    assert outcome.channel == await slack.open_direct("U1")
    assert shown(bench)[0].channel == outcome.channel


async def test_where_the_bot_may_not_write_to_the_person_nothing_is_written(
    bench: DigestBench,
) -> None:
    await ran(bench, 1)
    slack = FakeMessenger(no_direct=SlackError("missing_scope"))
    with pytest.raises(SlackError):
        await service(bench, slack).show(ADA, 3, time_zone="UTC", private=True)
    assert "trend:r1" not in bench.store.kept


async def test_no_runs_nothing_to_show(bench: DigestBench) -> None:
    outcome = await service(bench).show(ADA, 3, time_zone="UTC", private=False)
    assert outcome == NothingToShow(only_watched=False)
    await bench.rule(Rule(only_watched=True))
    await bench.ended("theirs", NOW - timedelta(hours=1), watched_in="C2")
    outcome = await service(bench).show(ADA, 3, time_zone="UTC", private=False)
    assert outcome == NothingToShow(only_watched=True)
