"""The sweep: what is looked at when, what is saved, and what goes wrong."""

import asyncio

import pytest

from bot.domain.errors import (
    RateLimited,
    Unavailable,
)
from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice
from bot.domain.observe import Observation
from bot.domain.record import record_of
from bot.domain.run import Outcome
from bot.domain.short_id import RunKey
from bot.services.polling import LEASE_SECONDS, SLOTS
from bot.services.ports import BARE, CASES
from tests.domain.build import KEY, case, run
from tests.services.polling_bench import DONE, HALF_DONE, PollingBench


async def test_nothing_is_asked_while_nothing_is_watched(bench: PollingBench) -> None:
    assert await bench.poll() == []
    assert bench.qatech.asked == []


async def test_a_run_is_polled_once_however_many_channels_watch_it(bench: PollingBench) -> None:
    for channel in ("C1", "C2", "C3"):
        await bench.watch(channel)
    bench.qatech.put(KEY, DONE)
    assert await bench.poll() == [Observation.FINISHED]
    assert len(bench.qatech.asked) == 2
    reports = [kept for kept in bench.store.kept.values() if kept.new.fact.kind == "run_finished"]
    assert [report.new.channel for report in reports] == ["C1", "C2", "C3"]


async def test_a_run_is_not_polled_again_before_it_is_due(bench: PollingBench) -> None:
    await bench.watch()
    await bench.poll()
    due = ((await bench.tracked()).next_poll_at - bench.clock()).total_seconds()
    assert await bench.poll(after=due - 0.1) == []
    assert await bench.poll(after=0.1) == [Observation.UNCHANGED]


async def test_progress_is_saved_and_gives_the_live_message_a_new_version(
    bench: PollingBench,
) -> None:
    watch = await bench.watch(seen=run("INITIATED"))
    assert await bench.poll(after=5) == [Observation.PROGRESSED]
    tracked = await bench.tracked()
    assert (tracked.status, tracked.progress[Outcome.PASSED], tracked.polls) == ("RUNNING", 1, 1)
    assert bench.store.kept[f"live:{watch.id}"].version == 2
    assert bench.wakes == [True]


async def test_what_has_not_changed_writes_and_wakes_nothing(bench: PollingBench) -> None:
    watch = await bench.watch()
    assert await bench.poll(after=20) == [Observation.UNCHANGED]
    assert bench.store.kept[f"live:{watch.id}"].version == 1
    assert bench.wakes == []


async def test_a_minute_more_is_news_for_the_live_message_alone(bench: PollingBench) -> None:
    live = await bench.watch()
    await bench.watch("C2", live=False)
    assert await bench.poll(after=60) == [Observation.AGED]
    assert bench.store.kept[f"live:{live.id}"].version == 2
    assert bench.kinds() == ["run_progressed"]


async def test_the_first_answer_to_an_unverified_watch_starts_it(bench: PollingBench) -> None:
    watch = await bench.watch(seen=None)
    assert not (await bench.tracked()).is_verified
    assert await bench.poll() == [Observation.STARTED]
    assert (await bench.tracked()).is_verified
    assert bench.store.kept[f"live:{watch.id}"].version == 2


async def test_a_watch_without_a_live_message_is_told_no_progress(bench: PollingBench) -> None:
    await bench.watch(live=False, seen=run("INITIATED"))
    assert await bench.poll(after=5) == [Observation.PROGRESSED]
    assert await bench.poll(after=60) == [Observation.AGED]
    assert bench.kinds() == []


@pytest.mark.parametrize("live", [True, False])
async def test_test_cases_are_asked_for_at_every_sixth_look(
    bench: PollingBench, live: bool
) -> None:
    await bench.watch(live=live)
    for _ in range(60):
        await bench.poll(after=30)
    assert set(bench.looks()) == {BARE, CASES}
    assert bench.looks().count(CASES) == pytest.approx(60 / 6, abs=2)


async def test_what_is_due_next_is_swept_at_its_moment(bench: PollingBench) -> None:
    await bench.watch("C1")
    await bench.poll()
    due = ((await bench.tracked()).next_poll_at - bench.clock()).total_seconds()
    assert bench.sweeps_in == [due]  # asked for by the poll when it had ended
    await bench.poll(after=due - 0.3)
    assert bench.sweeps_in[1:] == [pytest.approx(0.3)]  # and by a sweep that came too early


async def test_how_long_the_suite_usually_takes_is_looked_up_once(bench: PollingBench) -> None:
    ended = record_of(DONE, KEY.project, bench.clock(), seconds=480.0)
    await bench.store.save_ended(
        RunKey(KEY.project, "before"),
        run=DONE,
        url=None,
        notice_for=lambda _: NewNotice("before", "C9", RunFinished()),
        now=bench.clock(),
        record=ended.model_copy(update={"short_id": "before"}),
    )
    await bench.watch(seen=run())
    await bench.poll(after=5)
    assert (await bench.tracked()).pace.usual == (480.0,)


async def test_a_run_watched_from_its_start_says_how_long_its_suite_takes(
    bench: PollingBench,
) -> None:
    await bench.watch(seen=run("INITIATED"))
    bench.qatech.put(KEY, run(run_test_cases=(case("a", status="RUNNING", result=None),)))
    await bench.poll(after=20)
    for _ in range(5):
        await bench.poll(after=20)
    bench.qatech.put(KEY, DONE)
    assert await bench.poll(after=20) == [Observation.FINISHED]
    remembered = await bench.store.record(KEY)
    assert remembered is not None
    assert remembered.seconds == 120  # half-way between the looks on both sides


async def test_where_more_runs_are_due_than_may_be_asked_for_they_are_polled_more_rarely(
    bench: PollingBench,
) -> None:
    keys = [RunKey("default", f"run{number}") for number in range(300)]
    for key in keys:
        bench.qatech.put(key, run())
        await bench.watch(key=key, seen=run())
    await bench.poll(after=300)  # at ten a second they take half a minute
    first = await bench.tracked(key=keys[0])
    assert (first.next_poll_at - bench.clock()).total_seconds() > 100


async def test_rate_limiting_is_waited_out_for_as_long_as_qatech_asks(bench: PollingBench) -> None:
    await bench.watch()
    bench.qatech.fail(RateLimited("429", retry_after=90), times=1)
    assert await bench.poll() == [Observation.NO_ANSWER]
    assert await bench.poll(after=89) == []
    assert len(await bench.poll(after=1)) == 1


async def test_without_an_answer_the_interval_doubles(bench: PollingBench) -> None:
    await bench.watch(live=False)
    bench.qatech.fail(Unavailable("no connection"))
    waits = []
    for _ in range(5):
        await bench.poll(after=30)
        waits.append(((await bench.tracked()).next_poll_at - bench.clock()).total_seconds())
    assert waits == [5, 10, 20, 30, 30]


async def test_a_poll_that_lost_its_lease_saves_and_tells_nothing(bench: PollingBench) -> None:
    await bench.watch()
    bench.qatech.put(KEY, DONE)
    bench.qatech.gate = asyncio.Event()
    slow, quick = bench.replica("slow"), bench.replica("quick")
    await slow.sweep()
    await asyncio.sleep(0)
    bench.clock.step(LEASE_SECONDS + 1)
    await quick.sweep()
    await asyncio.sleep(0)
    bench.qatech.gate.set()
    await asyncio.gather(slow.finish(), quick.finish())
    assert [(seen, saved) for _, seen, saved in bench.events.observations] == [
        (Observation.FINISHED, False),
        (Observation.FINISHED, True),
    ]
    assert bench.kinds().count("run_finished") == 1
    assert bench.wakes == [True]


async def test_a_poll_that_crashes_is_reported_and_stops_no_other(bench: PollingBench) -> None:
    broken = RunKey("default", "broken")
    bench.qatech.put(broken, HALF_DONE)
    bench.qatech.fail(RuntimeError("a bug"), key=broken)
    await bench.watch(key=broken)
    await bench.watch("C2", seen=run("INITIATED"))
    assert await bench.poll(after=5) == [Observation.PROGRESSED]
    assert bench.events.crashes == ["broken"]
    # Its lease is kept until it expires: a run that crashes is not polled in a tight circle.
    assert len(bench.qatech.asked) == 2
    await bench.poll(after=LEASE_SECONDS + 1)
    assert bench.events.crashes == ["broken", "broken"]


async def test_slots_are_bounded_and_filled_again_as_they_come_free(bench: PollingBench) -> None:
    keys = [RunKey("default", f"run{number}") for number in range(SLOTS + 3)]
    for key in keys:
        bench.qatech.put(key, HALF_DONE)
        await bench.watch(key=key)
    bench.qatech.gate = asyncio.Event()
    polling = bench.replica("one")
    sweep = asyncio.create_task(polling.sweep())
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(bench.qatech.asked) == SLOTS
    await polling.sweep()  # no slot is free: it returns at once
    assert len(bench.qatech.asked) == SLOTS
    bench.qatech.gate.set()
    await sweep
    await polling.finish()
    assert {key for key, _ in bench.qatech.asked} == set(keys)
    assert len(bench.events.observations) == len(keys)


async def test_finishing_with_nothing_under_way_returns_at_once(bench: PollingBench) -> None:
    await bench.replica("one").finish()
