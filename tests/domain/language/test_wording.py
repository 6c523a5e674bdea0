"""Slack's markup, emoji, quotes and contractions become plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.language.wording import read_wording, words_of


def words(message: str) -> list[str]:
    return [word.text for word in read_wording(message).joined.words]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("What’s broken?", ["what", "is", "broken"]),
        ("why can't it log in", ["why", "can", "not", "it", "log", "in"]),
        ("it won't, I'm sure", ["it", "will", "not", "i", "am", "sure"]),
        ("checkout's status", ["checkout", "status"]),
        ("they'd see", ["they", "would", "see"]),
        ("re-run the sign-up", ["rerun", "the", "signup"]),
        ("failed :cry: :+1: ;-)", ["failed"]),
        ("R&amp;D &lt;b&gt;", ["r", "d", "b"]),
        ("in <#C123|checkout>", ["in", "checkout"]),
        ("Überweisung Café", ["uberweisung", "cafe"]),
        ("no. 2 please", ["number", "2", "please"]),
        ("tl;dr", ["tldr"]),
        ("```a block``` of code", ["of", "code"]),
        ("> quoted\nmine", ["mine"]),
    ],
)
def test_a_message_becomes_plain_words(message: str, expected: list[str]) -> None:
    assert words(message) == expected


def test_a_link_is_one_word_that_keeps_its_address() -> None:
    (sentence,) = read_wording("see <https://app.qa.tech/p/x/results/UkxK?a=1|the run>").sentences
    assert sentence.words[1].raw == "https://app.qa.tech/p/x/results/UkxK?a=1"
    assert sentence.words[1].is_link


@pytest.mark.parametrize("mention", ["<@U123>", "<@W1|anna>", "<!here>", "<!subteam^S1|@qa>"])
def test_a_mention_says_that_people_are_spoken_to(mention: str) -> None:
    assert read_wording(f"{mention} look").to_people
    assert not read_wording("look <#C1|general>").to_people


def test_sentences_end_at_full_stops_and_lines_and_know_whether_they_ask() -> None:
    found = read_wording("It broke again. Why?\nshow me").sentences
    assert [sentence.asks for sentence in found] == [False, True, False]


def test_words_in_quotation_marks_are_known_as_a_name() -> None:
    (sentence,) = read_wording("why did “Help page” fail").sentences
    assert [word.text for word in sentence.words if word.quoted] == ["help", "page"]


@given(st.text())
def test_any_text_can_be_taken_apart(message: str) -> None:
    for word in read_wording(message).joined.words:
        assert word.text or word.raw


@given(st.text())
def test_the_words_of_a_name_are_comparable(name: str) -> None:
    assert words_of(name) == words_of(name.upper().lower()) or not name.isascii()
