"""The digest's part of the rules' form: what it shows, what it reads, what it refuses."""

from typing import Any

import pytest

from bot.domain.digest_rule import DigestRule, Every, Weekday
from bot.slack.blocks.digest_form import digest_fields, digest_words, read_digest

WEEKLY = DigestRule(every=Every.WEEKLY, weekday=Weekday.FRIDAY, hour=17, time_zone="Asia/Tokyo")
DAILY = DigestRule(every=Every.DAILY, hour=9, time_zone="Europe/Stockholm")


def filled(often: str, hour: str = "9", zone: str = "Europe/Stockholm") -> dict[str, Any]:
    """The state of the fields as Slack gives it."""
    return {
        "digest": {"digest": {"selected_option": {"value": often}}},
        "digest_hour": {"digest_hour": {"selected_option": {"value": hour}}},
        "time_zone": {"time_zone": {"value": zone}},
    }


def shown(rule: DigestRule | None, time_zone: str = "Europe/Paris") -> list[str]:
    """What the three fields are filled in with."""
    often, hour, zone = (block["element"] for block in digest_fields(rule, time_zone))
    return [
        often["initial_option"]["text"]["text"],
        hour["initial_option"]["text"]["text"],
        zone["initial_value"],
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, ["Never", "09:00", "Europe/Paris"]),
        (DAILY, ["Every day", "09:00", "Europe/Stockholm"]),
        (WEEKLY, ["Every Friday", "17:00", "Asia/Tokyo"]),
    ],
)
def test_the_fields_are_filled_in_with_what_stands(
    rule: DigestRule | None, words: list[str]
) -> None:
    assert shown(rule) == words


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (filled("never"), None),
        (filled("daily"), DAILY),
        (filled("friday", "17", "asia/tokyo"), WEEKLY),
        (filled("daily", "9", "  europe/stockholm "), DAILY),
    ],
)
def test_what_is_filled_in_is_read(values: dict[str, Any], rule: DigestRule | None) -> None:
    errors: dict[str, str] = {}
    assert read_digest(values, None, errors) == rule
    assert errors == {}


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Stockholm", "Did you mean Europe/Stockholm?"),
        ("", "It looks like Europe/Stockholm."),
        ("../../etc/passwd", "It looks like Europe/Stockholm."),
        ("<!channel>", "It looks like Europe/Stockholm."),
    ],
)
def test_an_unknown_time_zone_is_said_at_its_field(zone: str, hint: str) -> None:
    errors: dict[str, str] = {}
    read_digest(filled("daily", zone=zone), None, errors)
    assert errors == {"time_zone": f"I do not know this time zone. {hint}"}


def test_who_wants_no_digest_need_not_know_a_time_zone() -> None:
    errors: dict[str, str] = {}
    assert read_digest(filled("never", zone="nonsense"), DAILY, errors) is None
    assert errors == {}


@pytest.mark.parametrize("values", [{}, {"digest": {"digest": {}}}, {"digest": {}}])
def test_a_form_without_the_field_keeps_what_was(values: dict[str, Any]) -> None:
    assert read_digest(values, WEEKLY, {}) == WEEKLY


@pytest.mark.parametrize("hour", ["24", "-1", "noon", ""])
def test_an_hour_that_no_day_has_becomes_the_usual_one(hour: str) -> None:
    read = read_digest(filled("daily", hour), None, {})
    assert read is not None
    assert read.hour == 9


def test_a_digest_is_told_in_words() -> None:
    assert digest_words(DAILY) == "A digest every day at 09:00 (Europe/Stockholm)."
    assert digest_words(WEEKLY) == "A digest every Friday at 17:00 (Asia/Tokyo)."
