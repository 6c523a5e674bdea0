import asyncio
from dataclasses import replace

from bot.domain.facts import WatchEnded
from bot.domain.notice import ended_notices, final_notices
from bot.domain.run import Outcome
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, WatchEnd, WatchState
from bot.services.ports import Store
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    RUNNING,
    Replicas,
    at,
    begin,
    claim_channels,
    claim_run,
    finish,
    finished,
    owed_in_progress,
    polled,
    progress,
    replicas,
    report,
    store,
    store_url,
    take,
    tell,
    watch,
)

__all__ = ["replicas", "store", "store_url"]


async def test_a_watch_is_stored_with_its_run_as_it_was_seen(store: Store) -> None:
    opened = await watch(store)
    tracked = opened.tracked
    assert opened.created
    assert (tracked.key, tracked.status, tracked.result) == (KEY, "RUNNING", None)
    assert (tracked.active, tracked.live, tracked.polls) == (True, True, 0)
    assert tracked.progress[Outcome.PASSED] == 1
    assert (tracked.watched_since, tracked.changed_at, tracked.cases_seen_at) == (NOW, NOW, NOW)
    assert tracked.next_poll_at == at(5)
    found = await store.find_watch(KEY, "C1")
    assert found is not None
    assert (found.watch, found.tracked) == (opened.watch, tracked)
    assert found.watch.response_url == "https://hooks.slack.test/secret"
    assert found.watch.created_at == NOW


async def test_a_wish_that_could_not_be_checked_is_stored_unverified(store: Store) -> None:
    opened = await watch(store, seen=None)
    assert opened.created
    assert not opened.tracked.is_verified
    assert opened.tracked.cases_seen_at is None
    assert opened.tracked.run is None


async def test_a_run_seen_without_test_cases_has_not_shown_them(store: Store) -> None:
    opened = await watch(store, seen=RUNNING.model_copy(update={"run_test_cases": ()}))
    assert opened.tracked.cases_seen_at is None


async def test_the_same_run_and_channel_again_is_the_same_watch(store: Store) -> None:
    first = await watch(store)
    again = await watch(store, "w2", now=at(1))
    assert not again.created
    assert (again.watch, again.tracked) == (first.watch, first.tracked)
    assert len(await store.watches_in("C1")) == 1
    assert (await take(store, at(1))).telling.notice.version == 1


async def test_the_first_notice_is_written_with_the_watch(store: Store) -> None:
    opened = await watch(store)
    attempt = await take(store, NOW)
    assert attempt.telling.watch == opened.watch
    assert attempt.telling.notice.dedupe_key == "live:w1"


async def test_two_replicas_that_open_a_watch_at_once_open_one(replicas: Replicas) -> None:
    opened = await asyncio.gather(
        *(
            watch(replica, f"w{n}-{m}")
            for n in range(5)
            for m, replica in enumerate(_both(replicas))
        )
    )
    assert sum(one.created for one in opened) == 1
    assert len({one.watch.id for one in opened}) == 1
    assert len(await replicas.one.watches_in(None)) == 1


async def test_a_run_that_ends_while_a_watch_is_opened_tells_every_watch(
    replicas: Replicas,
) -> None:
    for n in range(8):
        key = RunKey("default", f"race{n}")
        await watch(replicas.one, f"a{n}", key=key, live=False, now=at(100 * n))
        now = at(100 * n + 10)
        tracked = await claim_run(replicas.one, now)
        saved, opened = await asyncio.gather(
            replicas.one.save_poll(
                finished(tracked, now), owner="one", notices_for=final_notices, now=now
            ),
            watch(replicas.two, f"b{n}", key=key, channel="C2", live=False, now=now),
        )
        assert opened.created
        if saved and await replicas.one.find_watch(key, "C2"):
            # Opened after the end: it is polled again, and told then.
            tracked = await claim_run(replicas.one, at(100 * n + 20))
            assert await replicas.one.save_poll(
                finished(tracked, now), owner="one", notices_for=final_notices, now=now
            )
        assert await replicas.one.find_watch(key, "C2") is None
        told = await tell(replicas.one, at(100 * n + 30), channel="C2")
        assert told.telling.notice.dedupe_key == f"report:b{n}"


async def test_a_second_channel_shares_the_run(store: Store) -> None:
    first = await watch(store)
    second = await watch(store, "w2", channel="C2", now=at(1))
    assert second.created
    assert second.tracked.id == first.tracked.id
    assert second.tracked.watched_since == NOW
    assert second.tracked.next_poll_at == at(5)
    assert [found.watch.id for found in await store.watches_in(None)] == ["w1", "w2"]
    assert [found.watch.id for found in await store.watches_in("C2")] == ["w2"]
    assert await store.watches_in("C3") == []


async def test_a_joining_watch_leaves_what_is_new_to_the_next_poll(store: Store) -> None:
    await watch(store, seen=RUNNING.model_copy(update={"status": "INITIATED"}))
    joined = await watch(store, "w2", channel="C2", now=at(1))
    assert joined.tracked.status == "INITIATED"


async def test_a_joining_watch_brings_test_cases_that_nobody_was_shown(store: Store) -> None:
    bare = RUNNING.model_copy(update={"run_test_cases": ()})
    await watch(store, live=False, seen=bare)
    joined = await watch(store, "w2", channel="C2", now=at(1))
    assert joined.tracked.progress.total == 2
    assert joined.tracked.cases_seen_at == at(1)


async def test_whether_a_live_message_shows_the_run_is_known(store: Store) -> None:
    assert not (await watch(store, live=False)).tracked.live
    assert not (await claim_run(store, at(5))).live
    assert (await watch(store, "w2", channel="C2")).tracked.live
    assert (await claim_run(store, at(40))).live
    assert [found.tracked.live for found in await store.watches_in(None)] == [True, True]


async def test_projects_keep_equal_short_ids_apart(store: Store) -> None:
    first = await watch(store)
    other = await watch(store, "w2", key=RunKey("shop", KEY.short_id))
    assert other.created
    assert other.tracked.id != first.tracked.id
    found = await store.find_watch(RunKey("shop", KEY.short_id), "C1")
    assert found is not None
    assert found.watch.id == "w2"


async def test_a_link_once_known_is_kept(store: Store) -> None:
    await store.save_ended(
        KEY, run=FAILED, url="https://q.test/1", notice_for=lambda _: report("asked:1"), now=NOW
    )
    opened = await watch(store)
    assert opened.tracked.url == "https://q.test/1"


async def test_a_link_that_came_with_the_wish_is_kept(store: Store) -> None:
    link = "https://app.qa.test/p/shop/results/UkxK"
    opened = await store.open_watch(
        NewWatch(id="w1", key=KEY, channel="C1", asked_by="U1", live=False, url=link),
        seen=None,
        next_poll_at=at(5),
        notices_for=lambda _: (),
        now=NOW,
    )
    assert opened.tracked.url == link
    assert (await watch(store, "w2", channel="C2")).tracked.url == link


async def test_an_ended_run_is_kept_whole_and_its_report_written(store: Store) -> None:
    await store.save_ended(
        KEY,
        run=FAILED,
        url=None,
        notice_for=lambda run_id: replace(report("asked:1"), run_id=run_id),
        now=NOW,
    )
    attempt = await take(store, NOW)
    assert attempt.telling.tracked is not None
    assert attempt.telling.tracked.run == FAILED
    assert not attempt.telling.tracked.active
    assert attempt.telling.watch is None
    assert (attempt.live_notice_id, attempt.live_uncertain) == (None, False)


async def test_the_same_request_delivered_twice_is_told_once(store: Store) -> None:
    for _ in range(2):
        await store.save_ended(
            KEY, run=FAILED, url=None, notice_for=lambda _: report("asked:1"), now=NOW
        )
    await tell(store, NOW)
    assert await claim_channels(store, at(9)) == []


async def test_a_report_asked_for_leaves_a_watched_run_active(store: Store) -> None:
    await watch(store, channel="C2")
    await store.save_ended(
        KEY, run=FAILED, url="https://q.test/1", notice_for=lambda _: report("asked:1"), now=NOW
    )
    found = await store.find_watch(KEY, "C2")
    assert found is not None
    assert found.tracked.active
    assert found.tracked.run == FAILED
    assert found.tracked.url == "https://q.test/1"
    assert (await claim_run(store, NOW)).has_ended


async def test_an_ended_watch_is_found_as_the_last_one_only(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    assert await store.find_watch(KEY, "C1") is None
    last = await store.last_watch(KEY, "C1")
    assert last is not None
    assert (last.watch.id, last.watch.state) == ("w1", WatchState.ENDED)
    assert last.tracked.run == FAILED
    assert await store.last_watch(KEY, "C2") is None


async def test_the_last_watch_is_the_newest_even_of_the_same_moment(store: Store) -> None:
    for name in ("w3", "w1", "w2"):
        await watch(store, name)
        assert await store.end_watch(name, state=WatchState.STOPPED, notices=(), now=NOW)
    last = await store.last_watch(KEY, "C1")
    assert last is not None
    assert last.watch.id == "w2"


async def test_watching_again_begins_a_new_stretch(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    again = await watch(store, "w2", now=at(100))
    assert again.created
    assert (again.tracked.active, again.tracked.watched_since) == (True, at(100))
    assert (again.tracked.status, again.tracked.run) == ("RUNNING", None)
    assert again.tracked.next_poll_at == at(105)
    assert [found.watch.id for found in await store.watches_in("C1")] == ["w2"]


async def test_watching_again_while_qatech_is_silent_keeps_what_was_known(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    struck = polled(tracked, at(5), failures=2, missing=1, refusals=1, final_failures=3)
    assert await store.save_poll(struck, owner="one", notices_for=owed_in_progress, now=at(5))
    await finish(store, at(10))
    again = (await watch(store, "w2", seen=None, now=at(100))).tracked
    assert (again.status, again.run) == ("COMPLETED", FAILED)
    assert (again.failures, again.missing, again.refusals, again.final_failures) == (0, 0, 0, 0)


async def test_a_poll_of_an_earlier_stretch_is_not_saved(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(6))
    await watch(store, "w2", now=at(7))
    given_up = polled(tracked, at(8), active=False, watches_end=WatchState.GIVEN_UP)
    assert not await store.save_poll(given_up, owner="one", notices_for=owed_in_progress, now=at(8))
    assert await store.find_watch(KEY, "C1") is not None


async def test_a_stopped_watch_is_told_and_its_run_no_longer_polled(store: Store) -> None:
    opened = await watch(store)
    notices = ended_notices(opened.watch, WatchEnd.STOPPED, by="U2")
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=notices, now=at(1))
    last = await store.last_watch(KEY, "C1")
    assert last is not None
    assert (last.watch.state, last.tracked.active) == (WatchState.STOPPED, False)
    told = await tell(store, at(2))
    assert told.telling.notice.fact == WatchEnded(why=WatchEnd.STOPPED, by="U2")
    assert await claim_channels(store, at(99)) == []
    assert await store.claim_runs(now=at(99), limit=9, owner="one", until=at(120)) == []


async def test_a_run_that_another_channel_watches_stays_active(store: Store) -> None:
    await watch(store)
    await watch(store, "w2", channel="C2")
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(1))
    assert (await claim_run(store, at(5))).active


async def test_ending_a_watch_twice_writes_nothing_the_second_time(store: Store) -> None:
    await watch(store, live=False)
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(1))
    again = [report("late")]
    assert not await store.end_watch("w1", state=WatchState.STOPPED, notices=again, now=at(2))
    assert not await store.end_watch("nobody", state=WatchState.STOPPED, notices=again, now=at(2))
    assert await claim_channels(store, at(3)) == []


async def test_two_replicas_that_stop_a_watch_at_once_stop_it_once(replicas: Replicas) -> None:
    await watch(replicas.one)
    stopped = await asyncio.gather(
        *(
            replica.end_watch("w1", state=WatchState.STOPPED, notices=[report("s")], now=NOW)
            for replica in _both(replicas)
        )
    )
    assert sorted(stopped) == [False, True]


async def test_a_run_wanted_soon_is_due_at_once(store: Store) -> None:
    opened = await watch(store)
    await store.poll_soon(opened.tracked.id, at(1))
    assert (await claim_run(store, at(1))).next_poll_at == at(1)


async def test_a_run_that_is_due_already_is_not_put_off(store: Store) -> None:
    opened = await watch(store)
    await store.poll_soon(opened.tracked.id, at(60))
    assert (await claim_run(store, at(60))).next_poll_at == at(5)


async def test_a_run_that_nobody_watches_is_not_hastened(store: Store) -> None:
    opened = await watch(store)
    await finish(store, at(5))
    await store.poll_soon(opened.tracked.id, at(6))
    assert await store.claim_runs(now=at(99), limit=9, owner="one", until=at(120)) == []


async def test_progress_after_the_watch_ended_brings_nothing_back(store: Store) -> None:
    await watch(store)
    await watch(store, "w2", channel="C2")
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(1))
    await progress(store, at(5))
    assert await claim_channels(store, at(6)) == ["C2"]
    assert await begin(store, at(6), "C1") is None


def _both(replicas: Replicas) -> tuple[Store, Store]:
    return replicas.one, replicas.two
