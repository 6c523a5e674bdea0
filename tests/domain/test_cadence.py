"""When a run is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Bounds, next_poll_at, retry_poll_at, wants_cases
from bot.domain.run import Outcome, Progress
from tests.domain.build import NOW, tracked_run

BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)


def _seconds(at: datetime) -> float:
    return (at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("still_for", "expected"), [(0, 5), (20, 5), (60, 15), (120, 30), (3600, 30)]
)
def test_a_run_is_polled_more_rarely_the_longer_it_stands_still(
    still_for: int, expected: float
) -> None:
    tracked = tracked_run(changed_at=NOW - timedelta(seconds=still_for))
    assert _seconds(next_poll_at(tracked, NOW, BOUNDS)) == expected


def test_a_run_is_polled_often_when_four_fifths_of_its_test_cases_have_finished() -> None:
    counts = {Outcome.PASSED: 8, Outcome.IN_PROGRESS: 2}
    tracked = tracked_run(changed_at=NOW - timedelta(hours=1), progress=Progress(counts=counts))
    assert _seconds(next_poll_at(tracked, NOW, BOUNDS)) == 5


@given(
    still_for=st.floats(min_value=0, max_value=1e6),
    least=st.floats(min_value=0.1, max_value=60),
    factor=st.floats(min_value=1, max_value=100),
)
def test_the_interval_stays_within_its_bounds(
    still_for: float, least: float, factor: float
) -> None:
    bounds = Bounds(poll_min_seconds=least, poll_max_seconds=least * factor, timeout_hours=24)
    tracked = tracked_run(changed_at=NOW - timedelta(seconds=still_for))
    interval = _seconds(next_poll_at(tracked, NOW, bounds))
    assert least - 1e-3 <= interval <= least * factor + 1e-3


@pytest.mark.parametrize(("failures", "expected"), [(1, 5), (2, 10), (3, 20), (4, 30), (99, 30)])
def test_the_pause_doubles_while_nothing_answers(failures: int, expected: float) -> None:
    assert _seconds(retry_poll_at(failures, NOW, BOUNDS, None)) == expected


def test_what_qatech_asks_to_wait_is_waited_for_even_beyond_the_upper_bound() -> None:
    assert _seconds(retry_poll_at(1, NOW, BOUNDS, 120.0)) == 120
    assert _seconds(retry_poll_at(3, NOW, BOUNDS, 1.0)) == 20


def test_test_cases_are_asked_for_only_when_a_live_message_can_show_them() -> None:
    assert not wants_cases(tracked_run(live=False), NOW, BOUNDS)
    assert wants_cases(tracked_run(live=True, cases_seen_at=None), NOW, BOUNDS)
    recent = tracked_run(live=True, cases_seen_at=NOW - timedelta(seconds=14))
    assert not wants_cases(recent, NOW, BOUNDS)
    older = tracked_run(live=True, cases_seen_at=NOW - timedelta(seconds=15))
    assert wants_cases(older, NOW, BOUNDS)


def test_moments_keep_their_time_zone() -> None:
    assert next_poll_at(tracked_run(), NOW, BOUNDS).tzinfo is UTC
