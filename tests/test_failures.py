"""Which failures deserve a line in the log."""

from bot.failures import QUIET_SECONDS, Failures
from tests.fakes.stepped_time import SteppedTime


def test_a_failure_is_new_until_it_ends_or_has_another_reason() -> None:
    time = SteppedTime()
    failures = Failures(time)
    assert failures.began("slack", "ratelimited")
    assert not failures.began("slack", "ratelimited")
    assert failures.began("slack", "invalid_auth")
    assert failures.began("qatech", "invalid_auth")
    assert failures.ended("slack")
    assert not failures.ended("slack")
    time.step(QUIET_SECONDS)
    assert failures.began("slack", "invalid_auth")


def test_two_reasons_in_turn_are_told_once_each() -> None:
    failures = Failures(SteppedTime())
    told = [failures.began("slack", why) for why in ("HTTP 500", "timeout") * 5]
    assert told == [True, True] + 8 * [False]


def test_what_comes_and_goes_is_told_seldom_and_what_stays_is_told() -> None:
    time = SteppedTime()
    failures = Failures(time)
    lines = 0
    for _ in range(30):
        lines += failures.began("qatech", "HTTP 500")
        lines += failures.ended("qatech")
        time.step(0.2)
    assert lines == 2
    assert not failures.began("qatech", "HTTP 500")
    time.step(QUIET_SECONDS)
    assert failures.began("qatech", "HTTP 500")
    assert failures.ended("qatech")


def test_the_end_of_what_was_not_told_is_not_told_either() -> None:
    failures = Failures(SteppedTime())
    assert failures.began("qatech", "HTTP 500")
    assert failures.ended("qatech")
    assert not failures.began("qatech", "HTTP 500")
    assert not failures.ended("qatech")


def test_sources_that_fail_and_are_never_heard_of_again_are_forgotten() -> None:
    failures = Failures(SteppedTime())
    for number in range(10_001):
        failures.began(f"run {number}", "html")
    assert failures.began("run 0", "html")
    assert not failures.began("run 10000", "html")
