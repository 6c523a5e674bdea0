"""Time zones by the names that people, Slack and operating systems give them (IANA)."""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process, utils

_ALIKE = 75


def is_time_zone(name: str) -> bool:
    """Whether this is the name of a time zone, spelt as it is."""
    return name in _names()


def zone_of(name: str) -> tzinfo:
    """The time zone of this name; UTC for one that is not known (any more)."""
    return ZoneInfo(name) if is_time_zone(name) else UTC


def meant_zone(text: str) -> str | None:
    """The time zone that was meant, whatever its letters' case; None where none is that near."""
    typed = text.strip().replace(" ", "_").casefold()
    for name in _names():
        if name.casefold() == typed:
            return name
    return None


def nearest_zone(text: str) -> str | None:
    """A time zone that may have been meant, by its name or by its city's."""
    names = sorted(_names())
    cities = [name.rpartition("/")[2] for name in names]
    for choices in (cities, names):
        found = process.extractOne(
            text,
            choices,
            scorer=fuzz.ratio,
            processor=utils.default_process,
            score_cutoff=_ALIKE,
        )
        if found is not None:
            return names[found[2]]
    return None


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
