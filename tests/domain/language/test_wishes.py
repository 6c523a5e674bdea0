"""Times, and the other run of a comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.language.clause import Clause
from bot.domain.language.hearing import hear
from bot.domain.language.names import Names
from bot.domain.language.target import Meant
from bot.domain.language.understanding import understand
from bot.domain.language.wishes import minutes_in
from bot.domain.language.wording import read_wording
from bot.domain.question import AskCases, AskWhy, Compare, LeaveAlone, Rerun, Thanks
from bot.domain.short_id import RunReference
from tests.domain.corpus.runs import SHOP


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2h", 120),
        ("30m", 30),
        ("3d", 3 * 24 * 60),
        ("1h30m", 90),
        ("2 hours and 5 minutes", 125),
        ("half an hour", 30),
        ("an hour", 60),
        ("two hours", 120),
        ("a couple of hours", 120),
        ("thirty minutes", 30),
        ("a day", 1440),
        ("1 week", 7 * 1440),
        ("1.5 hours", 90),
        ("0m", None),
        ("forever", None),
        ("a minor", None),
    ],
)
def test_times_are_read_in_minutes(text: str, minutes: int | None) -> None:
    assert minutes_in(text) == minutes


@given(st.integers(1, 999), st.sampled_from(["m", " min", " minutes"]))
def test_any_number_of_minutes_is_read(number: int, unit: str) -> None:
    assert minutes_in(f"mute for {number}{unit}") == number


def test_a_pasted_link_keeps_slug_and_address_of_the_other_run() -> None:
    sentence = "compare with <https://app.qa.tech/p/shop/results/abc123|that one>"
    url = "https://app.qa.tech/p/shop/results/abc123"
    expected = Compare(other=RunReference("abc123", slug="shop", url=url))
    assert understand(sentence, SHOP, addressed=False) == expected


def test_a_run_of_another_project_is_named_with_its_alias() -> None:
    reading = understand("compare with web/abc123", SHOP, addressed=True)
    assert reading == Compare(other=RunReference("abc123", alias="web"))


def test_a_sentence_without_a_name_cannot_be_about_one() -> None:
    names = Names(SHOP)
    clause = Clause.of(hear(read_wording("what failed").joined, names), names)
    with pytest.raises(ValueError, match="run as a whole"):
        clause.about(Meant(), lambda case: AskWhy(case=case.short_id))


@pytest.mark.parametrize("addressed", [True, False])
@pytest.mark.parametrize(
    "sentence",
    [
        "should I rerun?",
        "shall we rerun the failed ones?",
        "rerun?",
        "don't rerun",
        "never rerun this",
        "how do I rerun?",
        "why did you rerun it?",
        "did the rerun pass?",
        "the rerun failed",
        "again?",
        "it failed again",
        "rerun everything except login",
        "who reran it?",
    ],
)
def test_what_only_speaks_of_a_rerun_starts_none(sentence: str, addressed: bool) -> None:
    assert not isinstance(understand(sentence, SHOP, addressed=addressed), Rerun)


@pytest.mark.parametrize("sentence", ["great!", "perfect", "nice", "awesome work", "good bot"])
def test_praise_of_the_bot_is_taken_for_thanks(sentence: str) -> None:
    assert understand(sentence, SHOP, addressed=True) == Thanks()


def test_praise_of_others_is_left_alone() -> None:
    assert understand("great work everyone", SHOP, addressed=False) == LeaveAlone()
    assert understand("great, what failed?", SHOP, addressed=True) == AskCases(group="failed")
