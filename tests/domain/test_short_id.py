"""What people type when they mean a run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.domain.short_id import RunKey, RunReference, parse_run_reference, run_url

LINK = "https://app.qa.tech/p/fjord/results/UkxK"


@pytest.mark.parametrize(
    "typed",
    [
        "UkxK",
        "#UkxK",
        " UkxK ",
        "`UkxK`",
        "`#UkxK`",
        "UkxK.",
        "UkxK,",
        "“UkxK”",
        "*UkxK*",
        "<#C024BE7LR|UkxK>",
    ],
)
def test_a_bare_short_id_is_understood_in_whatever_it_is_wrapped(typed: str) -> None:
    assert parse_run_reference(typed) == RunReference("UkxK")


@pytest.mark.parametrize("typed", ["_x", "a", "A-b_9", "x" * 64, "list", "12345"])
def test_every_short_id_of_the_accepted_alphabet_is_understood(typed: str) -> None:
    assert parse_run_reference(typed).short_id == typed


@pytest.mark.parametrize("typed", ["shop/UkxK", "shop/#UkxK", "`shop/UkxK`"])
def test_an_alias_before_the_short_id_names_the_project(typed: str) -> None:
    assert parse_run_reference(typed) == RunReference("UkxK", alias="shop")


@pytest.mark.parametrize(
    "typed",
    [
        LINK,
        f"<{LINK}>",
        f"<{LINK}|app.qa.tech/p/fjord/results/UkxK>",
        f"<{LINK}|our nightly run>",
        f"{LINK}/",
        f"<{LINK}/|x>",
        f"{LINK}?tab=issues&amp;x=1",
        f"<{LINK}?tab=issues|x>",
        f"{LINK}#top",
        "app.qa.tech/p/fjord/results/UkxK",
        "https://app.qa.tech/dashboard/p/fjord/results/UkxK",
        "<https://app.qa.tech/projects/fjord/results/UkxK?a=b|x>",
        f"<{LINK}>.",
        f"`{LINK}`",
    ],
)
def test_a_result_link_in_every_form_gives_short_id_and_slug(typed: str) -> None:
    reference = parse_run_reference(typed)
    assert (reference.short_id, reference.slug) == ("UkxK", "fjord")
    assert reference.url is not None
    assert reference.url.startswith("https://app.qa.tech/")
    assert "?" not in reference.url


@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example/p/fjord/results/UkxK",
        "https://app.qa.tech.evil.example/p/fjord/results/UkxK",
        "https://app.qa.tech@evil.example/p/fjord/results/UkxK",
        "<https://evil.example/p/fjord/results/UkxK|https://app.qa.tech/p/fjord/results/UkxK>",
        "https://evilqa.tech/p/fjord/results/UkxK",
        "evil.example/p/fjord/results/UkxK",
    ],
)
def test_a_link_that_leads_elsewhere_names_a_run_and_is_not_shown_to_others(typed: str) -> None:
    reference = parse_run_reference(typed)
    assert (reference.short_id, reference.slug, reference.url) == ("UkxK", "fjord", None)


@pytest.mark.parametrize(
    "typed",
    [
        "http://app.qa.tech/p/fjord/results/UkxK",
        "https://evil@app.qa.tech:8443/p/fjord/results/UkxK",
        "https://APP.QA.TECH/p/fjord/results/UkxK",
    ],
)
def test_a_link_to_qatech_is_shown_in_its_plain_form(typed: str) -> None:
    assert parse_run_reference(typed).url == "https://app.qa.tech/p/fjord/results/UkxK"


def test_the_case_of_a_short_id_is_kept() -> None:
    assert parse_run_reference("ukXk") != parse_run_reference("UkxK")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("https://app.qa.tech/p/fjord/results/test/Ab12", "one test case, not to a run"),
        ("<https://app.qa.tech/p/fjord/results/test/Ab12?x=1|x>", "one test case, not to a run"),
        ("https://example.com/", "not one of a QA.tech run"),
        ("https://app.qa.tech/p/fjord", "not one of a QA.tech run"),
        ("", "The run is missing"),
        ("#", "The run is missing"),
        ("what?is", "is not a run"),
        ("x" * 65, "is not a run"),
        ("a/b/c", "is not a run"),
        ("`'; drop`table", "is not a run"),
    ],
)
def test_what_is_no_run_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        parse_run_reference(typed)


@given(st.text())
def test_whatever_is_typed_is_understood_or_refused_in_words(typed: str) -> None:
    try:
        said = parse_run_reference(typed).short_id
    except UserError as error:
        said = str(error)
    assert 0 < len(said) < 250


def test_the_default_project_is_not_named() -> None:
    assert str(RunKey("default", "UkxK")) == "UkxK"
    assert str(RunKey("shop", "UkxK")) == "shop/UkxK"


def test_a_link_is_built_from_a_slug() -> None:
    assert parse_run_reference(run_url("fjord", "UkxK")).slug == "fjord"
