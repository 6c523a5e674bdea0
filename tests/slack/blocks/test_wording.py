"""Numbers, times and counts in words."""

from datetime import timedelta

import pytest

from bot.domain.run import Outcome, Progress
from bot.slack.blocks.wording import Tally, duration, joined, many, seconds, some_of
from tests.slack.blocks.samples import case, failed, passing


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 issues"), (1, "1 issue"), (2, "2 issues"), (1_200, "1,200 issues")]
)
def test_a_noun_agrees_with_its_number(number: int, told: str) -> None:
    assert many(number, "issue") == told


def test_an_irregular_plural_can_be_given() -> None:
    assert many(2, "category", "categories") == "2 categories"


def test_lists_are_joined_as_a_sentence_does() -> None:
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert some_of(["a", "b", "c"], 2, 5) == "a, b and 3 more"
    assert some_of(["a", "b"], 2, 2) == "a and b"


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=-5), "less than 1 min"),
        (timedelta(seconds=59), "less than 1 min"),
        (timedelta(minutes=4, seconds=50), "4 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 h"),
    ],
)
def test_a_span_of_time_is_told_in_its_largest_units(span: timedelta, told: str) -> None:
    assert duration(span) == told


@pytest.mark.parametrize(
    ("number", "told"), [(0.0, "1 s"), (0.2, "1 s"), (45.0, "45 s"), (121.0, "3 min")]
)
def test_a_wait_is_never_told_shorter_than_it_is(number: float, told: str) -> None:
    assert seconds(number) == told


def test_every_test_case_stands_in_exactly_one_number() -> None:
    tally = Tally.of(
        [
            *passing(2),
            failed(3, "a"),
            failed(4, "b", None),
            case(5, "c", status="ERROR", result=None, error_code="PLATFORM_DOWN"),
            case(6, "d", result="SKIPPED"),
            case(7, "e", status="CANCELLED", result=None),
            case(8, "f", result="FLAKY"),
            case(9, "g", status="RUNNING", result=None),
        ]
    )
    assert tally.told() == (
        "9 test cases: 2 failed (1 product failure, 1 with the cause not classified), "
        "1 errored (platform problem), 1 without a known result, 1 canceled, 1 skipped, "
        "1 not finished, 2 passed."
    )
    assert tally.acquittal() is None


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "QA.tech listed no test cases."),
        (1, "The only test case passed."),
        (24, "All 24 test cases passed."),
    ],
)
def test_a_run_without_failures_is_told_shortly(count: int, told: str) -> None:
    assert Tally.of(passing(count)).told() == told


def test_the_product_is_acquitted_only_when_every_failure_is_known_to_be_anothers() -> None:
    assert Tally.of(passing(2)).acquittal() is None
    assert Tally.of([failed(1, "a", "AGENT_STUCK")]).acquittal()
    assert Tally.of([failed(1, "a", "AGENT_STUCK"), failed(2, "b", None)]).acquittal() is None


def test_counts_without_causes_tell_numbers_only() -> None:
    progress = Progress(counts={Outcome.FAILED: 2, Outcome.PASSED: 1})
    assert Tally(progress).told() == "3 test cases: 2 failed, 1 passed."
