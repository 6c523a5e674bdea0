"""The part of the rules' form that sets a channel's digest: its fields, and reading them."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.digest_rule import DigestRule, Every, Weekday
from bot.domain.time_zones import meant_zone, nearest_zone
from bot.slack.blocks.elements import field, plain_text, select
from bot.slack.blocks.message import Block
from bot.slack.blocks.text import plain

DIGEST: Final = "digest"
HOUR: Final = "digest_hour"
TIME_ZONE: Final = "time_zone"

_NEVER = "never"
_USUAL_HOUR = 9
_LONGEST_ZONE = 64


def digest_fields(rule: DigestRule | None, time_zone: str) -> list[Block]:
    """The fields, filled in with a rule; `time_zone` is what a new digest begins with."""
    often = {_NEVER: "Never", Every.DAILY.value: "Every day"} | {
        day.value: f"Every {day.value.capitalize()}" for day in Weekday
    }
    hours = {str(hour): f"{hour:02}:00" for hour in range(24)}
    zone: dict[str, Any] = {
        "type": "plain_text_input",
        "max_length": _LONGEST_ZONE,
        "placeholder": plain_text("Europe/Stockholm"),
    }
    zone["initial_value"] = (rule.time_zone if rule else time_zone)[:_LONGEST_ZONE]
    return [
        field(DIGEST, "A digest of all runs", select(often, _frequency(rule))),
        field(HOUR, "At", select(hours, str(rule.hour if rule else _USUAL_HOUR))),
        field(
            TIME_ZONE,
            "In the time zone",
            zone,
            hint="Its name, as in Europe/Stockholm or America/New_York.",
        ),
    ]


def read_digest(
    values: Mapping[str, Any], before: DigestRule | None, errors: dict[str, str]
) -> DigestRule | None:
    """The digest that a form's state means; what is wrong with it goes into `errors`."""
    often = _chosen(values, DIGEST)
    if DIGEST not in values or often is None:
        return before
    if often == _NEVER:
        return None
    typed = str(_part(values, TIME_ZONE).get("value") or "").strip()
    zone = meant_zone(typed)
    if zone is None:
        near = nearest_zone(typed)
        meant = f" Did you mean {near}?" if near else " It looks like Europe/Stockholm."
        errors[TIME_ZONE] = f"I do not know this time zone.{meant}"
    hour = _chosen(values, HOUR)
    is_weekly = often in set(Weekday)
    return DigestRule(
        every=Every.WEEKLY if is_weekly else Every.DAILY,
        weekday=Weekday(often) if is_weekly else Weekday.MONDAY,
        hour=int(hour) if hour is not None and hour.isdecimal() and int(hour) < 24 else _USUAL_HOUR,
        time_zone=zone or typed[:_LONGEST_ZONE],
    )


def digest_words(rule: DigestRule) -> str:
    """When a digest is told, in words."""
    days = "every day" if rule.every is Every.DAILY else f"every {rule.weekday.value.capitalize()}"
    return f"A digest {days} at {rule.hour:02}:00 ({plain(rule.time_zone, _LONGEST_ZONE)})."


def _frequency(rule: DigestRule | None) -> str:
    if rule is None:
        return _NEVER
    return Every.DAILY.value if rule.every is Every.DAILY else rule.weekday.value


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, dict) else {}


def _chosen(values: Mapping[str, Any], name: str) -> str | None:
    value = (_part(values, name).get("selected_option") or {}).get("value")
    return value if isinstance(value, str) else None
