from dataclasses import replace

from bot.domain.facts import QuestionAnswered
from bot.domain.notice import NewNotice
from bot.domain.question import NotUnderstood
from bot.domain.reply import Reply, WishAnswer
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, WatchState
from bot.services.ports import Store
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
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

OTHER = RunKey("default", "other")


async def _ask(store: Store, name: str, key: RunKey = KEY, **fields: str) -> None:
    """What `/qarun` does with a run that has ended: the report, told to the channel."""

    def notice(run_id: int) -> NewNotice:
        return report(name, run_id=run_id, **fields)

    await store.save_ended(key, run=FAILED, url="https://q.test/1", notice_for=notice, now=NOW)


async def _watch_in_thread(store: Store, name: str, thread_ts: str, key: RunKey = KEY) -> None:
    await store.open_watch(
        NewWatch(id=name, key=key, channel="C1", asked_by="U1", live=True, thread_ts=thread_ts),
        seen=None,
        next_poll_at=at(5),
        notices_for=lambda _: (),
        now=NOW,
    )


async def test_below_a_live_message_the_thread_is_about_its_run(store: Store) -> None:
    opened = await watch(store)
    await tell(store, NOW, ts="1.1")
    found = await store.run_in_thread("C1", "1.1")
    assert found is not None
    assert found.tracked == opened.tracked
    assert found.watch == replace(opened.watch, live_ts="1.1")


async def test_a_thread_keeps_its_run_when_the_run_has_ended(store: Store) -> None:
    await watch(store)
    await tell(store, NOW, ts="1.1")
    await finish(store, at(5))
    found = await store.run_in_thread("C1", "1.1")
    assert found is not None
    assert found.tracked.run == FAILED
    assert found.watch is not None
    assert found.watch.state is WatchState.ENDED


async def test_below_a_report_that_nobody_watched_for_the_thread_has_no_watch(
    store: Store,
) -> None:
    await _ask(store, "asked:1")
    await tell(store, NOW, ts="1.1")
    found = await store.run_in_thread("C1", "1.1")
    assert found is not None
    assert (found.tracked.key, found.tracked.run, found.watch) == (KEY, FAILED, None)


async def test_below_the_report_of_a_watch_without_live_message_the_thread_has_that_watch(
    store: Store,
) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    await tell(store, at(6), ts="1.1")
    found = await store.run_in_thread("C1", "1.1")
    assert found is not None
    assert found.tracked.run == FAILED
    assert found.watch is not None
    assert found.watch.id == "w1"


async def test_a_thread_in_which_a_watch_was_opened_is_about_the_newest_run(store: Store) -> None:
    await watch(store, key=OTHER)
    await tell(store, NOW, ts="1.1")
    await _watch_in_thread(store, "w2", "1.1")
    found = await store.run_in_thread("C1", "1.1")
    assert found is not None
    assert found.tracked.key == KEY
    assert found.watch is not None
    assert found.watch.id == "w2"


async def test_the_same_ts_in_another_channel_is_another_thread(store: Store) -> None:
    await watch(store)
    await tell(store, NOW, ts="1.1")
    assert await store.run_in_thread("C2", "1.1") is None
    assert await store.run_in_thread("C1", "1.2") is None


async def test_below_a_message_that_is_no_report_the_thread_is_not_ours(store: Store) -> None:
    await watch(store)
    await tell(store, NOW, ts="1.1")
    await finish(store, at(5))
    await tell(store, at(6), ts="1.1")
    verdict = await tell(store, at(7), ts="7.7")
    assert verdict.telling.is_reply
    assert await store.run_in_thread("C1", "7.7") is None


async def test_a_report_not_told_yet_has_no_thread(store: Store) -> None:
    await _ask(store, "asked:1")
    assert await store.run_in_thread("C1", "1.1") is None


async def test_a_run_is_known_once_it_was_watched_or_asked_for(store: Store) -> None:
    assert await store.known_run(KEY) is None
    opened = await watch(store)
    assert await store.known_run(KEY) == opened.tracked
    await _ask(store, "asked:1", OTHER)
    known = await store.known_run(OTHER)
    assert known is not None
    assert (known.run, known.active, known.url) == (FAILED, False, "https://q.test/1")
    assert await store.known_run(RunKey("shop", KEY.short_id)) is None


async def test_a_person_sees_their_own_active_watches_oldest_first(store: Store) -> None:
    await watch(store, "w2")
    await watch(store, "w1", key=OTHER, channel="C2", now=at(1))
    await watch(store, "w3", key=RunKey("default", "third"))
    assert await store.end_watch("w3", state=WatchState.STOPPED, notices=(), now=at(1))
    mine = await store.watches_by("U1")
    assert [(found.watch.id, found.tracked.key) for found in mine] == [("w2", KEY), ("w1", OTHER)]
    assert [found.tracked.live for found in mine] == [True, True]
    assert await store.watches_by("U2") == []


async def test_the_runs_that_ended_last_are_listed_first(store: Store) -> None:
    for n in range(3):
        key = RunKey("default", f"run{n}")
        await watch(store, f"w{n}", key=key, channel=f"C{n}", now=at(10 * n))
        tracked = await claim_run(store, at(10 * n + 5))
        end = finished(tracked, at(10 * n + 5))
        now = at(10 * n + 6)
        assert await store.save_poll(end, owner="one", notices_for=lambda _: (), now=now)
    results = await store.results_in(["C0", "C1", "C2"], 2)
    assert [result.key.short_id for result in results] == ["run2", "run1"]
    newest = results[0]
    assert (newest.status, newest.result) == ("COMPLETED", "FAILED")
    assert (newest.channel, newest.ended_at, newest.url) == ("C2", at(26), None)
    assert [result.channel for result in await store.results_in(["C0"], 9)] == ["C0"]
    assert await store.results_in([], 9) == []


async def test_a_run_that_nobody_watched_is_a_result_where_it_was_reported(store: Store) -> None:
    await _ask(store, "asked:1")
    await _ask(store, "asked:2")
    await watch(store, key=OTHER, now=at(1))
    await finish(store, at(7))
    await _ask(store, "asked:3", OTHER)
    results = await store.results_in(["C1"], 9)
    assert [result.key for result in results] == [OTHER, KEY]
    assert results[0].ended_at == at(7)
    assert await store.results_in(["C2"], 9) == []


async def test_a_watch_that_ended_before_its_run_is_no_result(store: Store) -> None:
    await watch(store)
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(1))
    await watch(store, "w2", now=at(2))
    assert await store.results_in(["C1"], 9) == []


def _answer(name: str, reply: Reply, *, channel: str = "C1", thread_ts: str = "1.1") -> NewNotice:
    fact = QuestionAnswered(reply=reply)
    return NewNotice(dedupe_key=name, channel=channel, fact=fact, thread_ts=thread_ts)


async def test_a_thread_knows_that_a_sentence_was_not_understood_in_it(store: Store) -> None:
    lost = NotUnderstood(examples=("what failed?",))
    spite = WishAnswer(heading='It said "kind":"not_understood" to me')
    assert not await store.was_not_understood("C1", "1.1", besides="a")
    await store.add([_answer("a", lost), _answer("b", spite, thread_ts="2.2")], NOW)
    assert await store.was_not_understood("C1", "1.1", besides="c")
    assert not await store.was_not_understood("C1", "1.1", besides="a")
    assert not await store.was_not_understood("C1", "2.2", besides="c")
    assert not await store.was_not_understood("C2", "1.1", besides="c")
