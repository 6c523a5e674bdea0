"""What `/qarun mute …` means, and what is muted at a moment."""

from datetime import timedelta

import pytest

from bot.domain.errors import UserError
from bot.domain.muting import (
    MOST_CASES,
    MuteWish,
    case_name,
    mute_case,
    muted_cases,
    read_mute,
    unmute_case,
)
from bot.domain.rules import CaseMute, Rule
from tests.domain.build import NOW

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "minutes", "name"),
    [
        ("2h", 120, None),
        ("30m", 30, None),
        ("1d", 1440, None),
        ("2w", 20160, None),
        ("1h 30m", 90, None),
        ("2 hours", 120, None),
        ("Checkout 3d", 4320, "Checkout"),
        ("Checkout with a card 3d", 4320, "Checkout with a card"),
        ("“Checkout 2.0” 2h", 120, "Checkout 2.0"),
        ("'Log in' 1 day", 1440, "Log in"),
        ("Step 2 2h", 120, "Step 2"),
        ("1h30m", 90, None),
        ("1.5h", 90, None),
        ("for 90 Min", 90, None),
        ("Checkout for 3 days", 4320, "Checkout"),
        ("2h 3d", 4440, None),
    ],
)
def test_a_time_stands_last_and_the_name_of_a_test_case_may_stand_before_it(
    typed: str, minutes: int, name: str | None
) -> None:
    assert read_mute(typed.split()) == MuteWish(minutes, name)


@pytest.mark.parametrize("typed", ["", "Checkout", "2h Checkout", "0m", "h", "2 bananas", "-2h"])
def test_without_a_time_nobody_knows_for_how_long(typed: str) -> None:
    with pytest.raises(UserError, match="For how long"):
        read_mute(typed.split())


@pytest.mark.parametrize("typed", ["400d", "99999999999999d", "Checkout 60w"])
def test_nothing_is_muted_for_longer_than_a_year(typed: str) -> None:
    with pytest.raises(UserError, match="a year"):
        read_mute(typed.split())


def test_a_name_is_read_without_its_quotes_and_not_longer_than_a_name_is() -> None:
    assert case_name(["“Log", "in”"]) == "Log in"
    assert case_name([]) is None
    assert case_name(["''"]) is None
    assert len(case_name(["x" * 5_000]) or "") == 300


def test_a_test_case_that_is_muted_again_has_the_new_time_alone() -> None:
    rule = Rule(muted_cases=(CaseMute(name="Pay", until=LATER),))
    until = NOW + timedelta(days=3)
    assert mute_case(rule, "PAY", until, NOW) == (CaseMute(name="PAY", until=until),)


def test_what_is_over_is_left_out() -> None:
    over = CaseMute(name="Old", until=NOW)
    rule = Rule(muted_cases=(over, CaseMute(name="Pay", until=LATER)))
    assert [mute.name for mute in muted_cases(rule, NOW)] == ["Pay"]
    assert [mute.name for mute in mute_case(rule, "Search", LATER, NOW)] == ["Pay", "Search"]
    assert unmute_case(rule, "pay", NOW) == ()


def test_only_so_many_test_cases_are_muted_in_a_channel() -> None:
    rule = Rule(muted_cases=tuple(CaseMute(name=str(n), until=LATER) for n in range(MOST_CASES)))
    with pytest.raises(UserError, match="50 test cases"):
        mute_case(rule, "one more", LATER, NOW)
    assert len(mute_case(rule, "7", LATER, NOW)) == MOST_CASES
