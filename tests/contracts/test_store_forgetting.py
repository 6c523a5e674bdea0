"""What is forgotten of ended runs, and what is kept however old it is."""

from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.ports import Pruned, Store
from tests.contracts.record_steps import ids, record, remember
from tests.contracts.store_steps import (
    KEY,
    NOW,
    at,
    finish,
    replicas,
    report,
    store,
    store_url,
    tell,
    watch,
)

__all__ = ["replicas", "store", "store_url"]


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
