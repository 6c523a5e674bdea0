"""Long texts of others, quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks.message import line_cost, size
from bot.slack.blocks.quotes import quote
from tests.slack.blocks.arbitrary import hostile


def test_every_paragraph_is_quoted_on_a_line_of_its_own_and_blank_ones_are_not() -> None:
    found = quote("First *bold*.\n\n  \nSecond <!channel>.\r\n> third", 5_000)
    assert found.lines == (
        "&gt; First ∗bold∗.",
        "&gt; Second &lt;!channel&gt;.",
        "&gt; &gt; third",
    )
    assert not found.is_clipped


@pytest.mark.parametrize("raw", [None, "", " \n\t\n", "\x00\u200b"])
def test_where_there_is_no_text_there_is_no_quotation(raw: str | None) -> None:
    assert quote(raw, 5_000).lines == ()
    assert quote(raw, 0).left == 0


def test_a_paragraph_that_does_not_fit_is_cut_and_the_rest_counted() -> None:
    found = quote("word " * 400, 500)
    assert len(found.lines) == 1
    assert found.lines[0].endswith("…")
    assert line_cost(found.lines[0]) <= 500
    assert 1_500 <= found.left <= 1_800


def test_a_paragraph_too_long_for_a_section_is_broken_between_words() -> None:
    found = quote("word " * 2_000, 40_000)
    assert not found.is_clipped
    assert len(found.lines) > 10
    assert all(set(line.removeprefix("&gt; ").split()) == {"word"} for line in found.lines)


def test_a_word_too_long_for_a_section_is_broken_too() -> None:
    found = quote("x" * 4_000, 40_000)
    assert "".join(line.removeprefix("&gt; ") for line in found.lines) == "x" * 4_000


def test_a_megabyte_is_not_looked_at_as_a_whole_but_counted() -> None:
    found = quote("x\n" * 500_000, 1_000_000)
    assert found.left == 1_000_000 - 40_000
    assert len(found.lines) == 20_000


def test_where_there_is_no_room_all_of_it_is_counted_as_left_out() -> None:
    assert quote("Nothing fits.", 0) == quote("Nothing fits.", 10)
    assert quote("Nothing fits.", 0).left == len("Nothing fits.")


@given(
    st.lists(hostile, max_size=5).map("\n".join),
    st.integers(min_value=0, max_value=20_000),
)
def test_a_quotation_fits_its_room_and_each_line_a_section(raw: str, room: int) -> None:
    found = quote(raw, room)
    assert sum(map(line_cost, found.lines)) <= room
    for line in found.lines:
        assert line.startswith("&gt; ")
        assert size(line) <= 3_000
        assert "\n" not in line
