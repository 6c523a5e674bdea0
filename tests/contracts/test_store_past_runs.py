"""`Records.ended_in`: the runs of a period, page by page, of all or of one channel."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.record import CaseRecord, RunRecord
from bot.domain.run import Outcome, Run, Verdict
from bot.domain.short_id import RunKey
from bot.services.ports import Store
from tests.contracts.store_steps import NOW, at, replicas, report, store, store_url, watch

__all__ = ["replicas", "store", "store_url"]


def record(key: RunKey, ended_at: datetime) -> RunRecord:
    case = CaseRecord(short_id=f"{key.short_id}-1", name="Login", outcome=Outcome.FAILED)
    return RunRecord(
        project=key.project,
        short_id=key.short_id,
        verdict=Verdict.FAILED,
        ended_at=ended_at,
        cases=(case,),
    )


async def ended(
    store: Store, short_id: str, seconds: float, *, project: str = "shop", told_in: str = "C0"
) -> None:
    """A run that ended then, and was told in a channel."""
    key = RunKey(project, short_id)
    await store.save_ended(
        key,
        run=Run(short_id=short_id, status="COMPLETED", result="FAILED"),
        url=None,
        notice_for=lambda run_id: replace(report(f"seen:{key}", told_in), run_id=run_id),
        now=at(seconds),
        record=record(key, at(seconds)),
    )


async def names(
    store: Store,
    projects: tuple[str, ...] = ("shop",),
    *,
    since: float | None = None,
    until: float = 100,
    channel: str | None = None,
    limit: int = 10,
    offset: int = 0,
) -> list[str]:
    found = await store.ended_in(
        projects,
        since=None if since is None else at(since),
        until=at(until),
        channel=channel,
        limit=limit,
        offset=offset,
    )
    return [one.short_id for one in found]


@pytest.fixture
async def runs(store: Store) -> Store:
    for number in range(5):
        await ended(store, f"r{number}", 10 * number)
    await ended(store, "other", 25, project="app")
    return store


async def test_the_newest_come_first_and_the_bounds_are_kept(runs: Store) -> None:
    assert await names(runs) == ["r4", "r3", "r2", "r1", "r0"]
    assert await names(runs, since=10, until=30) == ["r2", "r1"]
    assert await names(runs, until=0) == []


async def test_several_projects_are_one_row_of_runs(runs: Store) -> None:
    assert await names(runs, ("shop", "app"), since=20) == ["r4", "r3", "other", "r2"]
    assert await names(runs, ("gone",)) == []
    assert await names(runs, ()) == []


async def test_a_page_begins_where_the_one_before_ended(store: Store) -> None:
    for number in range(5):  # all at the same moment
        await ended(store, f"r{number}", 0)
    pages = [await names(store, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert sorted(name for page in pages for name in page) == ["r0", "r1", "r2", "r3", "r4"]
    assert [len(page) for page in pages] == [2, 2, 1, 0]


async def test_a_channel_has_what_was_watched_or_told_there(runs: Store) -> None:
    await ended(runs, "told", 50, told_in="C1")
    await watch(runs, "w1", channel="C1", key=RunKey("shop", "r2"), seen=None)
    await watch(runs, "w2", channel="C2", key=RunKey("shop", "r3"), seen=None)
    assert await names(runs, channel="C1") == ["told", "r2"]
    assert await names(runs, channel="C3") == []


async def test_a_record_comes_back_whole(runs: Store) -> None:
    (found,) = await runs.ended_in(["shop"], since=NOW, until=at(1), limit=1)
    assert found == record(RunKey("shop", "r0"), NOW)


async def took(
    store: Store, short_id: str, seconds: float | None, *cases: str, **more: str
) -> None:
    """A run of these test cases that took so long, the later the higher its number."""
    key = RunKey(more.get("project", "shop"), short_id)
    ended_at = at(int(short_id.removeprefix("run")))
    named = tuple(
        CaseRecord(short_id=f"{short_id}-{name}", name=name, outcome=Outcome.PASSED)
        for name in cases
    )
    await store.save_ended(
        key,
        run=Run(short_id=short_id, status="COMPLETED", result="PASSED"),
        url=None,
        notice_for=lambda run_id: replace(report(f"seen:{key}"), run_id=run_id),
        now=ended_at,
        record=record(key, ended_at).model_copy(update={"cases": named, "seconds": seconds}),
    )


async def test_how_long_the_very_suite_took_is_told_newest_first(store: Store) -> None:
    await took(store, "run1", 100.0, "Login", "Pay")
    await took(store, "run2", 120.0, "Pay", "Login")
    await took(store, "run3", None, "Login", "Pay")  # not watched from its start
    await took(store, "run4", 900.0, "Login", "Pay", "Search")
    await took(store, "run5", 90.0, "Login", "Pay", project="app")
    assert await store.usual_seconds("shop", {"Login", "Pay"}) == [120.0, 100.0]
    assert await store.usual_seconds("shop", {"Login"}) == []


async def test_of_many_runs_the_newest_five_say_how_long_the_suite_takes(store: Store) -> None:
    for number in range(1, 9):
        await took(store, f"run{number}", float(number), "Login")
    assert await store.usual_seconds("shop", {"Login"}) == [8.0, 7.0, 6.0, 5.0, 4.0]
