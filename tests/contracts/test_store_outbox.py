import asyncio

from bot.domain.notice import RunFinished, RunProgressed, final_notices
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.ports import Attempt, Store
from tests.contracts.store_steps import (
    FAILED,
    NOW,
    Replicas,
    at,
    begin,
    claim_channels,
    claim_run,
    finish,
    finished,
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


async def _retry(
    store: Store, attempt: Attempt, seconds: float, *, uncertain: bool = False, aside: bool = False
) -> None:
    await store.retry(attempt, at=at(seconds), why="slow", uncertain=uncertain, told_aside=aside)


def _key(attempt: Attempt | None) -> str | None:
    return None if attempt is None else attempt.telling.notice.dedupe_key


async def test_a_notice_is_written_once_for_ever(store: Store) -> None:
    assert await store.add([report("a"), report("b"), report("a")], NOW) == 2
    assert await store.add([report("a"), report("c")], NOW) == 1
    for _ in range(3):
        await tell(store, NOW)
    assert await store.add([report("a")], at(1)) == 0
    assert await claim_channels(store, at(99)) == []


async def test_two_replicas_write_the_same_notice_once(replicas: Replicas) -> None:
    written = await asyncio.gather(
        *(
            replica.add([report(f"n{n}", channel=f"C{n % 3}") for n in range(10)], NOW)
            for replica in (replicas.one, replicas.two) * 3
        )
    )
    assert sum(written) == 10


async def test_a_notice_comes_back_as_it_was_written(store: Store) -> None:
    new = report(
        "a", thread_ts="1.0", asked_by="U1", response_url="https://hooks.slack.test/secret"
    )
    await store.add([new], NOW)
    notice = (await take(store, at(1))).telling.notice
    assert (notice.dedupe_key, notice.channel, notice.fact) == ("a", "C1", RunFinished())
    assert (notice.thread_ts, notice.asked_by) == ("1.0", "U1")
    assert notice.response_url == "https://hooks.slack.test/secret"
    assert (notice.created_at, notice.version, notice.attempts) == (NOW, 1, 1)
    assert (notice.uncertain, notice.told_aside) == (False, False)


async def test_two_replicas_never_serve_the_same_channel(replicas: Replicas) -> None:
    await replicas.one.add([report(f"n{n}", channel=f"C{n}") for n in range(20)], NOW)
    claims = await asyncio.gather(
        *(
            claim_channels(replica, NOW, f"{name}{n}", limit=3)
            for n in range(4)
            for name, replica in (("one", replicas.one), ("two", replicas.two))
        )
    )
    claimed = [channel for claim in claims for channel in claim]
    assert len(claimed) == len(set(claimed))
    rest = await claim_channels(replicas.one, NOW, limit=99)
    assert sorted(claimed + rest) == sorted(f"C{n}" for n in range(20))


async def test_the_channel_that_waits_longest_is_served_first(store: Store) -> None:
    for n in (3, 1, 2):
        await store.add([report(f"n{n}", channel=f"C{n}")], at(n))
    assert set(await claim_channels(store, at(9), limit=2)) == {"C1", "C2"}


async def test_a_channel_whose_sender_died_is_free_when_its_lease_expires(
    replicas: Replicas,
) -> None:
    await replicas.one.add([report("a")], NOW)
    assert await claim_channels(replicas.one, NOW) == ["C1"]
    assert await claim_channels(replicas.two, at(29.9), "two") == []
    assert await claim_channels(replicas.two, at(30), "two") == ["C1"]
    assert await begin(replicas.one, at(30)) is None
    assert _key(await begin(replicas.two, at(30), owner="two")) == "a"


async def test_an_attempt_renews_the_lease(replicas: Replicas) -> None:
    await replicas.one.add([report("a"), report("b")], NOW)
    await take(replicas.one, NOW)
    await begin(replicas.one, at(25))
    assert await claim_channels(replicas.two, at(54), "two") == []
    assert await claim_channels(replicas.two, at(55), "two") == ["C1"]


async def test_a_channel_rests_until_it_is_free(store: Store) -> None:
    await store.add([report("a")], NOW)
    assert await claim_channels(store, NOW) == ["C1"]
    await store.release("C1", owner="one", free_at=at(2))
    assert await claim_channels(store, at(1.9)) == []
    assert await claim_channels(store, at(2)) == ["C1"]


async def test_only_the_holder_can_give_a_channel_back(store: Store) -> None:
    await store.add([report("a")], NOW)
    await claim_channels(store, NOW)
    await store.release("C1", owner="two", free_at=NOW)
    await store.release("C9", owner="two", free_at=NOW)
    assert await claim_channels(store, at(1), "two") == []


async def test_nothing_begins_in_a_channel_that_is_not_held(store: Store) -> None:
    await store.add([report("a")], NOW)
    assert await begin(store, NOW) is None
    assert await begin(store, NOW, channel="C9") is None
    assert (await take(store, NOW)).telling.notice.attempts == 1


async def test_a_channel_without_anything_due_gives_nothing(store: Store) -> None:
    await store.add([report("a")], NOW)
    attempt = await take(store, NOW)
    await _retry(store, attempt, 60)
    assert await begin(store, at(1)) is None


async def test_older_notices_come_before_newer_ones(store: Store) -> None:
    await store.add([report(name) for name in ("a", "b", "c")], NOW)
    assert [_key(await tell(store, NOW)) for _ in range(3)] == ["a", "b", "c"]


async def test_final_notices_come_before_live_ones(store: Store) -> None:
    await watch(store)
    await store.add([report("later")], at(1))
    assert [_key(await tell(store, at(1))) for _ in range(2)] == ["later", "live:w1"]


async def test_a_reply_waits_for_the_report_of_its_watch(store: Store) -> None:
    await watch(store)
    await tell(store, NOW)
    await finish(store, at(5))
    attempt = await take(store, at(6))
    assert _key(attempt) == "report:w1"
    await _retry(store, attempt, 100)
    await store.release("C1", owner="one", free_at=at(6))
    assert await claim_channels(store, at(99)) == []
    assert await store.oldest_due(at(99)) == 0
    assert [_key(await tell(store, at(100))) for _ in range(2)] == ["report:w1", "verdict:w1"]


async def test_other_notices_do_not_wait_for_that_report(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    await _retry(store, await take(store, at(6)), 100)
    await store.add([report("other")], at(7))
    assert _key(await begin(store, at(8))) == "other"


async def test_a_reply_is_told_though_its_report_was_dropped(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    await store.drop(await take(store, at(6)), why="archived", now=at(6))
    assert _key(await begin(store, at(6))) == "verdict:w1"


async def test_what_was_told_is_not_told_again(store: Store) -> None:
    await store.add([report("a")], NOW)
    await tell(store, NOW)
    assert await claim_channels(store, at(9999)) == []
    assert await store.oldest_due(at(9999)) == 0


async def test_what_cannot_be_told_is_not_tried_again(store: Store) -> None:
    await store.add([report("a")], NOW)
    await store.drop(await take(store, NOW), why="archived", now=NOW)
    await store.release("C1", owner="one", free_at=NOW)
    assert await claim_channels(store, at(9999)) == []


async def test_a_notice_is_tried_again_at_its_time(store: Store) -> None:
    await store.add([report("a")], NOW)
    await _retry(store, await take(store, NOW), 10, aside=True)
    await store.release("C1", owner="one", free_at=NOW)
    assert await claim_channels(store, at(9.9)) == []
    notice = (await take(store, at(10))).telling.notice
    assert (notice.attempts, notice.uncertain, notice.told_aside) == (2, False, True)


async def test_an_attempt_of_unknown_outcome_leaves_the_notice_uncertain(store: Store) -> None:
    await store.add([report("a")], NOW)
    await _retry(store, await take(store, NOW), 1, uncertain=True)
    again = await begin(store, at(1))
    assert again is not None
    assert again.telling.notice.uncertain


async def test_a_search_that_failed_does_not_make_the_notice_certain(store: Store) -> None:
    await store.add([report("a")], NOW)
    await _retry(store, await take(store, NOW), 1, uncertain=True)
    again = await begin(store, at(1))
    assert again is not None
    await _retry(store, again, 2, uncertain=False)
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
    await _retry(replicas.one, stale, 32)
    await replicas.one.drop(stale, why="refused", now=at(32))
    third = await take(replicas.one, at(62))
    assert (third.telling.notice.attempts, third.telling.notice.uncertain) == (3, True)


async def test_what_a_late_sender_has_told_is_told(replicas: Replicas) -> None:
    await replicas.one.add([report("a")], NOW)
    stale = await take(replicas.one, NOW)
    fresh = await take(replicas.two, at(31), owner="two")
    await replicas.one.sent(stale, ts="1.1", live_due_at=at(45), now=at(32))
    await _retry(replicas.two, fresh, 33, uncertain=True)
    await replicas.two.release("C1", owner="two", free_at=at(33))
    assert await claim_channels(replicas.one, at(99)) == []


async def test_telling_the_live_message_leaves_its_ts_on_the_watch(store: Store) -> None:
    await watch(store)
    first = await tell(store, NOW, ts="1.1")
    assert first.live_notice_id == first.telling.notice.id
    await progress(store, at(20))
    attempt = await take(store, at(20))
    assert attempt.telling.watch is not None
    assert attempt.telling.watch.live_ts == "1.1"
    assert attempt.telling.notice.version == 2
    assert attempt.telling.notice.fact == RunProgressed()


async def test_a_live_message_told_to_the_asker_only_has_no_ts(store: Store) -> None:
    await watch(store)
    await tell(store, NOW, ts="1.1")
    await progress(store, at(20))
    await tell(store, at(20), ts=None)
    await finish(store, at(40))
    attempt = await take(store, at(40))
    assert attempt.telling.watch is not None
    assert attempt.telling.watch.live_ts == "1.1"


async def test_a_report_in_place_of_the_live_message_leaves_its_ts_too(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    await tell(store, at(6), ts="2.2")
    reply = await take(store, at(7))
    assert reply.telling.is_reply
    assert reply.telling.thread_ts == "2.2"


async def test_a_reply_does_not_become_the_live_message(store: Store) -> None:
    await watch(store)
    await tell(store, NOW, ts="1.1")
    await finish(store, at(5))
    await tell(store, at(6), ts="1.1")
    await tell(store, at(7), ts="7.7")
    last = await store.last_watch(RunKey("default", "UkxK"), "C1")
    assert last is not None
    assert last.watch.live_ts == "1.1"


async def test_a_version_written_during_the_attempt_is_told_after_the_pause(store: Store) -> None:
    await watch(store)
    attempt = await take(store, at(4))
    await progress(store, at(5))
    await store.sent(attempt, ts="1.1", live_due_at=at(21), now=at(6))
    await store.release("C1", owner="one", free_at=at(6))
    assert await claim_channels(store, at(20.9)) == []
    assert (await take(store, at(21))).telling.notice.version == 2


async def test_a_live_message_that_waits_for_its_retry_is_not_hurried_by_news(
    store: Store,
) -> None:
    await watch(store)
    await _retry(store, await take(store, at(4)), 60)
    await store.release("C1", owner="one", free_at=at(4))
    await progress(store, at(5))
    assert await claim_channels(store, at(59)) == []
    assert (await take(store, at(60))).telling.notice.version == 2


async def test_a_live_message_that_was_refused_is_tried_again_with_news(store: Store) -> None:
    await watch(store)
    await store.drop(await take(store, at(4)), why="restricted", now=at(4))
    await store.release("C1", owner="one", free_at=at(4))
    assert await claim_channels(store, at(5)) == []
    await progress(store, at(5))
    assert (await take(store, at(5))).telling.notice.version == 2


async def test_the_end_supersedes_the_live_message_that_still_waits(store: Store) -> None:
    await watch(store)
    await progress(store, at(5))
    await finish(store, at(10))
    told = [_key(await tell(store, at(11))) for _ in range(2)]
    assert told == ["report:w1", "verdict:w1"]
    assert await claim_channels(store, at(99)) == []


async def test_a_live_message_under_way_when_the_run_ends_is_not_repeated(store: Store) -> None:
    await watch(store)
    attempt = await take(store, at(4))
    await finish(store, at(5))
    await store.sent(attempt, ts="1.1", live_due_at=at(20), now=at(6))
    next_up = await begin(store, at(6))
    assert next_up is not None
    assert next_up.telling.watch is not None
    assert (_key(next_up), next_up.telling.watch.live_ts) == ("report:w1", "1.1")
    assert not next_up.live_uncertain


async def test_a_superseded_live_message_that_failed_stays_superseded(store: Store) -> None:
    await watch(store)
    attempt = await take(store, at(4))
    await finish(store, at(5))
    await _retry(store, attempt, 6, uncertain=True)
    report_attempt = await begin(store, at(6))
    assert report_attempt is not None
    assert report_attempt.live_uncertain
    await store.drop(attempt, why="x", now=at(6))
    await store.sent(report_attempt, ts="2.2", live_due_at=at(20), now=at(7))
    assert _key(await begin(store, at(7))) == "verdict:w1"


async def test_the_report_knows_that_the_live_message_may_stand_in_slack(
    replicas: Replicas,
) -> None:
    await watch(replicas.one)
    live = await take(replicas.one, at(4))  # and killed
    await finish(replicas.two, at(5))
    attempt = await take(replicas.two, at(40), owner="two")
    assert _key(attempt) == "report:w1"
    assert attempt.live_notice_id == live.telling.notice.id
    assert attempt.live_uncertain


async def test_the_live_message_itself_knows_that_it_may_stand_in_slack(store: Store) -> None:
    await watch(store)
    assert not (await take(store, at(4))).live_uncertain
    again = await take(store, at(40))
    assert again.live_uncertain
    assert again.live_notice_id == again.telling.notice.id


async def test_a_live_message_that_was_found_is_certain(store: Store) -> None:
    await watch(store)
    await take(store, at(4))
    await finish(store, at(5))
    attempt = await take(store, at(40))
    await store.found_live(attempt, "1.1")
    await _retry(store, attempt, 41)
    again = await begin(store, at(41))
    assert again is not None
    assert again.telling.watch is not None
    assert (again.live_uncertain, again.telling.watch.live_ts) == (False, "1.1")


async def test_a_live_message_that_was_not_found_was_not_posted(store: Store) -> None:
    await watch(store)
    await take(store, at(4))
    await finish(store, at(5))
    attempt = await take(store, at(40))
    await store.found_live(attempt, None)
    await _retry(store, attempt, 41)
    again = await begin(store, at(41))
    assert again is not None
    assert again.telling.watch is not None
    assert (again.live_uncertain, again.telling.watch.live_ts) == (False, None)


async def test_a_crash_after_the_search_is_uncertain_again(store: Store) -> None:
    await watch(store)
    await take(store, at(4))
    second = await take(store, at(40))
    await store.found_live(second, None)
    third = await take(store, at(80))
    assert third.telling.notice.uncertain
    assert third.live_uncertain


async def test_a_search_that_found_nothing_makes_a_refused_live_message_certain(
    store: Store,
) -> None:
    await watch(store)
    await take(store, at(4))
    second = await take(store, at(40))
    await store.found_live(second, None)
    await _retry(store, second, 41)
    third = await begin(store, at(41))
    assert third is not None
    assert (third.telling.notice.uncertain, third.live_uncertain) == (False, False)


async def test_a_watch_without_a_live_message_has_none_to_look_for(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    attempt = await take(store, at(6))
    assert attempt.telling.watch is not None
    assert (attempt.live_notice_id, attempt.live_uncertain) == (None, False)
    await store.found_live(attempt, None)


async def test_progress_is_told_without_the_whole_run_and_the_end_with_it(store: Store) -> None:
    await store.save_ended(
        RunKey("default", "UkxK"),
        run=FAILED,
        url=None,
        notice_for=lambda _: report("asked:1", channel="C9"),
        now=NOW,
    )
    await watch(store, seen=None)
    live = await tell(store, NOW)
    assert live.telling.tracked is not None
    assert live.telling.tracked.run is None
    await finish(store, at(5))
    last = await take(store, at(6))
    assert last.telling.tracked is not None
    assert last.telling.tracked.run == FAILED


async def test_an_invited_bot_tells_at_once_what_waited(store: Store) -> None:
    await store.add([report("a"), report("b", channel="C2")], NOW)
    for channel in ("C1", "C2"):
        await _retry(store, await take(store, NOW, channel), 300)
        await store.release(channel, owner="one", free_at=NOW)
    await store.hasten("C1", at(1))
    assert await claim_channels(store, at(1)) == ["C1"]


async def test_an_invitation_does_not_hurry_the_next_edit(store: Store) -> None:
    await watch(store)
    await tell(store, at(4))
    await progress(store, at(5))
    await store.hasten("C1", at(6))
    assert await claim_channels(store, at(18.9)) == []
    assert await claim_channels(store, at(19)) == ["C1"]


async def test_an_invitation_does_not_bring_back_what_was_told(store: Store) -> None:
    await store.add([report("a")], NOW)
    await tell(store, NOW)
    await store.hasten("C1", at(1))
    assert await claim_channels(store, at(1)) == []


async def test_the_lateness_of_the_outbox_is_that_of_the_most_overdue_notice(
    store: Store,
) -> None:
    assert await store.oldest_due(NOW) == 0
    await store.add([report("a")], NOW)
    await store.add([report("b")], at(2))
    assert await store.oldest_due(at(3.5)) == 3.5
    await tell(store, at(4))
    assert await store.oldest_due(at(4)) == 2


async def test_many_writers_and_senders_at_once_tell_everything_once(replicas: Replicas) -> None:
    both = (replicas.one, replicas.two)
    told: list[str | None] = []

    async def send(store: Store, owner: str) -> None:
        while len(told) < 30:
            for channel in await claim_channels(store, at(1), owner, limit=2):
                while attempt := await begin(store, at(1), channel, owner):
                    told.append(_key(attempt))
                    await store.sent(attempt, ts="1.1", live_due_at=at(99), now=at(1))
                await store.release(channel, owner=owner, free_at=at(1))
            await asyncio.sleep(0)

    async def write(n: int) -> None:
        await both[n % 2].add([report(f"n{n}", channel=f"C{n % 4}")], NOW)

    async with asyncio.timeout(30):
        await asyncio.gather(
            *(write(n) for n in range(30)), *(send(both[n % 2], f"s{n}") for n in range(4))
        )
    assert sorted(filter(None, told)) == sorted(f"n{n}" for n in range(30))


async def test_a_run_that_ends_while_its_live_message_is_told_stays_consistent(
    replicas: Replicas,
) -> None:
    for n in range(8):
        channel, key = f"C{n}", RunKey("default", f"run{n}")
        seen = Run(short_id=key.short_id, status="RUNNING")
        await watch(replicas.one, f"w{n}", channel=channel, key=key, seen=seen)
        attempt = await take(replicas.one, at(4), channel)
        tracked = await claim_run(replicas.two, at(5), "two")
        _, saved = await asyncio.gather(
            replicas.one.sent(attempt, ts="1.1", live_due_at=at(19), now=at(5)),
            replicas.two.save_poll(
                finished(tracked, at(5)), owner="two", notices_for=final_notices, now=at(5)
            ),
        )
        assert saved
        attempt_of_report = await begin(replicas.one, at(6), channel)
        assert attempt_of_report is not None
        assert attempt_of_report.telling.watch is not None
        assert attempt_of_report.telling.watch.state is WatchState.ENDED
        assert attempt_of_report.telling.watch.live_ts == "1.1"
        assert not attempt_of_report.live_uncertain


async def test_the_store_says_whether_it_works(store: Store) -> None:
    await store.ping()
