"""A watch by its ID, and the delivery state of its notices."""

from dataclasses import replace

from bot.domain.notice import NewNotice
from bot.domain.watch import WatchState
from bot.services.ports import NoticeStatus, Store
from tests.contracts.store_steps import (
    NOW,
    at,
    finish,
    replicas,
    report,
    retry_at,
    store,
    store_url,
    take,
    tell,
    watch,
)

__all__ = ["replicas", "store", "store_url"]


async def _states(store: Store) -> list[tuple[str, str]]:
    return [(told.kind, told.state) for told in await store.notices_of("w1")]


async def test_a_watch_is_found_by_its_id_whatever_its_state(store: Store) -> None:
    opened = await watch(store)
    found = await store.watch_of("w1")
    assert found is not None
    assert found.watch == opened.watch
    assert found.tracked == replace(opened.tracked, run=None)
    await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(1))
    ended = await store.watch_of("w1")
    assert ended is not None
    assert ended.watch.state is WatchState.STOPPED


async def test_an_id_that_no_watch_has_finds_nothing(store: Store) -> None:
    await watch(store)
    assert await store.watch_of("w2") is None
    assert await store.notices_of("w2") == []


async def test_a_notice_waits_until_it_is_told(store: Store) -> None:
    await watch(store)
    assert list(await store.notices_of("w1")) == [
        NoticeStatus(kind="run_progressed", state="pending", attempts=0, created_at=NOW)
    ]
    await tell(store, at(1), ts="1.1")
    assert list(await store.notices_of("w1")) == [
        NoticeStatus(
            kind="run_progressed", state="sent", attempts=1, created_at=NOW, message_ts="1.1"
        )
    ]


async def test_what_kept_a_notice_from_being_told_is_said_until_it_is_told(store: Store) -> None:
    await watch(store)
    await retry_at(store, await take(store, at(1)), 3)
    (waiting,) = await store.notices_of("w1")
    assert (waiting.state, waiting.attempts, waiting.why) == ("pending", 1, "slow")
    await store.release("C1", owner="one", free_at=at(2))
    await tell(store, at(4))
    (told,) = await store.notices_of("w1")
    assert (told.state, told.attempts, told.why) == ("sent", 2, None)


async def test_a_dropped_notice_says_why(store: Store) -> None:
    await watch(store)
    await store.drop(await take(store, at(1)), why="is_archived", now=at(1))
    (dropped,) = await store.notices_of("w1")
    assert (dropped.state, dropped.why) == ("dropped", "is_archived")


async def test_the_notices_stand_in_the_order_in_which_they_were_written(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    assert await _states(store) == [
        ("run_progressed", "superseded"),
        ("run_finished", "pending"),
        ("verdict_given", "pending"),
    ]


async def test_notices_of_other_watches_and_of_none_are_left_out(store: Store) -> None:
    await watch(store)
    await watch(store, "w2", channel="C2")
    await store.add([_of_no_watch()], NOW)
    assert await _states(store) == [("run_progressed", "pending")]


def _of_no_watch() -> NewNotice:
    return report("nobody's")
