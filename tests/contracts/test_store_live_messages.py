import asyncio

from bot.domain.facts import RunProgressed
from bot.domain.notice import final_notices, progress_notice
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.ports import Store
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
    key_of,
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
    await retry_at(store, await take(store, at(4)), 60)
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
    told = [key_of(await tell(store, at(11))) for _ in range(2)]
    assert told == ["report:w1", "verdict:w1"]
    assert await claim_channels(store, at(99)) == []


async def test_news_of_a_run_does_not_bring_back_a_superseded_live_message(store: Store) -> None:
    opened = await watch(store)
    await finish(store, at(5))
    assert await store.add([progress_notice(opened.watch)], at(6)) == 0
    told = [key_of(await tell(store, at(7))) for _ in range(2)]
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
    assert (key_of(next_up), next_up.telling.watch.live_ts) == ("report:w1", "1.1")
    assert not next_up.live_uncertain


async def test_a_superseded_live_message_that_failed_stays_superseded(store: Store) -> None:
    await watch(store)
    attempt = await take(store, at(4))
    await finish(store, at(5))
    await retry_at(store, attempt, 6, uncertain=True)
    report_attempt = await begin(store, at(6))
    assert report_attempt is not None
    assert report_attempt.live_uncertain
    await store.drop(attempt, why="x", now=at(6))
    await store.sent(report_attempt, ts="2.2", live_due_at=at(20), now=at(7))
    assert key_of(await begin(store, at(7))) == "verdict:w1"


async def test_the_report_knows_that_the_live_message_may_stand_in_slack(
    replicas: Replicas,
) -> None:
    await watch(replicas.one)
    live = await take(replicas.one, at(4))  # and killed
    await finish(replicas.two, at(5))
    attempt = await take(replicas.two, at(40), owner="two")
    assert key_of(attempt) == "report:w1"
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
    await retry_at(store, attempt, 41)
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
    await retry_at(store, attempt, 41)
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
    await retry_at(store, second, 41)
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


async def test_an_invitation_does_not_hurry_the_next_edit(store: Store) -> None:
    await watch(store)
    await tell(store, at(4))
    await progress(store, at(5))
    await store.hasten("C1", at(6))
    assert await claim_channels(store, at(18.9)) == []
    assert await claim_channels(store, at(19)) == ["C1"]


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
