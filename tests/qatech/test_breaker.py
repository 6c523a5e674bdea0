"""A QA.tech that is down is left alone; one request at a time finds out whether it is back."""

import pytest

from bot.qatech.breaker import Breaker, BreakerState, Permit
from tests.fakes.stepped_time import SteppedTime


class Bench:
    """A breaker that rests for 5 s, at most for 30 s."""

    def __init__(self) -> None:
        self.time = SteppedTime()
        self.states: list[BreakerState] = []
        self.breaker = Breaker(self.time, shortest=5.0, longest=30.0, on_change=self.states.append)

    def state(self) -> str:
        return self.breaker.state.value

    def permit(self, target: str = "a") -> Permit:
        permit = self.breaker.permit(target)
        assert permit is not None
        return permit

    def fail(self, *targets: str, unreachable: bool = False) -> None:
        for target in targets:
            self.permit(target).failed(unreachable=unreachable)

    def open(self) -> None:
        self.fail(*"abab", "a")
        assert self.state() == "open"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_it_opens_at_the_fifth_failure_in_a_row(bench: Bench) -> None:
    bench.fail(*"abab")
    assert bench.state() == "closed"
    bench.permit().succeeded()
    bench.fail(*"abab")
    assert bench.state() == "closed"
    bench.fail("a")
    assert bench.state() == "open"
    assert bench.breaker.permit("a") is None
    assert bench.breaker.remaining() == 5.0


def test_one_run_that_qatech_chokes_on_does_not_keep_the_others_from_being_asked_for(
    bench: Bench,
) -> None:
    bench.fail(*(20 * "a"))
    assert bench.state() == "closed"
    bench.fail("b")
    assert bench.state() == "open"


def test_where_nobody_can_be_connected_to_one_run_is_enough(bench: Bench) -> None:
    bench.fail(*"aaaaa", unreachable=True)
    assert bench.state() == "open"


def test_of_fifty_that_wait_one_is_let_through_when_the_rest_is_over(bench: Bench) -> None:
    bench.open()
    bench.time.step(5)
    assert bench.state() == "half_open"
    permits = [bench.breaker.permit(str(number)) for number in range(50)]
    assert sum(permit is not None for permit in permits) == 1
    assert bench.breaker.remaining() == 5.0
    bench.time.step(60)
    assert bench.breaker.permit("a") is None  # however long the probe takes


def test_an_answer_to_the_probe_lets_all_through(bench: Bench) -> None:
    bench.open()
    bench.time.step(5)
    bench.permit().succeeded()
    assert all(bench.breaker.permit(str(number)) for number in range(50))
    assert bench.states == [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED]


def test_each_probe_that_fails_makes_the_rest_longer_up_to_the_longest(bench: Bench) -> None:
    bench.open()
    rests = []
    for _ in range(6):
        rests.append(bench.breaker.remaining())
        bench.time.step(bench.breaker.remaining())
        bench.fail("a")
    assert rests == [5, 10, 20, 30, 30, 30]
    bench.time.step(30)
    bench.permit().succeeded()
    bench.open()
    assert bench.breaker.remaining() == 5


def test_a_probe_that_is_given_up_makes_room_for_the_next(bench: Bench) -> None:
    bench.open()
    bench.time.step(5)
    probe = bench.permit()
    probe.given_up()
    assert bench.breaker.permit("b") is not None


def test_who_gives_up_after_the_outcome_changes_nothing(bench: Bench) -> None:
    bench.open()
    bench.time.step(5)
    probe = bench.permit()
    probe.failed(unreachable=False)
    probe.given_up()
    assert bench.state() == "open"


def test_requests_made_before_it_opened_do_not_make_the_rest_longer(bench: Bench) -> None:
    late = [bench.permit(str(number)) for number in range(10)]
    for permit in late:
        permit.failed(unreachable=True)
    assert bench.breaker.remaining() == 5
    bench.time.step(5)
    bench.permit("probe")
    late[0].failed(unreachable=True)
    assert bench.state() == "half_open"


def test_an_answer_of_an_old_request_shows_that_qatech_is_there(bench: Bench) -> None:
    slow = bench.permit("slow")
    bench.open()
    slow.succeeded()
    assert bench.state() == "closed"
