"""The end of a watch: the final look, and what ends a watch before its run."""

import pytest

from bot.domain.errors import (
    AccessDenied,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
)
from bot.domain.observe import Observation
from bot.domain.watch import WatchState
from bot.services.ports import BARE, CASES, WHOLE
from tests.domain.build import KEY, run
from tests.services.polling_bench import DONE, HALF_DONE, PollingBench


async def test_the_end_of_a_live_watch_is_a_whole_look_a_report_and_a_verdict(
    bench: PollingBench,
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


async def test_the_end_of_a_watch_without_a_live_message_is_a_report_alone(
    bench: PollingBench,
) -> None:
    watch = await bench.watch(live=False)
    bench.qatech.put(KEY, DONE)
    await bench.poll()
    assert list(bench.store.kept) == [f"report:{watch.id}"]
    assert bench.looks() == [BARE, WHOLE]


@pytest.mark.parametrize(
    ("status", "result"),
    [("COMPLETED", None), ("ERROR", None), ("CANCELLED", "FAILED"), ("BEAMED_UP", "PASSED")],
)
async def test_every_end_ends_the_watch(
    bench: PollingBench, status: str, result: str | None
) -> None:
    await bench.watch()
    bench.qatech.put(KEY, run(status, result))
    assert await bench.poll() == [Observation.FINISHED]
    assert (await bench.tracked()).status == status


async def test_a_run_that_goes_on_again_at_its_final_look_is_watched_on(
    bench: PollingBench,
) -> None:
    await bench.watch()
    bench.qatech.put(KEY, DONE, HALF_DONE)
    await bench.poll(after=15)
    tracked = await bench.tracked()
    assert (tracked.status, tracked.active) == ("RUNNING", True)
    assert await bench.state() is WatchState.ACTIVE
    assert "run_finished" not in bench.kinds()


async def test_a_final_look_that_fails_is_repeated_before_anything_is_told(
    bench: PollingBench,
) -> None:
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
    bench: PollingBench, error: Exception
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
    bench: PollingBench,
) -> None:
    await bench.watch(live=False)
    bench.qatech.put(KEY, DONE)
    bench.qatech.fail(Unavailable("too slow"), look=WHOLE)
    bench.qatech.fail(Unavailable("too slow"), look=CASES)
    observations = [await bench.poll(after=30) for _ in range(8)]
    assert observations == [[Observation.NO_ANSWER]] * 7 + [[Observation.FINISHED]]
    assert bench.looks()[-1] == BARE
    assert await bench.state() is WatchState.ENDED


async def test_a_run_that_vanishes_is_given_up_at_the_third_404(bench: PollingBench) -> None:
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


async def test_a_refused_key_gives_up_at_the_third_refusal(bench: PollingBench) -> None:
    await bench.watch(live=False)
    bench.qatech.fail(AccessDenied("QA.tech answered 401"))
    observations = [await bench.poll(after=30) for _ in range(3)]
    assert observations == [[Observation.DENIED], [Observation.DENIED], [Observation.REFUSED]]
    assert bench.kinds() == ["watch_ended"]


async def test_one_answer_between_refusals_counts_them_anew(bench: PollingBench) -> None:
    await bench.watch(live=False)
    bench.qatech.fail(AccessDenied("rotated"), times=2)
    for _ in range(3):
        await bench.poll(after=30)
    assert (await bench.tracked()).refusals == 0
    assert await bench.state() is WatchState.ACTIVE


async def test_a_run_that_never_ends_is_given_up_after_the_time_out(bench: PollingBench) -> None:
    await bench.watch()
    assert await bench.poll(after=24 * 3600) == [Observation.EXPIRED]
    assert await bench.state() is WatchState.GIVEN_UP
    assert bench.kinds()[-2:] == ["watch_ended", "watch_ended_reply"]
