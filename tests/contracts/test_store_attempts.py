from bot.services.ports import Store
from tests.contracts.store_steps import (
    NOW,
    Replicas,
    at,
    begin,
    claim_channels,
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


async def test_what_was_told_is_not_told_again(store: Store) -> None:
    await store.add([report("a")], NOW)
    await tell(store, NOW)
    assert await claim_channels(store, at(9999)) == []
    assert (await store.backlog(at(9999))).age == 0


async def test_what_cannot_be_told_is_not_tried_again(store: Store) -> None:
    await store.add([report("a")], NOW)
    await store.drop(await take(store, NOW), why="archived", now=NOW)
    await store.release("C1", owner="one", free_at=NOW)
    assert await claim_channels(store, at(9999)) == []


async def test_a_notice_is_tried_again_at_its_time(store: Store) -> None:
    await store.add([report("a")], NOW)
    await retry_at(store, await take(store, NOW), 10, aside=True)
    await store.release("C1", owner="one", free_at=NOW)
    assert await claim_channels(store, at(9.9)) == []
    notice = (await take(store, at(10))).telling.notice
    assert (notice.attempts, notice.uncertain, notice.told_aside) == (2, False, True)


async def test_an_attempt_of_unknown_outcome_leaves_the_notice_uncertain(store: Store) -> None:
    await store.add([report("a")], NOW)
    await retry_at(store, await take(store, NOW), 1, uncertain=True)
    again = await begin(store, at(1))
    assert again is not None
    assert again.telling.notice.uncertain


async def test_a_search_that_failed_does_not_make_the_notice_certain(store: Store) -> None:
    await store.add([report("a")], NOW)
    await retry_at(store, await take(store, NOW), 1, uncertain=True)
    again = await begin(store, at(1))
    assert again is not None
    await retry_at(store, again, 2, uncertain=False)
    third = await begin(store, at(2))
    assert third is not None
    assert third.telling.notice.uncertain


async def test_a_sender_killed_in_its_attempt_leaves_the_notice_uncertain(
    replicas: Replicas,
) -> None:
    await replicas.one.add([report("a")], NOW)
    assert not (await take(replicas.one, NOW)).telling.notice.uncertain
    again = await take(replicas.two, at(31), owner="two")
    assert (again.telling.notice.attempts, again.telling.notice.uncertain) == (2, True)


async def test_a_late_sender_cannot_undo_the_attempt_of_its_successor(replicas: Replicas) -> None:
    await replicas.one.add([report("a")], NOW)
    stale = await take(replicas.one, NOW)
    await take(replicas.two, at(31), owner="two")
    await retry_at(replicas.one, stale, 32)
    await replicas.one.drop(stale, why="refused", now=at(32))
    third = await take(replicas.one, at(62))
    assert (third.telling.notice.attempts, third.telling.notice.uncertain) == (3, True)


async def test_what_a_late_sender_has_told_is_told(replicas: Replicas) -> None:
    await replicas.one.add([report("a")], NOW)
    stale = await take(replicas.one, NOW)
    fresh = await take(replicas.two, at(31), owner="two")
    await replicas.one.sent(stale, ts="1.1", live_due_at=at(45), now=at(32))
    await retry_at(replicas.two, fresh, 33, uncertain=True)
    await replicas.two.release("C1", owner="two", free_at=at(33))
    assert await claim_channels(replicas.one, at(99)) == []


async def test_after_a_kill_an_attempt_is_unsettled_for_a_time_from_its_beginning(
    replicas: Replicas,
) -> None:
    await replicas.one.add([report("a")], NOW)
    assert (await take(replicas.one, NOW)).unsettled_until is None
    again = await take(replicas.two, at(31), owner="two")
    assert again.unsettled_until == at(20)
    third = await take(replicas.one, at(62))
    assert third.unsettled_until == at(51)


async def test_an_attempt_without_an_answer_is_unsettled_as_long_as_it_is_said(
    store: Store,
) -> None:
    await store.add([report("a")], NOW)
    first = await take(store, NOW)
    await store.retry(
        first, at=at(1), why="slow", uncertain=True, told_aside=False, settles_at=at(10)
    )
    again = await begin(store, at(1))
    assert again is not None
    assert again.unsettled_until == at(10)
    # The look itself failed, and the attempt has asked for nothing more.
    await store.retry(
        again, at=at(2), why="slow", uncertain=True, told_aside=False, settles_at=at(2)
    )
    third = await begin(store, at(2))
    assert third is not None
    assert third.unsettled_until == at(10)


async def test_a_final_notice_knows_how_long_its_live_message_is_unsettled(store: Store) -> None:
    await watch(store)
    live = await take(store, NOW)
    assert (live.unsettled_until, live.live_unsettled_until) == (None, None)
    await finish(store, at(31))  # while the live message's attempt is still open
    report_of_it = await take(store, at(31))
    assert report_of_it.unsettled_until is None
    assert report_of_it.live_unsettled_until == at(20)
    assert report_of_it.live_uncertain
