import asyncio
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.notice import NewNotice, final_notices
from bot.domain.run import Outcome, Progress
from bot.domain.short_id import RunKey
from bot.domain.watch import Watch, WatchState
from bot.services.ports import Store
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    Replicas,
    at,
    claim_channels,
    claim_run,
    finish,
    finished,
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


def _owes_nothing(watch: Watch) -> tuple[NewNotice, ...]:
    raise AssertionError(f"nothing has changed for {watch}")


async def test_a_run_is_claimed_when_it_is_due_and_not_before(store: Store) -> None:
    await watch(store)
    assert await store.claim_runs(now=at(4.9), limit=9, owner="one", until=at(30)) == []
    assert (await claim_run(store, at(5))).key == KEY


async def test_the_most_overdue_runs_are_claimed_first(store: Store) -> None:
    for n in (3, 1, 2):
        await watch(store, f"w{n}", key=RunKey("default", f"run{n}"), now=at(n))
    claimed = await store.claim_runs(now=at(60), limit=2, owner="one", until=at(90))
    assert [tracked.short_id for tracked in claimed] == ["run1", "run2"]
    rest = await store.claim_runs(now=at(60), limit=2, owner="one", until=at(90))
    assert [tracked.short_id for tracked in rest] == ["run3"]


async def test_a_leased_run_is_nobody_elses_until_the_lease_expires(replicas: Replicas) -> None:
    await watch(replicas.one)
    await claim_run(replicas.one, at(5))
    assert await replicas.two.claim_runs(now=at(34.9), limit=9, owner="two", until=at(60)) == []
    assert (await claim_run(replicas.two, at(35), owner="two")).key == KEY


async def test_two_replicas_never_claim_the_same_run(replicas: Replicas) -> None:
    keys = [RunKey("default", f"run{n}") for n in range(30)]
    for n, key in enumerate(keys):
        await watch(replicas.one, f"w{n}", key=key)
    claims = await asyncio.gather(
        *(
            replica.claim_runs(now=at(9), limit=4, owner=f"{name}{n}", until=at(60))
            for n in range(4)
            for name, replica in (("one", replicas.one), ("two", replicas.two))
        )
    )
    claimed = [tracked.key for claim in claims for tracked in claim]
    assert len(claimed) == len(set(claimed))
    rest = await replicas.one.claim_runs(now=at(9), limit=99, owner="one", until=at(60))
    assert {*claimed, *(tracked.key for tracked in rest)} == set(keys)


async def test_the_sweep_does_not_carry_whole_runs(store: Store) -> None:
    await watch(store)
    await store.save_ended(
        KEY, run=FAILED, url=None, notice_for=lambda _: report("asked:1"), now=NOW
    )
    assert (await claim_run(store, at(5))).run is None
    assert [found.tracked.run for found in await store.watches_in("C1")] == [None]


async def test_a_poll_is_saved_and_its_lease_given_back(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    seen = replace(
        polled(tracked, at(6)),
        status="PAUSED\x00?",
        result="ODD",
        progress=Progress(counts={Outcome.PASSED: 2, Outcome.ERRORED: 1}),
        changed_at=at(6),
        cases_seen_at=at(6),
        next_poll_at=at(7),
        polls=8,
        failures=1,
        missing=2,
        refusals=3,
        final_failures=4,
        pace=replace(tracked.pace, looks=9, moved=5.5, usual=(480.5, 470.25)),
    )
    assert await store.save_poll(seen, owner="one", notices_for=_owes_nothing, now=at(6))
    again = await claim_run(store, at(7), owner="two")
    assert again.status.startswith("PAUSED")
    assert again == replace(
        tracked,
        status=again.status,
        result="ODD",
        progress=seen.progress,
        changed_at=at(6),
        cases_seen_at=at(6),
        next_poll_at=at(7),
        polls=8,
        failures=1,
        missing=2,
        refusals=3,
        final_failures=4,
        pace=seen.pace,
    )


async def test_a_poll_whose_lease_was_taken_writes_nothing(replicas: Replicas) -> None:
    await watch(replicas.one, live=False)
    tracked = await claim_run(replicas.one, at(5))
    await claim_run(replicas.two, at(40), owner="two")
    late = finished(tracked, at(41))
    assert not await replicas.one.save_poll(
        late, owner="one", notices_for=final_notices, now=at(41)
    )
    found = await replicas.one.find_watch(KEY, "C1")
    assert found is not None
    assert (found.tracked.status, found.tracked.run) == ("RUNNING", None)
    assert await claim_channels(replicas.one, at(42)) == []


async def test_a_poll_is_saved_only_once(store: Store) -> None:
    await watch(store, live=False)
    tracked = await claim_run(store, at(5))
    end = finished(tracked, at(6))
    assert await store.save_poll(end, owner="one", notices_for=final_notices, now=at(6))
    assert not await store.save_poll(end, owner="one", notices_for=final_notices, now=at(6))


async def test_an_expired_lease_that_nobody_took_still_saves(store: Store) -> None:
    await watch(store, live=False)
    tracked = await claim_run(store, at(5))
    late = finished(tracked, at(500))
    assert await store.save_poll(late, owner="one", notices_for=final_notices, now=at(500))


async def test_a_run_that_was_never_claimed_is_not_saved(store: Store) -> None:
    opened = await watch(store)
    change = polled(opened.tracked, at(5), changed=True)
    assert not await store.save_poll(change, owner="one", notices_for=_owes_nothing, now=at(5))


async def test_an_unchanged_run_owes_nothing(store: Store) -> None:
    await watch(store)
    await tell(store, NOW)
    tracked = await claim_run(store, at(5))
    assert await store.save_poll(
        polled(tracked, at(5)), owner="one", notices_for=_owes_nothing, now=at(5)
    )
    assert await claim_channels(store, at(99)) == []


async def test_the_end_is_told_to_every_watch_and_polling_stops(store: Store) -> None:
    await watch(store, live=False)
    await watch(store, "w2", channel="C2", live=False)
    await finish(store, at(5))
    for channel, name in (("C1", "w1"), ("C2", "w2")):
        told = await tell(store, at(6), channel=channel)
        assert told.telling.notice.dedupe_key == f"report:{name}"
        assert told.telling.tracked is not None
        assert told.telling.tracked.run == FAILED
        assert told.telling.watch is not None
        assert told.telling.watch.state is WatchState.ENDED
    assert await store.watches_in(None) == []
    assert await store.claim_runs(now=at(9999), limit=9, owner="one", until=at(9999)) == []


async def test_an_ended_watch_owes_nothing_more(store: Store) -> None:
    await watch(store, live=False)
    await watch(store, "w2", channel="C2", live=False)
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(1))
    await finish(store, at(5))
    assert await claim_channels(store, at(6)) == ["C2"]


async def test_the_same_end_seen_twice_is_told_once(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    await tell(store, at(6))
    await watch(store, "w2", live=False, now=at(7))
    tracked = await claim_run(store, at(12))
    assert await store.save_poll(
        finished(tracked, at(12)),
        owner="one",
        notices_for=lambda watch: [report("report:w1"), *final_notices(watch)],
        now=at(12),
    )
    assert (await tell(store, at(13))).telling.notice.dedupe_key == "report:w2"
    assert await claim_channels(store, at(99)) == []


async def test_a_run_whose_last_watch_was_stopped_meanwhile_stays_unpolled(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=(), now=at(6))
    change = polled(tracked, at(7), changed=True)
    assert await store.save_poll(change, owner="one", notices_for=_owes_nothing, now=at(7))
    assert await store.claim_runs(now=at(99), limit=9, owner="one", until=at(120)) == []


async def test_an_untold_live_message_stays_one_notice_of_the_newest_version(
    store: Store,
) -> None:
    await watch(store)
    await progress(store, at(5))
    await progress(store, at(10))
    attempt = await take(store, at(11))
    assert attempt.telling.notice.version == 3
    assert attempt.telling.tracked is not None
    assert attempt.telling.tracked.polls == 2
    assert attempt.telling.tracked.live
    assert (await store.backlog(at(11))).age == 11


async def test_a_live_message_that_was_told_is_edited_after_its_pause(store: Store) -> None:
    await watch(store)
    await tell(store, at(1))
    await progress(store, at(5))
    assert await claim_channels(store, at(15.9)) == []
    told = await tell(store, at(16))
    assert told.telling.notice.version == 2
    assert told.telling.watch is not None
    assert told.telling.watch.live_ts == "1.1"
    await progress(store, at(40))
    assert await claim_channels(store, at(40)) == ["C1"]


async def test_the_lateness_of_the_sweep_is_that_of_the_most_overdue_run(store: Store) -> None:
    assert await store.overdue(NOW) == 0
    await watch(store)
    await watch(store, "w2", key=RunKey("default", "other"), now=at(3))
    assert await store.overdue(at(5)) == 0
    assert await store.overdue(at(15.5)) == 10.5
    await store.claim_runs(now=at(15.5), limit=1, owner="one", until=at(45.5))
    assert await store.overdue(at(15.5)) == 7.5
    assert await store.overdue(at(50)) == 45


async def test_the_next_run_due_is_one_that_nobody_holds(store: Store) -> None:
    assert await store.next_due(NOW) is None
    await watch(store)
    await watch(store, "w2", key=RunKey("default", "other"), now=at(3))
    assert await store.next_due(NOW) == at(5)
    await store.claim_runs(now=at(6), limit=1, owner="one", until=at(36))
    assert await store.next_due(at(6)) == at(8)
    assert await store.next_due(at(36)) == at(5)


async def test_the_backlog_is_what_is_due_and_not_held(store: Store) -> None:
    for n in range(5):
        await watch(store, f"w{n}", key=RunKey("default", f"run{n}"))
    assert await store.due_runs(at(4.9), 9) == 0
    assert await store.due_runs(at(5), 9) == 5
    assert await store.due_runs(at(5), 3) == 3
    await store.claim_runs(now=at(5), limit=2, owner="one", until=at(35))
    assert await store.due_runs(at(5), 9) == 3


async def test_a_new_stretch_of_watching_begins_with_a_new_pace(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    again = await watch(store, "w2", now=at(60))
    assert (again.tracked.pace.looks, again.tracked.pace.answered) == (1, 0)


async def test_polls_of_one_owner_at_the_same_time_lose_nothing(replicas: Replicas) -> None:
    keys = [RunKey("default", f"run{n}") for n in range(20)]
    for n, key in enumerate(keys):
        await watch(replicas.one, f"w{n}", key=key, live=False)
    claimed = await replicas.one.claim_runs(now=at(5), limit=99, owner="one", until=at(60))
    saved = await asyncio.gather(
        *(
            (replicas.one, replicas.two)[n % 2].save_poll(
                finished(tracked, at(6)), owner="one", notices_for=final_notices, now=at(6)
            )
            for n, tracked in enumerate(claimed)
        )
    )
    assert saved == [True] * 20
    told = set()
    while (await replicas.one.backlog(at(7))).age:
        told.add((await tell(replicas.one, at(7))).telling.notice.dedupe_key)
    assert told == {f"report:w{n}" for n in range(20)}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(), counts=st.dictionaries(st.sampled_from(Outcome), st.integers(0, 10**9)))
async def test_any_words_and_numbers_of_qatech_are_kept(
    store: Store, text: str, counts: dict[Outcome, int]
) -> None:
    await watch(store)
    tracked = await claim_run(store, at(9e6))
    words = FAILED.model_copy(update={"result": text, "status": text, "id": text})
    saved = replace(
        finished(tracked, at(9e6)),
        run=words,
        status=text,
        progress=Progress(counts=counts),
        active=True,
        watches_end=None,
        changed=False,
        next_poll_at=at(5),
    )
    assert await store.save_poll(saved, owner="one", notices_for=_owes_nothing, now=at(9e6))
    found = await store.find_watch(KEY, "C1")
    assert found is not None
    assert found.tracked.run == words
    assert found.tracked.progress == saved.progress
