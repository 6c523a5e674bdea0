"""A message, its limits, and its simpler forms."""

from bot.slack.blocks.message import (
    LEFT_OUT,
    Message,
    compose,
    context,
    header,
    plain_blocks,
    section,
    sections_of,
    simpler,
    size,
)
from tests.slack.blocks.limits import assert_within_limits


def test_a_message_that_fits_is_left_as_it_is() -> None:
    message = compose(["one", "two"], [header("One"), section("two")])
    assert message == Message("one\ntwo", (header("One"), section("two")))


def test_too_many_blocks_are_cut_and_that_is_said() -> None:
    message = compose(["text"], [section(str(n)) for n in range(60)])
    assert_within_limits(message)
    assert len(message.blocks) == 50
    assert message.blocks[-1] == context(LEFT_OUT)


def test_too_much_text_in_blocks_is_cut_and_that_is_said() -> None:
    message = compose(["text"], [section("ä" * 400) for _ in range(20)])
    assert_within_limits(message)
    assert message.blocks[-1] == context(LEFT_OUT)


def test_a_text_that_is_too_long_loses_whole_lines_and_says_so() -> None:
    message = compose([f"{n} " + "x" * 100 for n in range(100)], [])
    assert_within_limits(message)
    assert message.text.endswith(f"\n{LEFT_OUT}")
    assert all(len(line) > 100 for line in message.text.split("\n")[:-1])


def test_astral_characters_count_as_the_two_units_they_may_be() -> None:
    assert size("a👍") == 3


def test_lines_share_sections_and_are_never_cut() -> None:
    lines = ["", "x" * 2_000, "y" * 999, "z" * 10]
    assert sections_of(lines) == [f"{'x' * 2_000}\n{'y' * 999}", "z" * 10]


def test_a_refused_message_becomes_plain_sections_then_text_then_nothing() -> None:
    message = compose(["Run UkxK failed.", "3 failed."], [header("x"), section("y")])
    plain = simpler(message)
    assert plain == Message(message.text, (section("Run UkxK failed.\n3 failed."),))
    assert plain is not None
    bare = simpler(plain)
    assert bare == Message(message.text)
    assert bare is not None
    assert simpler(bare) is None


def test_a_message_that_is_plain_already_goes_straight_to_its_text() -> None:
    assert simpler(Message("one", plain_blocks(["one"]))) == Message("one")


def test_the_plain_form_fits_even_when_every_character_is_costly() -> None:
    message = compose(["👍" * 80 for _ in range(20)], [section("x")])
    plain = simpler(message)
    assert plain is not None
    assert_within_limits(plain)


def test_a_heading_that_the_name_of_a_run_makes_too_long_is_clipped() -> None:
    for name in ("x" * 200, "🚫" + "é" * 200, "&lt;" * 60, "🚫" * 200):
        shown = header(f"🚫 Run {name} was canceled")["text"]["text"]
        assert 60 < len(shown.encode("utf-16-le")) // 2 <= 150
        assert shown.endswith("…")
