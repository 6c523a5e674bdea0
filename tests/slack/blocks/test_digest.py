"""Digests as they were reviewed, and within Slack's limits whatever is in them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digest import Digest, FailingCase, FlakyCase, MutedCase, OpenIssue, Tally
from bot.domain.digest_rule import Every
from bot.domain.facts import DigestDue
from bot.domain.run import Blame, Verdict
from bot.slack.blocks.message import Message
from bot.slack.blocks.notices import render
from tests.slack.blocks.arbitrary import hostile
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_nothing_active_but, assert_within_limits
from tests.slack.blocks.samples import NOW, telling

START = NOW - timedelta(days=1)


def tally(cases: int = 0, cases_passed: int = 0, **verdicts: int) -> Tally:
    counts = {Verdict(name): count for name, count in verdicts.items()}
    return Tally(verdicts=counts, cases=cases, cases_passed=cases_passed)


def failing(name: str, broken: int, runs: int, blame: Blame | None = None) -> FailingCase:
    return FailingCase(project="shop", name=name, broken=broken, runs=runs, blame=blame)


def told(digest: Digest, every: Every = Every.DAILY) -> Message:
    fact = DigestDue(every=every, start=START, end=NOW, time_zone="Europe/Stockholm", digest=digest)
    message = render(telling(fact, None), now=NOW, bot_name="@qarun")
    assert_within_limits(message)
    return message


WHOLE = Digest(
    tally=tally(240, 231, passed=8, failed=2, error=1, cancelled=1),
    before=tally(200, 196, passed=9, failed=3),
    failing=(
        failing("Guest checkout with a card", 4, 5, Blame.PRODUCT),
        failing("Checkout with Klarna", 1, 5, Blame.AGENT),
        failing("Search <!channel> & *find*", 1, 1),
    ),
    total_failing=3,
    flaky=(FlakyCase(project="shop", name="Choose a pick-up point", flips=5),),
    total_flaky=1,
    critical=(OpenIssue(project="shop", short_id="i1", title="Buttons must have text"),),
    total_critical=1,
    issues_known=True,
    muted_until=NOW - timedelta(hours=2),
    muted_cases=(
        MutedCase(name="Reset a password", until=NOW + timedelta(days=2), broken=2),
        MutedCase(name="Wish list", until=NOW + timedelta(days=2), broken=0),
    ),
    total_muted_cases=2,
)


@pytest.mark.parametrize(
    ("name", "digest", "every"),
    [
        ("digest_daily", WHOLE, Every.DAILY),
        (
            "digest_weekly_all_well",
            Digest(
                tally=tally(80, 80, passed=10),
                before=tally(80, 80, passed=10),
                issues_known=True,
            ),
            Every.WEEKLY,
        ),
        ("digest_without_verdicts", Digest(tally=tally(error=1)), Every.DAILY),
        (
            "digest_several_projects",
            WHOLE.model_copy(
                update={"several_projects": True, "total_failing": 42, "total_muted_cases": 12}
            ),
            Every.WEEKLY,
        ),
    ],
)
def test_each_digest_is_as_it_was_reviewed(name: str, digest: Digest, every: Every) -> None:
    assert_golden(name, told(digest, every))


@pytest.mark.parametrize(
    ("passed", "before", "words"),
    [
        ((3, 1), (1, 1), "*Pass rate: 75%*, 3 of 4 runs that passed or failed; up 25 points from"),
        ((1, 1), (3, 1), "down 25 points from 75% the day before"),
        ((199, 1), (198, 2), "99%*, 199 of 200 runs that passed or failed; 99% the day before too"),
        ((100, 0), (99, 1), "100%*, 100 of 100 runs that passed or failed; up 1 point from 99%"),
        ((0, 1), (0, 1), "0%*, 0 of 1 run that passed or failed; 0% the day before too"),
    ],
)
def test_the_pass_rate_is_told_with_its_change(
    passed: tuple[int, int], before: tuple[int, int], words: str
) -> None:
    now, then = (tally(passed=good, failed=bad) for good, bad in (passed, before))
    assert words in told(Digest(tally=now, before=then)).text


def test_without_a_period_before_there_is_no_change_to_tell() -> None:
    text = told(Digest(tally=tally(passed=1)), Every.WEEKLY).text
    assert "I know of no runs of the week before to compare with." in text
    assert "points" not in text


def test_the_text_alone_says_all_that_matters() -> None:
    text = told(WHOLE).text
    for words in (
        "Daily digest: 12 runs",
        "Pass rate: 80%",
        "Guest checkout with a card: 4 of 5 runs (product failure)",
        "Choose a pick-up point: 5 flips",
        "1 critical accessibility issue open",
        "Reset a password until",
        "broken in 2 runs",
    ):
        assert words in text


def test_names_cannot_be_markup() -> None:
    assert "<!channel>" not in told(WHOLE).text


names = hostile


@st.composite
def digests(draw: Any) -> Digest:
    many = st.integers(0, 10)
    return Digest(
        tally=Tally(
            verdicts=draw(st.dictionaries(st.sampled_from(Verdict), st.integers(0, 10**6))),
            cases=10**6,
            cases_passed=draw(st.integers(0, 10**6)),
        ),
        before=draw(st.none() | st.just(tally(passed=1, failed=2))),
        failing=tuple(failing(draw(names), 10**5, 10**6) for _ in range(draw(many))),
        total_failing=draw(st.integers(10, 10**6)),
        flaky=tuple(
            FlakyCase(project=draw(names), name=draw(names), flips=9) for _ in range(draw(many))
        ),
        total_flaky=draw(st.integers(10, 10**6)),
        critical=tuple(
            OpenIssue(project=draw(names), short_id=draw(names), title=draw(names))
            for _ in range(draw(many))
        ),
        total_critical=draw(st.integers(10, 10**6)),
        muted_until=draw(st.none() | st.just(NOW)),
        muted_cases=tuple(
            MutedCase(name=draw(names), until=NOW, broken=3) for _ in range(draw(many))
        ),
        total_muted_cases=10,
        several_projects=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(digests(), st.sampled_from(Every))
def test_any_digest_is_within_slacks_limits(digest: Digest, every: Every) -> None:
    assert_nothing_active_but(told(digest, every), "!date^")
