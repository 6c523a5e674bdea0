"""When a channel is told a digest, and of which period.

A period reaches from one moment at which a digest is due to the next: every run is in exactly one,
and no clock change makes a period overlap another or leave a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.time_zones import zone_of

SETTLES_AFTER = timedelta(seconds=30)
"""What ended just before a digest is due may still be on its way into the database."""
LATEST = timedelta(hours=12)
"""A digest that was missed while the bot was away is told so much later at the most, or not at all.

It is less than the day for which notices are kept at the least, so that the notice which has told
a period is there as long as the period is due.
"""


class Every(StrEnum):
    """How often a digest is told."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Weekday(StrEnum):
    """In the order of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `date.weekday()` counts."""
        return list(Weekday).index(self)


class DigestRule(BaseModel):
    """When a channel wants its digest.

    Attributes:
        weekday: of a weekly one.
        time_zone: its IANA name.
        since: when it was set; what was due before is not told.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    every: Every
    weekday: Weekday = Weekday.MONDAY
    hour: Annotated[int, Field(ge=0, le=23)] = 9
    time_zone: str = "UTC"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The time that one digest tells of: `start` and `before` belong to it and to the one before.

    Attributes:
        key: the same for one channel's digest of one day, whatever its hour or time zone.
        before: when the period before began.
        start: its first moment.
        end: the first moment after it, at which its digest is due.
    """

    key: str
    before: datetime
    start: datetime
    end: datetime


def begun(rule: DigestRule | None, standing: DigestRule | None, now: datetime) -> DigestRule | None:
    """A rule that is being set, with its beginning: the standing one's where they are the same."""
    if rule is None:
        return None
    if standing is not None and standing == rule.model_copy(update={"since": standing.since}):
        return standing
    return rule.model_copy(update={"since": now})


def due_period(rule: DigestRule, now: datetime) -> Period | None:
    """The period whose digest is due at this moment; None where none is.

    It is due from the hour on, with the moment in which its runs settle, until it is too late.
    """
    zone = zone_of(rule.time_zone)
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        end = _moment(day, rule.hour, zone)
        if not _is_day(rule, day) or not end + SETTLES_AFTER <= now < end + LATEST:
            continue
        if rule.since is not None and end <= rule.since:
            continue
        earlier = _earlier(rule, day, end, zone)
        start, before = next(earlier), next(earlier)
        return Period(f"{rule.every}:{day.isoformat()}", before, start, end)
    return None


def _is_day(rule: DigestRule, day: date) -> bool:
    return rule.every is Every.DAILY or day.weekday() == rule.weekday.number


def _earlier(rule: DigestRule, day: date, end: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The moments before this one at which a digest was due, the last one first."""
    step = timedelta(days=1 if rule.every is Every.DAILY else 7)
    last = end
    while True:
        day -= step
        moment = _moment(day, rule.hour, zone)
        # Where a zone has left out a whole day, two dates mean the same moment.
        if moment < last:
            yield moment
            last = moment


def _moment(day: date, hour: int, zone: tzinfo) -> datetime:
    """The first moment at which a clock on the wall shows this hour, or has passed it.

    An hour that a clock change leaves out is over when the change is; of one that it repeats, the
    first counts (`fold` is 0, PEP 495).
    """
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
