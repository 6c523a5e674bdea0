"""The pure step of a poll."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Bounds
from bot.domain.observe import (
    STRIKES,
    Answer,
    Denied,
    Missing,
    NoAnswer,
    Observation,
    Seen,
    observe,
)
from bot.domain.run import Outcome, Progress
from bot.domain.watch import TrackedRun, WatchEnd
from tests.domain.build import NOW, case, run, tracked_run

BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)
LATER = NOW + timedelta(seconds=20)
TOO_LATE = NOW + timedelta(hours=24)


def _seen(status: str, result: str | None = None, *, final: bool = False, cases: int = 0) -> Seen:
    done = tuple(case(str(number)) for number in range(cases))
    return Seen(run(status, result, run_test_cases=done), with_cases=cases > 0, final=final)


def _after(tracked: TrackedRun, *answers: Answer) -> list[Observation]:
    observations = []
    for answer in answers:
        step = observe(tracked, answer, LATER, BOUNDS)
        tracked = step.tracked
        observations.append(step.observation)
    return observations


def test_nothing_new_is_unchanged_and_no_news() -> None:
    step = observe(tracked_run(), _seen("RUNNING"), LATER, BOUNDS)
    assert (step.observation, step.is_news) == (Observation.UNCHANGED, False)
    assert step.tracked.polls == 1
    assert step.tracked.changed_at == NOW


def test_another_status_is_progress() -> None:
    step = observe(tracked_run(status="INITIATED"), _seen("RUNNING"), LATER, BOUNDS)
    assert (step.observation, step.is_news) == (Observation.PROGRESSED, True)
    assert step.tracked.changed_at == LATER


def test_an_unknown_status_is_progress_and_kept_as_it_is() -> None:
    step = observe(tracked_run(), _seen("PAUSED_BY_MOON"), LATER, BOUNDS)
    assert step.tracked.status == "PAUSED_BY_MOON"
    assert step.tracked.active


def test_a_finished_test_case_is_progress() -> None:
    step = observe(tracked_run(), _seen("RUNNING", cases=2), LATER, BOUNDS)
    assert step.observation is Observation.PROGRESSED
    assert step.tracked.progress == Progress(counts={Outcome.PASSED: 2})
    assert step.tracked.cases_seen_at == LATER


def test_a_look_without_test_cases_keeps_those_known() -> None:
    known = tracked_run(progress=Progress(counts={Outcome.PASSED: 2}), cases_seen_at=NOW)
    step = observe(known, _seen("RUNNING"), LATER, BOUNDS)
    assert step.tracked.progress.total == 2
    assert step.tracked.cases_seen_at == NOW


def test_a_minute_more_is_told_in_the_live_message() -> None:
    watched_long = tracked_run(
        progress=Progress(counts={Outcome.PASSED: 1}),
        watched_since=NOW - timedelta(seconds=170),
        cases_seen_at=NOW,
    )
    aged = observe(watched_long, _seen("RUNNING", cases=1), LATER, BOUNDS)
    assert (aged.observation, aged.is_news) == (Observation.AGED, True)
    soon = observe(watched_long, _seen("RUNNING", cases=1), NOW + timedelta(seconds=5), BOUNDS)
    assert soon.observation is Observation.UNCHANGED


def test_the_first_answer_to_a_wish_that_waited_is_news() -> None:
    step = observe(tracked_run(status=""), _seen("RUNNING"), LATER, BOUNDS)
    assert (step.observation, step.is_news) == (Observation.STARTED, True)


@pytest.mark.parametrize("status", ["COMPLETED", "ERROR", "CANCELLED", "completed", "Cancelled"])
def test_a_final_status_calls_for_the_whole_run(status: str) -> None:
    step = observe(tracked_run(), _seen(status), LATER, BOUNDS)
    assert (step.observation, step.is_news) == (Observation.ENDING, False)
    assert step.tracked.active


def test_an_unknown_status_with_a_result_is_an_end() -> None:
    assert _after(tracked_run(), _seen("WOUND_UP", "PASSED")) == [Observation.ENDING]


@pytest.mark.parametrize("result", ["PASSED", "FAILED", "SKIPPED", None, "DUBIOUS"])
def test_the_whole_run_ends_the_watch(result: str | None) -> None:
    step = observe(tracked_run(), _seen("COMPLETED", result, final=True, cases=3), LATER, BOUNDS)
    assert (step.observation, step.is_news, step.ends) == (Observation.FINISHED, True, None)
    assert not step.tracked.active
    assert step.tracked.run is not None
    assert step.tracked.progress.total == 3


def test_a_failed_final_look_is_counted_and_tried_again() -> None:
    ending = observe(tracked_run(), _seen("COMPLETED", "PASSED"), LATER, BOUNDS).tracked
    step = observe(ending, NoAnswer(while_ending=True), LATER, BOUNDS)
    assert step.observation is Observation.NO_ANSWER
    assert step.tracked.final_failures == 1
    assert step.tracked.active


def test_a_run_that_goes_on_again_forgets_its_failed_final_looks() -> None:
    step = observe(tracked_run(final_failures=2), _seen("RUNNING"), LATER, BOUNDS)
    assert step.tracked.final_failures == 0


@pytest.mark.parametrize(
    ("answer", "first", "last", "why"),
    [
        (Missing(), Observation.MISSING, Observation.VANISHED, WatchEnd.VANISHED),
        (Denied(), Observation.DENIED, Observation.REFUSED, WatchEnd.REFUSED),
    ],
)
def test_the_third_strike_in_a_row_ends_the_watches(
    answer: Answer, first: Observation, last: Observation, why: WatchEnd
) -> None:
    tracked = tracked_run()
    for _ in range(STRIKES - 1):
        step = observe(tracked, answer, LATER, BOUNDS)
        assert (step.observation, step.ends) == (first, None)
        assert step.tracked.active
        tracked = step.tracked
    step = observe(tracked, answer, LATER, BOUNDS)
    assert (step.observation, step.ends) == (last, why)
    assert not step.tracked.active


def test_an_answer_between_takes_the_strikes_back() -> None:
    struck_twice = tracked_run(missing=2, refusals=2, failures=7)
    step = observe(struck_twice, _seen("RUNNING"), LATER, BOUNDS)
    assert (step.tracked.missing, step.tracked.refusals, step.tracked.failures) == (0, 0, 0)


def test_silence_is_waited_out_for_longer_and_longer() -> None:
    tracked, pauses = tracked_run(), []
    for _ in range(4):
        tracked = observe(tracked, NoAnswer(), LATER, BOUNDS).tracked
        pauses.append((tracked.next_poll_at - LATER).total_seconds())
    assert pauses == [5, 10, 20, 30]


def test_a_qatech_that_was_not_asked_is_no_failure_of_the_run() -> None:
    failing = observe(tracked_run(), NoAnswer(), NOW, BOUNDS).tracked
    left = observe(failing, NoAnswer(retry_after=12, was_asked=False), NOW, BOUNDS)
    assert left.observation is Observation.NO_ANSWER
    assert (left.tracked.failures, left.tracked.polls) == (failing.failures, failing.polls)
    assert left.tracked.next_poll_at == NOW + timedelta(seconds=12)
    soon = observe(failing, NoAnswer(retry_after=0, was_asked=False), NOW, BOUNDS).tracked
    assert soon.next_poll_at == NOW + timedelta(seconds=BOUNDS.poll_min_seconds)
    ending = NoAnswer(retry_after=12, while_ending=True, was_asked=False)
    assert observe(failing, ending, NOW, BOUNDS).tracked.final_failures == 0


def test_silence_neither_forgives_nor_adds_strikes() -> None:
    step = observe(tracked_run(missing=2), NoAnswer(), LATER, BOUNDS)
    assert step.tracked.missing == 2
    assert step.tracked.active


@pytest.mark.parametrize("answer", [_seen("RUNNING"), NoAnswer()])
def test_a_run_is_given_up_after_its_time(answer: Answer) -> None:
    step = observe(tracked_run(), answer, TOO_LATE, BOUNDS)
    assert (step.observation, step.ends) == (Observation.EXPIRED, WatchEnd.EXPIRED)
    assert not step.tracked.active


def test_a_run_known_to_have_ended_is_not_given_up_for_its_age() -> None:
    ending = tracked_run(status="COMPLETED", result="FAILED")
    step = observe(ending, NoAnswer(while_ending=True), TOO_LATE, BOUNDS)
    assert step.observation is Observation.NO_ANSWER


def test_a_run_that_has_ended_is_reported_even_after_its_time() -> None:
    step = observe(tracked_run(), _seen("COMPLETED", "PASSED", final=True), TOO_LATE, BOUNDS)
    assert step.observation is Observation.FINISHED


_ANSWERS = st.one_of(
    st.builds(
        Seen,
        st.builds(
            run,
            st.sampled_from(["INITIATED", "RUNNING", "COMPLETED", "ERROR", "", "X"]),
            st.sampled_from([None, "PASSED", "FAILED", "", "Y"]),
        ),
        with_cases=st.booleans(),
    ),
    st.just(Missing()),
    st.just(Denied()),
    st.builds(NoAnswer, st.none() | st.floats(0, 600), while_ending=st.booleans()),
)


@given(answers=st.lists(_ANSWERS, max_size=12))
def test_whatever_is_answered_an_active_run_is_due_again_and_an_ended_one_has_a_reason(
    answers: list[Answer],
) -> None:
    tracked = tracked_run()
    for answer in answers:
        step = observe(tracked, answer, LATER, BOUNDS)
        if step.tracked.active:
            assert step.tracked.next_poll_at >= LATER + timedelta(seconds=5)
            assert step.ends is None
        else:
            assert step.ends is not None
            break
        tracked = step.tracked
