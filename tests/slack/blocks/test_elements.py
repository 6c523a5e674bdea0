"""Interactive elements: what fits is there, what does not is left out."""

from hypothesis import given

from bot.slack.blocks import elements
from tests.slack.blocks.arbitrary import hostile
from tests.slack.blocks.limits import assert_element_within_limits


def test_a_button_without_a_value_that_fits_is_left_out() -> None:
    assert elements.button("a", "Pay", None) == []
    assert elements.button("a", "Pay", "x" * 2_001) == []
    assert elements.actions([]) == []


def test_a_menu_leaves_out_what_does_not_fit_and_is_left_out_without_options() -> None:
    fits, too_long = elements.option("Refresh", "r"), elements.option("Copy", "x" * 151)
    (menu,) = elements.overflow("more", [fits, too_long])
    assert menu["options"] == [fits]
    assert elements.overflow("more", [too_long]) == []


def test_a_link_button_needs_an_address_that_can_be_trusted() -> None:
    assert elements.link_button("https://app.qa.tech@evil.example/", "Open") == []
    assert elements.link_button(None, "Open") == []


@given(hostile, hostile)
def test_any_label_gives_a_button_that_slack_takes(label: str, more: str) -> None:
    dialog = elements.confirm("Sure?", f"Really {label}", "Yes", "No")
    (button,) = elements.button("a", label, "v", confirm=dialog)
    assert_element_within_limits(button)
    (menu,) = elements.overflow("m", [elements.option(label, "1"), elements.option(more, "2")])
    assert_element_within_limits(menu)
