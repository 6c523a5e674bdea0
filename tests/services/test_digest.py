"""Digests: each period once, in time, late or not at all; of the runs that concern the channel."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.digest_rule import Every
from bot.domain.record import RunRecord
from bot.domain.rules import Rule
from bot.domain.run import Verdict
from bot.services.digest import PAGE, DigestOutcome
from tests.fakes.clock import SteppedClock
from tests.fakes.store import FakeStore
from tests.services.digest_bench import DAILY, DigestBench

DUE = datetime(2026, 1, 15, 8, 1, tzinfo=UTC)
NIGHT = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)


class StoreWithABrokenProject(FakeStore):
    """It cannot read the runs of the project `boom`."""

    async def ended_in(
        self,
        projects: Sequence[str],
        *,
        until: datetime,
        since: datetime | None = None,
        channel: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> Sequence[RunRecord]:
        if "boom" in projects:
            raise RuntimeError("the database broke")
        return await super().ended_in(
            projects, until=until, since=since, channel=channel, limit=limit, offset=offset
        )


@pytest.fixture
def bench() -> DigestBench:
    return DigestBench(SteppedClock(DUE))


async def test_a_digest_is_told_once_however_often_it_is_looked_at(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("a", NIGHT)
    await bench.ended("b", NIGHT + timedelta(hours=1), Verdict.FAILED)
    service = bench.replica()
    for _ in range(3):
        await service.tell_due()
        bench.clock.step(60)
    (told,) = bench.digests()
    assert (told.digest.tally.runs, told.digest.tally.passed) == (2, 1)
    assert (told.every, told.time_zone) == (Every.DAILY, "Europe/Stockholm")
    assert bench.wakes == [True]
    assert bench.events.digests == [("C1", "daily:2026-01-15", DigestOutcome.TOLD)]


async def test_replicas_and_restarts_do_not_tell_it_again(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("a", NIGHT)
    for _ in range(3):
        await bench.replica().tell_due()
    assert len(bench.digests()) == 1
    assert [outcome for _, _, outcome in bench.events.digests] == [
        DigestOutcome.TOLD,
        DigestOutcome.KNOWN,
        DigestOutcome.KNOWN,
    ]


async def test_no_runs_no_digest(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("old", NIGHT - timedelta(days=1))
    await bench.replica().tell_due()
    assert bench.digests() == []
    assert [outcome for _, _, outcome in bench.events.digests] == [DigestOutcome.NO_RUNS]


async def test_a_channel_without_a_digest_is_told_none(bench: DigestBench) -> None:
    await bench.rule(Rule())
    await bench.ended("a", NIGHT)
    await bench.replica().tell_due()
    assert bench.digests() == []
    assert bench.events.digests == []


async def test_a_digest_missed_while_away_is_told_late_the_same_day(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("a", NIGHT)
    bench.clock.step(10 * 3600)
    await bench.replica().tell_due()
    assert len(bench.digests()) == 1
    assert bench.digests()[0].end == datetime(2026, 1, 15, 8, 0, tzinfo=UTC)


async def test_one_missed_for_longer_is_not_told_any_more(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("a", NIGHT)
    bench.clock.step(13 * 3600)
    await bench.replica().tell_due()
    assert bench.digests() == []


async def test_days_away_make_one_digest_not_one_for_each_day(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    for days in range(4):
        await bench.ended(f"r{days}", NIGHT + timedelta(days=days))
    bench.clock.step(3 * 86_400)
    await bench.replica().tell_due()
    (told,) = bench.digests()
    assert told.digest.tally.runs == 1


async def test_each_run_is_in_one_digest_across_a_clock_change(bench: DigestBench) -> None:
    bench.clock.now = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    await bench.rule(Rule(digest=DAILY))
    begin = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
    for hour in range(46):  # the next two periods: 23 and 24 hours long, less the last one
        await bench.ended(f"h{hour}", begin + timedelta(hours=hour, minutes=30))
    service = bench.replica()
    for _ in range(4 * 24 * 4):
        await service.tell_due()
        bench.clock.step(900)
    assert [fact.digest.tally.runs for fact in bench.digests()] == [23, 23]
    assert [(fact.start.hour, fact.end.hour) for fact in bench.digests()] == [(8, 7), (7, 7)]


async def test_a_muted_channel_is_told_when_the_mute_ends(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY, muted_until=DUE + timedelta(hours=2)))
    await bench.ended("a", NIGHT)
    service = bench.replica()
    await service.tell_due()
    await service.tell_due()
    assert bench.digests() == []
    bench.clock.step(2 * 3600)
    await service.tell_due()
    (told,) = bench.digests()
    assert told.digest.muted_until == DUE + timedelta(hours=2)
    assert [outcome for _, _, outcome in bench.events.digests] == [
        DigestOutcome.MUTED,
        DigestOutcome.TOLD,
    ]


async def test_a_mute_that_outlasts_the_day_leaves_the_digest_out(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY, muted_until=DUE + timedelta(days=1)))
    await bench.ended("a", NIGHT)
    service = bench.replica()
    for _ in range(20):
        await service.tell_due()
        bench.clock.step(3600)
    assert bench.digests() == []


async def test_the_period_before_is_counted_too(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("a", NIGHT)
    await bench.ended("b", NIGHT - timedelta(days=1), Verdict.FAILED)
    await bench.ended("c", NIGHT - timedelta(days=2))
    await bench.replica().tell_due()
    before = bench.digests()[0].digest.before
    assert before is not None
    assert (before.runs, before.passed) == (1, 0)


async def test_a_period_that_is_partly_forgotten_is_not_compared_with(bench: DigestBench) -> None:
    bench.retention = timedelta(days=2)
    await bench.rule(Rule(digest=DAILY))
    await bench.ended("a", NIGHT)
    await bench.ended("b", NIGHT - timedelta(days=1))
    await bench.replica().tell_due()
    assert bench.digests()[0].digest.before is None


async def test_only_the_rules_projects_are_counted(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY, projects=("app",)))
    await bench.ended("a", NIGHT, project="app")
    await bench.ended("b", NIGHT, project="default")
    await bench.ended("c", NIGHT, project="gone")
    await bench.rule(Rule(digest=DAILY), channel="C2")
    await bench.replica().tell_due()
    assert bench.digests("C1")[0].digest.tally.runs == 1
    assert bench.digests("C2")[0].digest.tally.runs == 2


async def test_a_channel_that_hears_only_of_watched_runs_counts_only_those(
    bench: DigestBench,
) -> None:
    await bench.rule(Rule(digest=DAILY, only_watched=True))
    await bench.ended("mine", NIGHT, watched_in="C1")
    await bench.ended("theirs", NIGHT, watched_in="C2")
    await bench.replica().tell_due()
    assert bench.digests()[0].digest.tally.runs == 1


async def test_more_runs_than_a_page_holds_are_all_counted(bench: DigestBench) -> None:
    await bench.rule(Rule(digest=DAILY))
    for number in range(2 * PAGE):
        await bench.ended(f"r{number}", NIGHT + timedelta(seconds=number))
    await bench.replica().tell_due()
    assert bench.digests()[0].digest.tally.runs == 2 * PAGE


async def test_one_channels_error_does_not_keep_the_others_from_their_digest(
    bench: DigestBench,
) -> None:
    bench.store = StoreWithABrokenProject()
    await bench.rule(Rule(digest=DAILY, projects=("boom",)), channel="C0")
    await bench.rule(Rule(digest=DAILY), channel="C1")
    await bench.ended("a", NIGHT)
    await bench.replica().tell_due()
    assert len(bench.digests()) == 1
    assert bench.events.crashes == ["C0"]
