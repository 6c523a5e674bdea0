"""Ended runs as they are remembered, which of them are looked at, and what is forgotten."""

from functools import partial

import pytest

from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice
from bot.domain.record import HISTORY_RUNS, CaseRecord, IssueRecord, RunRecord, record_of
from bot.domain.run import Blame, Outcome, Run, Verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.ports import Pruned, Store
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    Replicas,
    at,
    claim_run,
    finish,
    finished,
    replicas,
    report,
    store,
    store_url,
    tell,
    watch,
)

__all__ = ["replicas", "store", "store_url"]


def record(
    short_id: str, seconds: float, *cases: str, project: str = "default", verdict: str = "passed"
) -> RunRecord:
    """A run that ended at that moment."""
    return RunRecord(
        project=project,
        short_id=short_id,
        verdict=Verdict(verdict),
        ended_at=at(seconds),
        cases=tuple(
            CaseRecord(short_id=f"{short_id}-{name}", name=name, outcome=Outcome.PASSED)
            for name in cases or ("Login", "Checkout")
        ),
    )


def _asked_for(key: RunKey, run_id: int) -> NewNotice:
    return report(f"asked:{key}", run_id=run_id)


async def remember(store: Store, *records: RunRecord) -> None:
    """As when somebody asks about a run that has ended."""
    for each in records:
        key = RunKey(each.project, each.short_id)
        await store.save_ended(
            key,
            run=Run(short_id=each.short_id, status="COMPLETED"),
            url=None,
            notice_for=partial(_asked_for, key),
            now=each.ended_at,
            record=each,
        )


async def ids(store: Store, before: float, **options: int) -> list[str]:
    found = await store.history("default", before=at(before), **options)
    return [each.short_id for each in found]


async def test_a_record_comes_back_as_it_was_remembered(store: Store) -> None:
    whole = RunRecord(
        project="default",
        short_id="UkxK",
        verdict=Verdict.FAILED,
        ended_at=at(0.25),
        cases=(
            CaseRecord(short_id="c1", name="Pay 🧪 \x00", outcome=Outcome.PASSED),
            CaseRecord(
                short_id="c2", name="<!channel>", outcome=Outcome.ERRORED, blame=Blame.AGENT
            ),
        ),
        issues=(IssueRecord(short_id="i", category="accessibility", severity="Odd", title="<a>"),),
        issues_known=False,
    )
    await remember(store, whole)
    assert await store.record(KEY) == whole
    assert await store.record(RunKey("web", "UkxK")) is None


async def test_the_poll_that_sees_the_end_remembers_it(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    seen = record_of(FAILED, "default", at(5))
    saved = await store.save_poll(
        finished(tracked, at(5), record=seen), owner="one", notices_for=lambda _: (), now=at(5)
    )
    assert saved
    assert await store.record(KEY) == seen


async def test_a_poll_that_has_lost_its_lease_remembers_nothing(replicas: Replicas) -> None:
    await watch(replicas.one)
    tracked = await claim_run(replicas.one, at(5))
    await claim_run(replicas.two, at(50), owner="two")
    late = finished(tracked, at(60), record=record_of(FAILED, "default", at(60)))
    owner = "one"
    assert not await replicas.one.save_poll(late, owner=owner, notices_for=lambda _: (), now=at(60))
    assert await replicas.two.record(KEY) is None


async def test_a_newer_look_counts_and_the_moment_of_the_end_stays(store: Store) -> None:
    await remember(store, record("a", 1, "Login"), record("a", 9, "Login", "New"))
    found = await store.record(RunKey("default", "a"))
    assert found is not None
    assert (found.names, found.ended_at) == (frozenset({"Login", "New"}), at(1))


async def test_a_look_that_saw_no_test_case_takes_nothing_away(store: Store) -> None:
    whole = record("a", 1, "Login")
    await remember(store, whole, whole.model_copy(update={"cases": ()}))
    assert await store.record(RunKey("default", "a")) == whole


async def test_the_history_of_a_project_is_newest_first_and_ends_before_a_moment(
    store: Store,
) -> None:
    await remember(store, record("b", 2), record("a", 1), record("c", 3))
    await remember(store, record("other", 2, project="web"))
    assert await ids(store, 9) == ["c", "b", "a"]
    assert await ids(store, 3) == ["b", "a"]
    assert await ids(store, 9, limit=2) == ["c", "b"]
    assert await ids(store, 1) == []


async def test_a_run_is_looked_at_beside_runs_of_its_own_suite_and_of_others(store: Store) -> None:
    nightly = [record(f"n{n}", n, "Login", "Checkout", "Search") for n in range(3)]
    smoke = [record(f"s{n}", 10 + n, "Login") for n in range(20)]
    await remember(store, *nightly, *smoke)
    now = record("now", 99, "Search", "Checkout", "Login")
    found = [each.short_id for each in await store.history_of(now, limit=8)]
    assert found == ["s19", "s18", "s17", "s16", "s15", "n2", "n1", "n0"]
    smoke_now = record("now", 99, "Login")
    found = [each.short_id for each in await store.history_of(smoke_now, limit=8)]
    assert found == ["s19", "s18", "s17", "s16", "s15", "n2", "n1", "n0"]
    assert [each.short_id for each in await store.history_of(now, limit=2)] == ["s19", "n2"]


@pytest.mark.parametrize("alike", [0, 3, HISTORY_RUNS])
async def test_the_room_of_one_kind_is_given_to_the_other(store: Store, alike: int) -> None:
    await remember(store, *(record(f"r{n}", n) for n in range(alike)))
    found = await store.history_of(record("now", 99), limit=10)
    assert len(found) == min(alike, 10)


async def origin_of(store: Store, key: RunKey) -> RunRecord | None:
    return (await store.before(key, ["Login"], now=at(9))).origin


async def test_the_origin_of_a_rerun_is_known_where_the_bot_has_made_it(store: Store) -> None:
    await remember(store, record("old", 1))
    old = RunKey("default", "old")
    claim = await store.begin_rerun(old, failed_only=True, asked_by="U1", since=NOW, now=at(2))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id="new", refused=False, now=NOW)
    assert await origin_of(store, RunKey("default", "new")) == record("old", 1)
    assert await origin_of(store, RunKey("web", "new")) is None
    assert await origin_of(store, old) is None


async def test_an_origin_whose_end_was_never_seen_is_not_known(store: Store) -> None:
    old = RunKey("default", "old")
    claim = await store.begin_rerun(old, failed_only=True, asked_by="U1", since=NOW, now=at(2))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id="new", refused=False, now=NOW)
    assert await origin_of(store, RunKey("default", "new")) is None


async def test_a_run_is_held_against_what_ended_before_it_was_first_seen_to_have(
    store: Store,
) -> None:
    await remember(store, *(record(f"r{n}", n, "Login") for n in range(4)))
    names = ["Login"]
    news = await store.before(RunKey("default", "new"), names, now=at(9))
    assert news.ended_at is None
    assert [each.short_id for each in news.history] == ["r3", "r2", "r1", "r0"]
    known = await store.before(RunKey("default", "r2"), names, now=at(9))
    assert known.ended_at == at(2)
    assert [each.short_id for each in known.history] == ["r1", "r0"]


# --- what is forgotten


async def test_what_ended_before_the_retention_is_forgotten_and_the_rest_is_not(
    store: Store,
) -> None:
    await remember(store, record("old", 1), record("new", 100))
    for _ in range(2):
        await tell(store, at(101))
    assert await store.prune(at(50)) == Pruned(records=1, runs=1, notices=0)
    assert await ids(store, 999) == ["new"]
    assert await store.known_run(RunKey("default", "old")) is None
    assert await store.known_run(RunKey("default", "new")) is not None
    assert await store.prune(at(50)) == Pruned(records=0, runs=0, notices=0)


async def test_a_run_goes_with_its_watches_notices_and_reruns(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    for seconds in (6, 8, 10):
        if await store.claim_channels(now=at(seconds), limit=1, owner="x", until=at(seconds + 1)):
            await store.release("C1", owner="x", free_at=at(seconds))
            await tell(store, at(seconds))
    claim = await store.begin_rerun(KEY, failed_only=True, asked_by="U1", since=NOW, now=at(20))
    assert claim.id is not None
    assert (await store.prune(at(1_000))).runs == 1
    assert await store.watch_of("w1") is None
    assert await store.known_run(KEY) is None


async def test_a_run_that_is_watched_is_kept_however_old_it_is(store: Store) -> None:
    await watch(store)
    assert (await store.prune(at(1e7))).runs == 0
    assert await store.find_watch(KEY, "C1") is not None


async def test_a_run_is_kept_while_anything_of_it_waits_to_be_told(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    assert (await store.prune(at(1e7))).runs == 0
    await tell(store, at(6))


async def test_a_run_whose_watch_was_stopped_goes_too(store: Store) -> None:
    await watch(store, live=False)
    await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(5))
    assert (await store.prune(at(4))).runs == 0
    assert (await store.prune(at(6))).runs == 1


async def test_notices_of_no_run_go_once_they_have_been_told(store: Store) -> None:
    await store.add([report("told"), report("waits", "C2")], NOW)
    await tell(store, at(1))
    assert (await store.prune(at(50))).notices == 1
    assert await store.add([report("told"), report("waits", "C2")], at(51)) == 1


async def test_a_late_notice_of_an_old_run_keeps_it(store: Store) -> None:
    await remember(store, record("old", 1))
    await tell(store, at(2))
    known = await store.known_run(RunKey("default", "old"))
    assert known is not None
    late = NewNotice("late", channel="C1", fact=RunFinished(), run_id=known.id)
    await store.add([late], at(100))
    await tell(store, at(101))
    assert (await store.prune(at(50))).runs == 0
    assert (await store.prune(at(102))).runs == 1
