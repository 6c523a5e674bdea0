import pytest

from bot.qatech.holds import Holds
from tests.fakes.stepped_time import SteppedTime


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime(moment=-5.0)


@pytest.fixture
def holds(time: SteppedTime) -> Holds:
    return Holds(time, default=30.0)


def test_a_project_that_was_never_refused_is_free(holds: Holds) -> None:
    assert holds.remaining("default") == 0


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(None, 30.0), (0.0, 1.0), (0.2, 1.0), (7.0, 7.0), (3600.0, 3600.0), (1e9, 3600.0)],
)
def test_a_hold_lasts_as_asked_within_a_second_and_an_hour(
    holds: Holds, time: SteppedTime, asked: float | None, seconds: float
) -> None:
    holds.begin("default", asked)
    assert holds.remaining("default") == seconds
    time.step(seconds)
    assert holds.remaining("default") == 0


def test_a_shorter_hold_does_not_cut_a_longer_one_short(holds: Holds) -> None:
    holds.begin("default", 60.0)
    holds.begin("default", 2.0)
    assert holds.remaining("default") == 60.0


def test_one_project_does_not_hold_back_another(holds: Holds) -> None:
    holds.begin("default", 60.0)
    assert holds.remaining("other") == 0
