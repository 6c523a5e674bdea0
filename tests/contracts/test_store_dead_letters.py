"""Notices that were given up: they are seen, and come back into the outbox."""

from bot.domain.watch import WatchState
from bot.services.ports import DeadLetter, Revival, Store
from tests.contracts.store_steps import (
    KEY,
    NOW,
    at,
    claim_channels,
    finish,
    progress,
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


async def give_up(store: Store, seconds: float, why: str = "is_archived") -> int:
    """Attempt the next notice in C1 and give it up; its ID."""
    attempt = await take(store, at(seconds))
    await store.drop(attempt, why=why, now=at(seconds))
    await store.release("C1", owner="one", free_at=at(seconds))
    return attempt.telling.notice.id


async def test_what_was_given_up_is_seen_with_its_reason_oldest_first(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    first = await give_up(store, 6)
    await store.add([report("nobody's")], at(7))
    second = await give_up(store, 8, "msg_too_long")
    assert list(await store.dead_letters(limit=10)) == [
        DeadLetter(first, "C1", "run_finished", KEY, 1, at(5), "is_archived"),
        DeadLetter(second, "C1", "run_finished", None, 1, at(7), "msg_too_long"),
    ]
    assert [one.id for one in await store.dead_letters(limit=1)] == [second]
    assert await store.count_dead_letters(at(0)) == 2
    assert await store.count_dead_letters(at(6)) == 1


async def test_what_waits_or_was_told_is_no_dead_letter(store: Store) -> None:
    await store.add([report("told"), report("waits")], NOW)
    await tell(store, at(1))
    assert await store.dead_letters(limit=10) == []


async def test_one_that_is_put_back_is_told_and_looked_for_first(store: Store) -> None:
    await store.add([report("again")], NOW)
    given_up = await give_up(store, 1)
    assert await claim_channels(store, at(2)) == []
    assert await store.revive([given_up], now=at(3)) == {given_up: Revival.PUT_BACK}
    assert await store.dead_letters(limit=10) == []
    attempt = await take(store, at(3))
    notice = attempt.telling.notice
    assert (notice.id, notice.attempts, notice.uncertain) == (given_up, 2, True)
    assert (notice.created_at, notice.revived_at, notice.wanted_since) == (NOW, at(3), at(3))
    await store.sent(attempt, ts="1.1", live_due_at=at(9), now=at(4))
    assert await store.revive([given_up], now=at(5)) == {given_up: Revival.NOT_DROPPED}


async def test_one_that_is_put_back_may_be_given_up_and_put_back_again(store: Store) -> None:
    await store.add([report("again")], NOW)
    given_up = await give_up(store, 1)
    for seconds in (3, 5):
        await store.revive([given_up], now=at(seconds))
        assert await give_up(store, seconds) == given_up
    (letter,) = await store.dead_letters(limit=10)
    assert letter.attempts == 3


async def test_an_id_that_no_notice_has_is_said_to_be_unknown(store: Store) -> None:
    assert await store.revive([7, 8], now=NOW) == {7: Revival.UNKNOWN, 8: Revival.UNKNOWN}
    assert await store.revive([], now=NOW) == {}


async def test_one_that_still_waits_stays_as_it_is(store: Store) -> None:
    await store.add([report("waits")], NOW)
    attempt = await take(store, at(1))
    await retry_at(store, attempt, 60)
    await store.release("C1", owner="one", free_at=at(1))
    waiting = attempt.telling.notice.id
    assert await store.revive([waiting], now=at(2)) == {waiting: Revival.NOT_DROPPED}
    assert await claim_channels(store, at(3)) == []


async def test_a_live_message_comes_back_while_its_run_goes_on(store: Store) -> None:
    await watch(store)
    live = await give_up(store, 1)
    assert await store.revive([live], now=at(2)) == {live: Revival.PUT_BACK}
    assert (await take(store, at(3))).telling.notice.id == live


async def test_a_live_message_whose_run_has_ended_has_been_superseded(store: Store) -> None:
    await watch(store)
    await progress(store, at(5))
    live = await give_up(store, 6)
    await finish(store, at(15))
    assert await store.revive([live], now=at(16)) == {live: Revival.SUPERSEDED}
    await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(17))
    assert (await store.revive([live], now=at(18)))[live] is Revival.SUPERSEDED


async def test_many_come_back_at_once_in_their_order(store: Store) -> None:
    await store.add([report(str(number)) for number in range(700)], NOW)
    given_up = [await give_up(store, 1) for _ in range(3)]
    outcomes = await store.revive([*given_up, *range(100_000, 101_000)], now=at(2))
    assert [outcomes[one] for one in given_up] == [Revival.PUT_BACK] * 3
    assert list(outcomes.values()).count(Revival.UNKNOWN) == 1_000
    assert (await take(store, at(3))).telling.notice.id == given_up[0]


async def test_who_put_it_back_stands_in_the_audit_trail(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    given_up = await give_up(store, 6)
    await store.revive([given_up, 999], now=at(7))
    page = await store.audit(None, limit=10)
    (entry,) = page.entries
    assert (entry.act, entry.who, entry.channel, entry.run) == (
        "notice_retried",
        "operator",
        "C1",
        KEY,
    )
    assert entry.detail == f"notice {given_up}: run_finished, given up: is_archived"
