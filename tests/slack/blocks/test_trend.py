"""Trends: the table, the picture's words, and the picture itself."""

import re
from collections.abc import Sequence
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import TrendShown
from bot.domain.run import Outcome, Verdict
from bot.domain.trend import MOST_RUNS, TrendRun
from bot.slack.blocks import trend as trend_blocks
from bot.slack.blocks.message import MAX_ALTERNATIVE, Message
from bot.slack.blocks.notices import render
from bot.slack.blocks.trend_chart import HEIGHT, WIDTH
from tests.slack.blocks.arbitrary import hostile
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_nothing_active_but, assert_within_limits
from tests.slack.blocks.samples import NOW, telling


def ran(
    number: int,
    verdict: Verdict = Verdict.PASSED,
    *,
    project: str = "default",
    short_id: str | None = None,
    **counts: int,
) -> TrendRun:
    """The `number`-th newest run; its test cases by outcome."""
    return TrendRun(
        project=project,
        short_id=short_id or f"run{number}",
        verdict=verdict,
        ended_at=NOW - timedelta(hours=8 * number),
        counts={Outcome(name): count for name, count in counts.items()},
    )


RUNS = (
    ran(1, passed=8),
    ran(2, Verdict.FAILED, passed=18, failed=3, errored=2, skipped=1),
    ran(3, Verdict.ERROR, project="mobile", passed=2, errored=6),
    ran(4, Verdict.CANCELLED),
)


def told(runs: Sequence[TrendRun], asked: int = 20, zone: str = "Europe/Stockholm") -> Message:
    fact = TrendShown(runs=tuple(runs), asked=asked, time_zone=zone)
    message = render(telling(fact, None), now=NOW, bot_name="@qarun")
    assert_within_limits(message)
    for form in (message.with_picture("F0123456789"), message.without_picture()):
        assert_within_limits(form)
    return message


def svg(message: Message) -> ET.Element:
    assert message.picture is not None
    return ET.fromstring(message.picture.svg)  # noqa: S314 - drawn by ourselves


def words_in(picture: ET.Element) -> list[str]:
    return [node.text or "" for node in picture.iter() if node.tag.endswith("text")]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("trend_with_picture", lambda message: message.with_picture("F0123456789")),
        ("trend_without_picture", lambda message: message.without_picture()),
    ],
)
def test_each_form_is_as_it_was_reviewed(name: str, form: object) -> None:
    assert callable(form)
    assert_golden(name, form(told(RUNS)))


def test_the_text_alone_says_all_that_the_picture_shows() -> None:
    lines = told(RUNS).text.split("\n")
    assert "• Run run1 passed (4 Mar 2026 05:04): 8 of 8 test cases passed" in lines
    assert (
        "• Run run2 failed (3 Mar 2026 21:04): 18 of 24 test cases passed, 3 failed, 3 not tested"
        in lines
    )
    assert "• Run run4 was canceled (3 Mar 2026 05:04); its test cases are not known" in lines
    assert any("Times are those of Europe/Stockholm" in line for line in lines)


def test_the_table_has_a_row_for_each_run_the_newest_first() -> None:
    (table,) = [block for block in told(RUNS).blocks if block["type"] == "table"]
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    assert rows[0] == [
        "Run", "Ended (Europe/Stockholm)", "Result", "Passed", "Failed", "Not tested",
    ]  # fmt: skip
    assert rows[1] == ["run1", "4 Mar 2026 05:04", "✅ passed", "8", "0", "0"]
    assert [row[0] for row in rows[1:]] == ["run1", "run2", "mobile/run3", "run4"]
    assert rows[4][3:] == ["?", "?", "?"]


def test_a_message_without_its_picture_says_so() -> None:
    message = told(RUNS).without_picture()
    assert "The picture is missing" in message.text
    assert [block["type"] for block in message.blocks] == [
        "header", "section", "context", "context", "table",
    ]  # fmt: skip


def test_the_picture_is_described_in_words() -> None:
    picture = told(RUNS).picture
    assert picture is not None
    assert picture.alternative == (
        "Bar chart of the last 4 runs, one bar of test cases for each run: 1 failed, 1 ended with "
        "an error, 1 canceled, 1 passed. Test cases failed in 1 of them, most in run run2: 3 of "
        "24. The table below has the numbers."
    )


def test_the_picture_has_a_bar_and_a_name_for_each_run_the_oldest_left() -> None:
    picture = svg(told(RUNS))
    names = [word for word in words_in(picture) if re.search(r"run\d", word)]
    assert names == ["run4", "mobile/run3", "run2", "run1"]
    assert "3" in words_in(picture), "the number of failures stands above its bar"


def test_no_meaning_of_the_picture_hangs_on_colour_alone() -> None:
    words = words_in(svg(told(RUNS)))
    for meaning in ("passed", "failed", "not tested", "run passed", "run failed", "error"):
        assert meaning in words
    drawn = told(RUNS).picture
    assert drawn is not None
    assert 'fill="url(#failed)"' in drawn.svg, "what failed is hatched"


def test_the_picture_brings_its_own_background() -> None:
    first = next(node for node in svg(told(RUNS)) if node.tag.endswith("rect"))
    assert first.get("fill") == "#ffffff"
    assert float(first.get("width") or 0) >= WIDTH - 1


def test_more_than_fit_are_said_to_be_left_out() -> None:
    runs = [ran(n, passed=8) for n in range(MOST_RUNS)]
    assert "the most that can be told apart" in told(runs, asked=100).text
    assert "the most that can be told apart" not in told(runs, asked=MOST_RUNS).text


def test_fewer_than_asked_for_are_all_that_is_remembered() -> None:
    assert "I remember no more than these." in told(RUNS, asked=20).text
    assert "I remember" not in told(RUNS, asked=4).text


@pytest.mark.parametrize("count", [1, 2, 7, MOST_RUNS])
def test_nothing_is_drawn_outside_of_the_picture(count: int) -> None:
    runs = [
        ran(n, Verdict.FAILED, short_id="W" * 40, project="mobile", passed=5000, failed=n)
        for n in range(count)
    ]
    for node in svg(told(runs)).iter():
        if node.tag.endswith("rect") and node.get("x"):
            x, y = float(node.get("x") or 0), float(node.get("y") or 0)
            assert -8 <= x <= WIDTH - float(node.get("width") or 0)
            assert -8 <= y <= HEIGHT - float(node.get("height") or 0) + 0.1


@pytest.mark.parametrize("most", [0, 1, 3, 24, 999, 10**6])
def test_any_number_of_test_cases_has_an_axis(most: int) -> None:
    words = words_in(svg(told([ran(1, passed=most)])))
    ticks = [int(word) for word in words if word.isdecimal()]
    assert ticks[0] == 0
    assert max(ticks) >= most
    assert 2 <= len(ticks) <= 7


def test_nothing_to_show_says_why() -> None:
    assert "was watched in this channel" in trend_blocks.nothing_to_show(only_watched=True).text
    assert "no run that has ended yet" in trend_blocks.nothing_to_show(only_watched=False).text


run_of_any_kind = st.builds(
    TrendRun,
    project=hostile,
    short_id=hostile,
    verdict=st.sampled_from(Verdict),
    ended_at=st.just(NOW),
    counts=st.dictionaries(st.sampled_from(Outcome), st.integers(0, 10**6)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(run_of_any_kind, min_size=1, max_size=MOST_RUNS), hostile)
def test_any_trend_is_within_slacks_limits(runs: list[TrendRun], zone: str) -> None:
    message = told(runs, zone=zone)
    assert_nothing_active_but(message)
    svg(message)
    assert message.picture is not None
    assert len(message.picture.alternative) <= MAX_ALTERNATIVE
