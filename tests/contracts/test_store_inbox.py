"""What Slack has handed over: kept, taken up by somebody else, dealt with, known again."""

import asyncio
from datetime import datetime

from bot.services.ports import Received, Store
from tests.contracts.store_steps import NOW, Replicas, at, replicas, store, store_url

__all__ = ["replicas", "store", "store_url"]


async def _keep(
    store: Store, key: str = "a", *, owner: str = "one", now: datetime = NOW
) -> int | None:
    return await store.keep(key, '{"text": "🧪"}', owner=owner, until=at(30), now=now)


async def _take_up(store: Store, now: datetime, owner: str = "two") -> list[Received]:
    return list(await store.take_up(now=now, limit=10, owner=owner, until=at(60)))


async def test_what_its_receiver_deals_with_is_taken_up_by_nobody(store: Store) -> None:
    received = await _keep(store)
    assert received is not None
    assert await _take_up(store, at(29)) == []
    await store.dealt_with(received, at(29))
    assert await _take_up(store, at(999)) == []


async def test_what_is_left_behind_is_taken_up_once_and_in_order(replicas: Replicas) -> None:
    first, second = await _keep(replicas.one, "a"), await _keep(replicas.one, "b")
    assert first is not None
    assert second is not None
    taken = await _take_up(replicas.two, at(30))
    assert taken == [
        Received(first, "a", '{"text": "🧪"}', attempts=2),
        Received(second, "b", '{"text": "🧪"}', attempts=2),
    ]
    assert await _take_up(replicas.one, at(59), owner="one") == []
    again = await _take_up(replicas.one, at(60), owner="one")
    assert [each.attempts for each in again] == [3, 3]


async def test_two_who_take_up_at_the_same_time_get_each_a_part(replicas: Replicas) -> None:
    for number in range(20):
        await _keep(replicas.one, f"k{number}")
    one, two = await asyncio.gather(
        replicas.one.take_up(now=at(30), limit=15, owner="one", until=at(60)),
        replicas.two.take_up(now=at(30), limit=15, owner="two", until=at(60)),
    )
    taken = [each.key for each in (*one, *two)]
    assert len(taken) == len(set(taken))
    rest = await _take_up(replicas.two, at(31))
    assert {*taken, *(each.key for each in rest)} == {f"k{number}" for number in range(20)}


async def test_the_same_key_is_kept_once_even_when_it_was_dealt_with(replicas: Replicas) -> None:
    received = await _keep(replicas.one)
    assert received is not None
    assert await _keep(replicas.two, owner="two") is None
    await replicas.one.dealt_with(received, at(1))
    assert await _keep(replicas.two, owner="two") is None


async def test_an_old_key_is_forgotten_and_what_waits_is_not(store: Store) -> None:
    received = await _keep(store, "old")
    assert received is not None
    await _keep(store, "waits")
    await store.dealt_with(received, at(10))
    assert await store.forget(at(10)) == 0
    assert await store.forget(at(11)) == 1
    assert await _keep(store, "old") is not None
    assert await _keep(store, "waits") is None
