"""Untrusted text in a line of mrkdwn."""

import unicodedata
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks.text import (
    channel_name,
    clip,
    code,
    date,
    escape,
    inline,
    link,
    mention,
    plain,
    safe_url,
    sentence,
    tidy,
)

ANY_TEXT = st.text(st.characters(), max_size=400)


def test_the_three_characters_with_a_meaning_are_escaped() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_a_name_with_formatting_marks_reads_the_same_and_formats_nothing() -> None:
    assert inline("*bold* _italic_ ~gone~ `code`", 80) == "∗bold∗ ˍitalicˍ ∼gone∼ 'code'"


def test_an_underscore_inside_a_word_survives_because_slack_reads_none_there() -> None:
    assert inline("checkout_flow_2 _start", 80) == "checkout_flow_2 ˍstart"


def test_a_character_that_we_use_ourselves_cannot_be_smuggled_in() -> None:
    assert inline("a \ue000 b_", 80) == "a  bˍ"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("Log\x00in", "Login"),
        ("first\nsecond\r\n\tthird", "first second third"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066hidden\u2069\u200f\u200e", "hidden"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("half \ud83d of an emoji", "half \ufffd of an emoji"),
        ("\u2028line\u2029paragraph\x85next", "line paragraph next"),
    ],
)
def test_what_does_not_show_or_shows_otherwise_is_taken_out(raw: str, told: str) -> None:
    assert tidy(raw, 80) == told


def test_right_to_left_text_is_isolated_so_that_it_reorders_nothing_around_it() -> None:
    assert inline("כניסה", 80) == "\u2068כניסה\u2069"


def test_emoji_and_persian_keep_the_joiners_that_they_are_made_with() -> None:
    assert inline("👩‍👩‍👧 می‌خواهم", 80) == "\u2068👩‍👩‍👧 می‌خواهم\u2069"


def test_nothing_visible_becomes_the_words_that_stand_in_for_it() -> None:
    assert inline(" \u200b\n\x00", 80, empty="(no name)") == "(no name)"


def test_a_cut_is_shown_and_never_longer_than_the_limit() -> None:
    assert clip("a checkout that goes on", 11) == "a checkout…"
    assert clip("short", 11) == "short"


@pytest.mark.parametrize("limit", range(1, 9))
def test_an_entity_is_never_cut_in_two(limit: int) -> None:
    assert clip("a &amp; b &lt; c", limit) in {"…", "a…", "a &amp;…", "a &amp; b…"}


@pytest.mark.parametrize(
    ("cluster"),
    ["👩‍👩‍👧", "👍🏽", "🇸🇪", "e\u0301", "⏭\ufe0f"],
    ids=["family", "skin tone", "flag", "accent", "variation"],
)
def test_a_grapheme_is_never_cut_in_two(cluster: str) -> None:
    text = f"ab{cluster}{cluster}cdefgh"
    whole = {"", "a", "ab", f"ab{cluster}", f"ab{cluster}{cluster}"}
    for limit in range(1, 3 + 2 * len(cluster)):
        kept = clip(text, limit).removesuffix("…")
        assert kept in whole


def test_a_grapheme_of_a_thousand_marks_is_cut_after_all() -> None:
    assert len(clip("a" + "\u0301" * 1_000, 50)) == 50


def test_a_text_of_a_megabyte_is_cut_and_says_so() -> None:
    assert tidy("x" * 1_000_000, 10) == "x" * 9 + "…"
    assert tidy(" " * 1_000_000, 10) == "…"
    assert tidy("ok" + "\x00" * 1_000_000, 10) == "ok…"


@given(ANY_TEXT, st.integers(min_value=1, max_value=200))
def test_tidied_text_is_one_visible_line_within_its_limit(raw: str, limit: int) -> None:
    told = tidy(raw, limit)
    assert len(told) <= limit
    assert told == told.strip()
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in told)


@given(ANY_TEXT, st.integers(min_value=1, max_value=200))
def test_no_text_can_bring_markup_with_it(raw: str, limit: int) -> None:
    told = inline(raw, limit)
    assert not set("<>*~`") & set(told)
    told.encode("utf-8")


def test_a_sentence_of_ours_keeps_its_code_spans_and_escapes_what_was_typed() -> None:
    told = sentence("`<!channel>` is not a run.\nGive its short ID (like `UkxK`).")
    assert told == "`&lt;!channel&gt;` is not a run. Give its short ID (like `UkxK`)."
    assert len(sentence("<" * 1_000, 100)) <= 100


def test_a_code_span_cannot_be_left_from_within() -> None:
    assert code("a`b <c>") == "`a'b &lt;c&gt;`"
    assert code("") == "` `"


def test_a_link_shows_its_label_and_neither_can_leave_it() -> None:
    assert (
        link("https://qa.tech/?a=1&b=2|<x>", "a|b > c*")
        == "<https://qa.tech/?a=1&amp;b=2%7C%3Cx%3E|a∣b &gt; c∗>"
    )
    assert link("https://qa.tech", "") == "<https://qa.tech>"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "ftp://qa.tech",
        "qa.tech/run",
        "https://",
        "https://[broken",
        "https://app.qa.tech@evil.example/",
        "https://qa.tech/a b",
        "https://qa.tech/\u202e",
        "https://qа.tech/",
        "https://qa.tech/" + "x" * 500,
    ],
)
def test_an_address_that_cannot_be_trusted_leaves_the_label_alone(url: str | None) -> None:
    assert safe_url(url, limit=500) is None
    assert link(url, "label") == "label"


@given(ANY_TEXT, ANY_TEXT)
def test_no_link_breaks_out_of_its_brackets(address: str, label: str) -> None:
    told = link(f"https://qa.tech/{address}", label)
    assert told.count("<") == told.count(">") <= 1
    assert told.count("|") <= 1


@pytest.mark.parametrize(
    ("slack_id", "told"),
    [
        ("U0ADA", "<@U0ADA>"),
        ("W0ADA", "<@W0ADA>"),
        ("S0TEAM", "<!subteam^S0TEAM>"),
        ("C0SHOP", None),
        ("U0ADA|x", None),
        ("!channel", None),
        ("U0ADA\n", None),
        ("", None),
        (None, None),
    ],
)
def test_only_ids_of_people_and_groups_are_mentioned(slack_id: str | None, told: str) -> None:
    assert mention(slack_id) == told


def test_a_conversation_without_a_name_is_called_this_conversation() -> None:
    assert channel_name("C0SHOP") == "<#C0SHOP>"
    assert channel_name("D0ADA") == "this conversation"
    assert channel_name("C1><!channel>") == "this conversation"


def test_a_date_falls_back_to_utc() -> None:
    moment = datetime(2023, 11, 14, 23, 13, 20, tzinfo=timezone(timedelta(hours=1)))
    told = "<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>"
    assert date(moment) == told


def test_plain_text_keeps_its_look_without_what_elsewhere_is_markup() -> None:
    assert plain("<!channel> & *bold*", 75) == "‹!channel› & *bold*"
    assert plain("\x00", 75, empty="(no name)") == "(no name)"


@given(ANY_TEXT | st.text(st.sampled_from("\U0001f600ש\U0001e900<"), max_size=200))
def test_plain_text_fits_however_its_characters_are_counted(raw: str) -> None:
    shown = plain(raw, 75)
    assert len(shown.encode("utf-16-le")) <= 150
    assert "<" not in shown
