"""What Slack has handed over: kept, taken up by somebody else, dealt with, known again."""

import asyncio
from datetime import datetime

from bot.services.ports import Payload, Received, Store
from tests.contracts.store_steps import NOW, Replicas, at, replicas, store, store_url

__all__ = ["replicas", "store", "store_url"]


async def _keep(
    store: Store, key: str = "a", *, owner: str = "one", now: datetime = NOW
) -> int | None:
    (number,) = await store.keep(
        [Payload(key, '{"text": "🧪"}')], owner=owner, until=at(30), now=now
    )
    return number


async def _take_up(store: Store, now: datetime, owner: str = "two") -> list[Received]:
    return list(await store.take_up(now=now, limit=10, owner=owner, until=at(60)))


async def test_what_its_receiver_deals_with_is_taken_up_by_nobody(store: Store) -> None:
    received = await _keep(store)
    assert received is not None
    assert await _take_up(store, at(29)) == []
    await store.dealt_with([received], at(29))
    assert await _take_up(store, at(999)) == []


async def test_what_is_left_behind_is_taken_up_once_and_in_order(replicas: Replicas) -> None:
    first, second = await _keep(replicas.one, "a"), await _keep(replicas.one, "b")
    assert first is not None
    assert second is not None
    taken = await _take_up(replicas.two, at(30))
    assert taken == [
        Received(first, "a", '{"text": "🧪"}', attempts=2, received_at=NOW),
        Received(second, "b", '{"text": "🧪"}', attempts=2, received_at=NOW),
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
    await replicas.one.dealt_with([received], at(1))
    assert await _keep(replicas.two, owner="two") is None


async def test_of_several_that_come_together_each_is_kept_once(replicas: Replicas) -> None:
    known = await _keep(replicas.two, "known", owner="two")
    new = [Payload(key, "{}") for key in ("a", "known", "b", "a")]
    numbers = await replicas.one.keep(new, owner="one", until=at(30), now=NOW)
    assert [number is None for number in numbers] == [False, True, False, True]
    assert len({known, *numbers} - {None}) == 3
    left = await _take_up(replicas.two, at(30))
    assert {each.id: each.key for each in left} == {
        known: "known",
        numbers[0]: "a",
        numbers[2]: "b",
    }
    await replicas.two.dealt_with([each.id for each in left], at(31))
    assert await _take_up(replicas.one, at(999), owner="one") == []


async def test_two_who_are_handed_the_same_in_opposite_orders_share_it(replicas: Replicas) -> None:
    for number in range(20):
        new = [Payload(f"{number}:{letter}", "x" * 2000) for letter in "abcdefghijkl"]
        one, two = await asyncio.gather(
            replicas.one.keep(new, owner="one", until=at(30), now=NOW),
            replicas.two.keep(new[::-1], owner="two", until=at(30), now=NOW),
        )
        kept = [kept for kept in (*one, *two) if kept is not None]
        assert len(kept) == len(set(kept)) == len(new)


async def test_an_old_key_is_forgotten_and_what_waits_is_not(store: Store) -> None:
    received = await _keep(store, "old")
    assert received is not None
    await _keep(store, "waits")
    await store.dealt_with([received], at(10))
    assert await store.forget(at(10)) == 0
    assert await store.forget(at(11)) == 1
    assert await _keep(store, "old") is not None
    assert await _keep(store, "waits") is None


async def test_what_is_left_again_and_again_is_taken_up_less_and_less(store: Store) -> None:
    await _keep(store)
    moments = []
    for second in range(1, 200):
        # Whoever takes it up dies over it at once, and is started again.
        now = at(second)
        if await store.take_up(now=now, limit=1, owner="one", until=now):
            moments.append(second)
    # The lease of its first receiver ends after 30 s.
    assert moments[:6] == [30, 31, 32, 33, 34, 36]
    assert moments[6:] == [n * n for n in range(7, 15)]
