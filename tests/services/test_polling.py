"""The sweep: what is looked at, what is saved, whom it owes a notice."""

import asyncio
import uuid
from dataclasses import dataclass, field

import pytest

from bot.domain.cadence import Bounds
from bot.domain.errors import (
    AccessDenied,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
)
from bot.domain.notice import progress_notice
from bot.domain.observe import Observation
from bot.domain.run import Outcome, Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch, WatchState
from bot.services.polling import LEASE_SECONDS, SLOTS, Polling
from bot.services.ports import BARE, CASES, WHOLE, Look
from tests.domain.build import KEY, case, run
from tests.fakes.clock import SteppedClock
from tests.fakes.events import FakeEvents
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)
HALF_DONE = run(run_test_cases=(case("a"), case("b", status="RUNNING", result=None)))
DONE = run("COMPLETED", "PASSED", run_test_cases=(case("a"), case("b")), issues=())


@dataclass(slots=True)
class Bench:
    """A store, a QA.tech, and the polling of one replica."""

    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    clock: SteppedClock = field(default_factory=SteppedClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    wakes: list[bool] = field(default_factory=list)

    def replica(self, owner: str) -> Polling:
        return Polling(
            store=self.store,
            qatech=self.qatech,
            bounds=BOUNDS,
            clock=self.clock,
            owner=owner,
            wake=lambda: self.wakes.append(True),
            events=self.events,
        )

    async def watch(
        self,
        channel: str = "C1",
        *,
        key: RunKey = KEY,
        live: bool = True,
        seen: Run | None = HALF_DONE,
    ) -> Watch:
        opened = await self.store.open_watch(
            NewWatch(id=uuid.uuid4().hex, key=key, channel=channel, asked_by="U1", live=live),
            seen=seen,
            next_poll_at=self.clock(),
            notices_for=lambda watch: (progress_notice(watch),) if watch.live else (),
            now=self.clock(),
        )
        return opened.watch

    async def poll(self, after: float = 0.0) -> list[Observation]:
        """One sweep to its end; what its polls came to."""
        before = len(self.events.observations)
        self.clock.step(after)
        polling = self.replica("one")
        await polling.sweep()
        await polling.finish()
        return [observation for _, observation, _ in self.events.observations[before:]]

    async def tracked(self, channel: str = "C1", key: RunKey = KEY) -> TrackedRun:
        found = await self.store.last_watch(key, channel)
        assert found is not None
        return found.tracked

    async def state(self, channel: str = "C1") -> WatchState:
        found = await self.store.last_watch(KEY, channel)
        assert found is not None
        return found.watch.state

    def looks(self) -> list[Look]:
        return [look for _, look in self.qatech.asked]

    def kinds(self) -> list[str]:
        """Each notice's kind, in the order in which they were written."""
        return [kept.new.fact.kind for kept in self.store.kept.values()]


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.qatech.put(KEY, HALF_DONE)
    return bench


async def test_nothing_is_asked_while_nothing_is_watched(bench: Bench) -> None:
    assert await bench.poll() == []
    assert bench.qatech.asked == []


async def test_a_run_is_polled_once_however_many_channels_watch_it(bench: Bench) -> None:
    for channel in ("C1", "C2", "C3"):
        await bench.watch(channel)
    bench.qatech.put(KEY, DONE)
    assert await bench.poll() == [Observation.FINISHED]
    assert len(bench.qatech.asked) == 2
    reports = [kept for kept in bench.store.kept.values() if kept.new.fact.kind == "run_finished"]
    assert [report.new.channel for report in reports] == ["C1", "C2", "C3"]


async def test_a_run_is_not_polled_again_before_it_is_due(bench: Bench) -> None:
    await bench.watch()
    await bench.poll()
    assert await bench.poll(after=4.9) == []
    assert await bench.poll(after=0.1) == [Observation.UNCHANGED]


async def test_progress_is_saved_and_gives_the_live_message_a_new_version(bench: Bench) -> None:
    watch = await bench.watch(seen=run("INITIATED"))
    assert await bench.poll(after=5) == [Observation.PROGRESSED]
    tracked = await bench.tracked()
    assert (tracked.status, tracked.progress[Outcome.PASSED], tracked.polls) == ("RUNNING", 1, 1)
    assert bench.store.kept[f"live:{watch.id}"].version == 2
    assert bench.wakes == [True]


async def test_what_has_not_changed_writes_and_wakes_nothing(bench: Bench) -> None:
    watch = await bench.watch()
    assert await bench.poll(after=20) == [Observation.UNCHANGED]
    assert bench.store.kept[f"live:{watch.id}"].version == 1
    assert bench.wakes == []


async def test_a_minute_more_is_news_for_the_live_message_alone(bench: Bench) -> None:
    live = await bench.watch()
    await bench.watch("C2", live=False)
    assert await bench.poll(after=60) == [Observation.AGED]
    assert bench.store.kept[f"live:{live.id}"].version == 2
    assert bench.kinds() == ["run_progressed"]


async def test_the_first_answer_to_an_unverified_watch_starts_it(bench: Bench) -> None:
    watch = await bench.watch(seen=None)
    assert not (await bench.tracked()).is_verified
    assert await bench.poll() == [Observation.STARTED]
    assert (await bench.tracked()).is_verified
    assert bench.store.kept[f"live:{watch.id}"].version == 2


async def test_a_watch_without_a_live_message_is_looked_at_bare(bench: Bench) -> None:
    await bench.watch(live=False)
    await bench.poll()
    await bench.poll(after=30)
    assert bench.looks() == [BARE, BARE]
    assert bench.kinds() == []


async def test_test_cases_are_asked_for_no_more_often_than_the_live_message_is_edited(
    bench: Bench,
) -> None:
    await bench.watch()
    for _ in range(5):
        await bench.poll(after=5)
    assert bench.looks() == [BARE, BARE, CASES, BARE, BARE]


async def test_the_end_of_a_live_watch_is_a_whole_look_a_report_and_a_verdict(
    bench: Bench,
) -> None:
    watch = await bench.watch()
    bench.qatech.put(KEY, DONE)
    assert await bench.poll(after=15) == [Observation.FINISHED]
    assert bench.looks() == [CASES, WHOLE]
    assert list(bench.store.kept) == [
        f"live:{watch.id}",
        f"report:{watch.id}",
        f"verdict:{watch.id}",
    ]
    assert bench.store.kept[f"live:{watch.id}"].state == "superseded"
    tracked = await bench.tracked()
    assert (tracked.run, tracked.active, tracked.result) == (DONE, False, "PASSED")
    assert await bench.state() is WatchState.ENDED
    assert bench.wakes == [True]
    assert await bench.poll(after=3600) == []


async def test_the_end_of_a_watch_without_a_live_message_is_a_report_alone(bench: Bench) -> None:
    watch = await bench.watch(live=False)
    bench.qatech.put(KEY, DONE)
    await bench.poll()
    assert list(bench.store.kept) == [f"report:{watch.id}"]
    assert bench.looks() == [BARE, WHOLE]


@pytest.mark.parametrize(
    ("status", "result"),
    [("COMPLETED", None), ("ERROR", None), ("CANCELLED", "FAILED"), ("BEAMED_UP", "PASSED")],
)
async def test_every_end_ends_the_watch(bench: Bench, status: str, result: str | None) -> None:
    await bench.watch()
    bench.qatech.put(KEY, run(status, result))
    assert await bench.poll() == [Observation.FINISHED]
    assert (await bench.tracked()).status == status


async def test_a_run_that_goes_on_again_at_its_final_look_is_watched_on(bench: Bench) -> None:
    await bench.watch()
    bench.qatech.put(KEY, DONE, HALF_DONE)
    await bench.poll(after=15)
    tracked = await bench.tracked()
    assert (tracked.status, tracked.active) == ("RUNNING", True)
    assert await bench.state() is WatchState.ACTIVE
    assert "run_finished" not in bench.kinds()


async def test_a_final_look_that_fails_is_repeated_before_anything_is_told(bench: Bench) -> None:
    await bench.watch()
    bench.qatech.put(KEY, DONE)
    bench.qatech.fail(Unavailable("QA.tech answered 502"), look=WHOLE, times=1)
    assert await bench.poll() == [Observation.NO_ANSWER]
    tracked = await bench.tracked()
    assert (tracked.status, tracked.active, tracked.final_failures) == ("COMPLETED", True, 1)
    assert "run_finished" not in bench.kinds()
    assert await bench.poll(after=5) == [Observation.FINISHED]
    assert bench.kinds().count("run_finished") == 1


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("QA.tech answered 500"),
        UnexpectedAnswer("larger than 16 MB"),
        AccessDenied("QA.tech answered 403"),
        RunNotFound("QA.tech answered 404"),
    ],
)
async def test_a_run_whose_whole_cannot_be_had_is_reported_with_less(
    bench: Bench, error: Exception
) -> None:
    await bench.watch(live=False)
    bench.qatech.put(KEY, DONE)
    bench.qatech.fail(error, look=WHOLE)
    observations = [await bench.poll(after=30) for _ in range(4)]
    assert observations == [[Observation.NO_ANSWER]] * 3 + [[Observation.FINISHED]]
    assert bench.looks()[-1] == CASES
    saved = (await bench.tracked()).run
    assert saved is not None
    assert len(saved.run_test_cases) == 2
    assert saved.issues is None


async def test_a_run_of_which_only_the_status_can_be_had_is_reported_with_that(
    bench: Bench,
) -> None:
    await bench.watch(live=False)
    bench.qatech.put(KEY, DONE)
    bench.qatech.fail(Unavailable("too slow"), look=WHOLE)
    bench.qatech.fail(Unavailable("too slow"), look=CASES)
    observations = [await bench.poll(after=30) for _ in range(7)]
    assert observations == [[Observation.NO_ANSWER]] * 6 + [[Observation.FINISHED]]
    assert bench.looks()[-1] == BARE
    assert await bench.state() is WatchState.ENDED


async def test_a_run_that_vanishes_is_given_up_at_the_third_404(bench: Bench) -> None:
    watch = await bench.watch()
    bench.qatech.remove(KEY)
    observations = [await bench.poll(after=30) for _ in range(4)]
    assert observations == [
        [Observation.MISSING],
        [Observation.MISSING],
        [Observation.VANISHED],
        [],
    ]
    assert await bench.state() is WatchState.GIVEN_UP
    assert f"ended:{watch.id}" in bench.store.kept
    assert f"ended-reply:{watch.id}" in bench.store.kept
    assert bench.events.failures == []


async def test_a_refused_key_gives_up_at_the_third_refusal(bench: Bench) -> None:
    await bench.watch(live=False)
    bench.qatech.fail(AccessDenied("QA.tech answered 401"))
    observations = [await bench.poll(after=30) for _ in range(3)]
    assert observations == [[Observation.DENIED], [Observation.DENIED], [Observation.REFUSED]]
    assert bench.kinds() == ["watch_ended"]
    assert len(bench.events.failures) == 3


async def test_one_answer_between_refusals_counts_them_anew(bench: Bench) -> None:
    await bench.watch(live=False)
    bench.qatech.fail(AccessDenied("rotated"), times=2)
    for _ in range(3):
        await bench.poll(after=30)
    assert (await bench.tracked()).refusals == 0
    assert await bench.state() is WatchState.ACTIVE
    assert bench.events.answers == 1


async def test_a_run_that_never_ends_is_given_up_after_the_time_out(bench: Bench) -> None:
    await bench.watch()
    assert await bench.poll(after=24 * 3600) == [Observation.EXPIRED]
    assert await bench.state() is WatchState.GIVEN_UP
    assert bench.kinds()[-2:] == ["watch_ended", "watch_ended_reply"]


async def test_rate_limiting_is_waited_out_for_as_long_as_qatech_asks(bench: Bench) -> None:
    await bench.watch()
    bench.qatech.fail(RateLimited("429", retry_after=90), times=1)
    assert await bench.poll() == [Observation.NO_ANSWER]
    assert await bench.poll(after=89) == []
    assert len(await bench.poll(after=1)) == 1


async def test_without_an_answer_the_interval_doubles(bench: Bench) -> None:
    await bench.watch(live=False)
    bench.qatech.fail(Unavailable("no connection"))
    waits = []
    for _ in range(5):
        await bench.poll(after=30)
        waits.append(((await bench.tracked()).next_poll_at - bench.clock()).total_seconds())
    assert waits == [5, 10, 20, 30, 30]


async def test_a_poll_that_lost_its_lease_saves_and_tells_nothing(bench: Bench) -> None:
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


async def test_a_poll_that_crashes_is_reported_and_stops_no_other(bench: Bench) -> None:
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


async def test_slots_are_bounded_and_filled_again_as_they_come_free(bench: Bench) -> None:
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


async def test_finishing_with_nothing_under_way_returns_at_once(bench: Bench) -> None:
    await bench.replica("one").finish()
