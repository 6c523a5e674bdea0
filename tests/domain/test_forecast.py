"""When a run is likely to end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.forecast import forecast
from bot.domain.pace import Pace

STEADY = Pace(
    looks=20, started=0.0, cases_at=300.0, finished=10, working=10, moved=300.0, answered=300.0
)


def _median(pace: Pace, age: float) -> float:
    """Seconds from now after which the run is as likely to have ended as not."""
    ahead = forecast(pace, age, 5.0)
    return next(seconds for seconds in range(1, 100_000) if ahead.ended_within(seconds) >= 0.5)


def test_the_test_cases_left_take_as_long_as_those_that_finished() -> None:
    assert _median(STEADY, 300) == pytest.approx(300, rel=0.1)


def test_a_run_that_was_joined_late_is_judged_by_what_was_seen_of_it() -> None:
    joined = Pace(
        started=0.0, cases_at=100.0, first_finished=40, finished=50, working=10, moved=100.0
    )
    assert _median(joined, 100) == pytest.approx(100, rel=0.1)


def test_time_that_passes_without_an_end_makes_a_wrong_forecast_weigh_less() -> None:
    assert _median(STEADY, 400) == pytest.approx(200, rel=0.3)
    assert _median(STEADY, 3000) > 300


def test_the_usual_time_counts_from_the_start_of_the_run() -> None:
    queued = Pace(started=500.0, cases_at=600.0, working=8, usual=(300.0, 300.0))
    assert _median(queued, 600) == pytest.approx(200, rel=0.1)


def test_test_cases_that_wait_take_as_many_rounds_as_there_are_places_for_them() -> None:
    # Four at a time; eight finished in 200 s, so that one takes about 80 s.
    waves = Pace(
        started=0.0, cases_at=200.0, finished=8, working=4, waiting=8, moved=200.0, first_at=0.0
    )
    assert _median(waves, 200) == pytest.approx(80 * 2.7, rel=0.1)


def test_a_run_whose_test_cases_have_all_finished_ends_within_seconds() -> None:
    done = Pace(started=0.0, cases_at=600.0, finished=20, moved=598.0)
    assert _median(done, 600) < 10


@given(
    age=st.floats(0, 1e6),
    unit=st.floats(0.01, 60),
    pace=st.builds(
        Pace,
        started=st.none() | st.floats(0, 1e6),
        cases_at=st.none() | st.floats(0, 1e6),
        first_at=st.floats(0, 1e6),
        first_finished=st.integers(0, 500),
        finished=st.integers(0, 500),
        waiting=st.integers(0, 500),
        working=st.integers(0, 500),
        moved=st.none() | st.floats(0, 1e6),
        usual=st.none() | st.lists(st.floats(-10, 1e6), max_size=5).map(tuple),
    ),
)
def test_it_is_ever_more_likely_to_have_ended_and_not_certain_at_once(
    age: float, unit: float, pace: Pace
) -> None:
    ahead = forecast(pace, age, unit)
    likely = [ahead.ended_within(seconds) for seconds in (0.0, 1.0, 10.0, 1000.0, 1e7)]
    assert likely[0] == pytest.approx(0, abs=1e-6)
    assert likely == sorted(likely)
    assert likely[-1] <= 1 + 1e-9
