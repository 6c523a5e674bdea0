"""When a run is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Bounds, next_poll_at, retry_poll_at, wants_cases
from bot.domain.pace import Pace
from bot.domain.run import Outcome, Progress
from bot.domain.watch import TrackedRun
from tests.domain.build import NOW, tracked_run

BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)

_PACES = st.builds(
    Pace,
    looks=st.integers(0, 1000),
    case_looks=st.integers(0, 1000),
    answered=st.floats(0, 1e5),
    started=st.none() | st.floats(0, 1e5),
    cases_at=st.none() | st.floats(0, 1e5),
    first_at=st.floats(0, 1e5),
    first_finished=st.integers(0, 300),
    finished=st.integers(0, 300),
    moved=st.none() | st.floats(0, 1e5),
    waiting=st.integers(0, 300),
    working=st.integers(0, 300),
    usual=st.none() | st.lists(st.floats(-1, 1e5), max_size=5).map(tuple),
)


def _seconds(at: datetime) -> float:
    return (at - NOW).total_seconds()


def _interval(tracked: TrackedRun, bounds: Bounds = BOUNDS, *, queue_seconds: float = 0.0) -> float:
    return _seconds(next_poll_at(tracked, NOW, bounds, queue_seconds=queue_seconds))


def _watched(seconds: float, **pace: object) -> TrackedRun:
    """A run that left the queue when watching began, so many seconds ago."""
    known = {"started": 0.0, "cases_at": seconds, "answered": seconds, **pace}
    return tracked_run(watched_since=NOW - timedelta(seconds=seconds), pace=Pace(**known))  # type: ignore[arg-type] # the tests name fields of their own


def test_a_run_in_the_queue_is_polled_at_the_longest_interval() -> None:
    assert _interval(tracked_run(status="INITIATED")) == 30
    assert _interval(tracked_run(status="initiated")) == 30


def test_a_run_that_may_break_off_is_polled_at_least_every_20_seconds() -> None:
    assert _interval(_watched(3000, waiting=200, working=4, finished=4, moved=2990.0)) == 20


def test_a_steady_run_is_polled_rarely_at_first_and_ever_more_often_near_its_end() -> None:
    intervals = [
        _interval(_watched(30.0 * n, finished=n, working=20 - n, moved=30.0 * n - 5))
        for n in range(1, 21)
    ]
    assert set(intervals[:15]) == {20}
    assert intervals == sorted(intervals, reverse=True)
    assert intervals[18:] == [5, 5]


def test_test_cases_that_have_not_begun_put_the_end_off() -> None:
    nearly = {"finished": 40, "moved": 395.0}
    assert _interval(_watched(400, working=2, **nearly)) == 5
    assert _interval(_watched(400, working=1, waiting=1, **nearly)) > 5


def test_a_run_is_polled_often_when_the_suite_usually_ends() -> None:
    usual = {"usual": (600.0, 610.0, 580.0), "working": 8}
    assert _interval(_watched(300, **usual)) == 20
    assert _interval(_watched(560, **usual)) == 5


def test_a_run_that_takes_longer_than_it_ever_did_is_given_time_again() -> None:
    assert _interval(_watched(1500, usual=(600.0, 610.0, 580.0), working=8)) > 5


def test_the_time_in_the_queue_does_not_count_as_the_usual_time() -> None:
    assert _interval(_watched(900, started=600.0, usual=(600.0,), working=8)) == 20


def test_no_more_than_a_look_for_every_seven_seconds_is_spent_in_the_long_run() -> None:
    near_its_end = {"finished": 19, "working": 1, "moved": 590.0}
    assert _interval(_watched(600, looks=60, **near_its_end)) == 5
    assert _interval(_watched(600, looks=90, **near_its_end)) == 20


@given(
    age=st.floats(min_value=0, max_value=1e5),
    pace=_PACES,
    status=st.sampled_from(["INITIATED", "RUNNING", ""]),
    least=st.floats(min_value=0.1, max_value=60),
    factor=st.floats(min_value=1, max_value=100),
)
def test_the_interval_stays_within_its_bounds(
    age: float, pace: Pace, status: str, least: float, factor: float
) -> None:
    bounds = Bounds(poll_min_seconds=least, poll_max_seconds=least * factor, timeout_hours=24)
    tracked = tracked_run(status=status, pace=pace, watched_since=NOW - timedelta(seconds=age))
    assert least - 1e-3 <= _interval(tracked, bounds) <= least * factor + 1e-3


@given(scale=st.floats(min_value=0.02, max_value=20), finished=st.integers(1, 20))
def test_what_counts_is_the_shape_of_a_run_and_not_its_length(scale: float, finished: int) -> None:
    def interval(unit: float) -> float:
        bounds = Bounds(poll_min_seconds=5 * unit, poll_max_seconds=30 * unit, timeout_hours=24)
        parts = {"finished": finished, "working": 20 - finished, "moved": 29.0 * finished * unit}
        return _interval(_watched(30.0 * finished * unit, **parts), bounds)

    assert interval(scale) == pytest.approx(interval(1.0) * scale, rel=0.25)


def test_where_requests_are_short_runs_far_from_their_end_make_way() -> None:
    far = _watched(300, finished=10, working=2, waiting=300, moved=290.0)
    near = _watched(600, finished=195, working=1, moved=599.0)
    assert (_interval(far), _interval(near)) == (20, 5)
    assert (_interval(far, queue_seconds=2), _interval(near, queue_seconds=2)) == (20, 5)
    assert _interval(far, queue_seconds=20) == pytest.approx(200)
    assert _interval(near, queue_seconds=20) < 20


@pytest.mark.parametrize(("failures", "expected"), [(1, 5), (2, 10), (3, 20), (4, 30), (99, 30)])
def test_the_pause_doubles_while_nothing_answers(failures: int, expected: float) -> None:
    assert _seconds(retry_poll_at(failures, NOW, BOUNDS, None)) == expected


def test_what_qatech_asks_to_wait_is_waited_for_even_beyond_the_upper_bound() -> None:
    assert _seconds(retry_poll_at(1, NOW, BOUNDS, 120.0)) == 120
    assert _seconds(retry_poll_at(3, NOW, BOUNDS, 1.0)) == 20


@pytest.mark.parametrize("live", [True, False])
def test_test_cases_are_asked_for_no_more_often_than_a_live_message_is_edited(live: bool) -> None:
    assert wants_cases(tracked_run(live=live, cases_seen_at=None), NOW, BOUNDS)
    recent = tracked_run(live=live, cases_seen_at=NOW - timedelta(seconds=14))
    assert not wants_cases(recent, NOW, BOUNDS)
    older = tracked_run(live=live, cases_seen_at=NOW - timedelta(seconds=15))
    assert wants_cases(older, NOW, BOUNDS)


@pytest.mark.parametrize(
    ("looks", "case_looks", "wanted"),
    [(0, 0, True), (6, 2, False), (7, 2, True), (100, 17, True), (100, 18, False)],
)
def test_test_cases_are_asked_for_at_every_sixth_look_in_the_long_run(
    looks: int, case_looks: int, wanted: bool
) -> None:
    tracked = tracked_run(
        cases_seen_at=NOW - timedelta(hours=1), pace=Pace(looks=looks, case_looks=case_looks)
    )
    assert wants_cases(tracked, NOW, BOUNDS) == wanted


def test_test_cases_are_not_asked_for_where_they_can_show_nothing_new() -> None:
    an_hour_ago = NOW - timedelta(hours=1)
    assert not wants_cases(tracked_run(status="INITIATED", cases_seen_at=an_hour_ago), NOW, BOUNDS)
    all_done = tracked_run(
        progress=Progress(counts={Outcome.PASSED: 3}),
        pace=Pace(finished=3),
        cases_seen_at=an_hour_ago,
    )
    assert not wants_cases(all_done, NOW, BOUNDS)


def test_after_a_look_that_failed_the_smallest_one_is_tried() -> None:
    assert not wants_cases(tracked_run(cases_seen_at=None, failures=1), NOW, BOUNDS)


def test_moments_keep_their_time_zone() -> None:
    assert next_poll_at(tracked_run(), NOW, BOUNDS).tzinfo is UTC
