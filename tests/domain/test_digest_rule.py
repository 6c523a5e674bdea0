"""Which digest is due at which moment, across clock changes, outages and changes of the rule."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digest_rule import LATEST, DigestRule, Every, Weekday, begun, due_period
from bot.domain.time_zones import is_time_zone, meant_zone, nearest_zone, zone_of

DAILY = DigestRule(every=Every.DAILY, hour=9, time_zone="Europe/Stockholm")
WEEKLY = DigestRule(every=Every.WEEKLY, weekday=Weekday.SUNDAY, time_zone="Europe/Stockholm")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moments(rule: DigestRule, begin: str, days: int) -> list[tuple[str, datetime, datetime]]:
    """Every period that becomes due while a process looks each minute: key, start, end."""
    found: dict[str, tuple[str, datetime, datetime]] = {}
    now = utc(begin)
    for _ in range(days * 24 * 60):
        if period := due_period(rule, now):
            found.setdefault(period.key, (period.key, period.start, period.end))
        now += timedelta(minutes=1)
    return list(found.values())


def test_it_is_due_at_its_hour_of_the_channels_time_zone_and_not_before() -> None:
    assert due_period(DAILY, utc("2026-01-15T07:59:59")) is None
    assert due_period(DAILY, utc("2026-01-15T08:00:00")) is None  # its last runs settle
    period = due_period(DAILY, utc("2026-01-15T08:01:00"))
    assert period is not None
    assert period.key == "daily:2026-01-15"
    assert period.start == utc("2026-01-14T08:00:00")
    assert period.end == utc("2026-01-15T08:00:00")
    assert period.before == utc("2026-01-13T08:00:00")


def test_one_that_was_missed_is_told_late_but_not_the_day_after() -> None:
    at_hour = utc("2026-01-15T08:00:00")
    late = due_period(DAILY, at_hour + LATEST - timedelta(seconds=1))
    assert late is not None
    assert late.end == at_hour
    assert due_period(DAILY, at_hour + LATEST) is None


def test_one_of_the_evening_is_told_late_after_midnight() -> None:
    evening = DAILY.model_copy(update={"hour": 23})
    period = due_period(evening, utc("2026-01-16T02:00:00"))
    assert period is not None
    assert period.key == "daily:2026-01-15"


def test_a_weekly_one_is_due_on_its_day_alone_and_tells_of_a_week() -> None:
    assert due_period(WEEKLY, utc("2026-01-17T08:01:00")) is None
    period = due_period(WEEKLY, utc("2026-01-18T08:01:00"))
    assert period is not None
    assert period.key == "weekly:2026-01-18"
    assert period.end - period.start == timedelta(days=7)
    assert period.start - period.before == timedelta(days=7)


@pytest.mark.parametrize(
    ("zone", "hour", "begin", "ends"),
    [
        # Clocks go forward at 02:00: the day before it has 23 hours.
        pytest.param(
            "Europe/Stockholm",
            9,
            "2026-03-28T21:00",
            ["2026-03-29T07:00", "2026-03-30T07:00"],
            id="spring",
        ),
        # Clocks go back at 03:00: the day before it has 25 hours.
        pytest.param(
            "Europe/Stockholm",
            9,
            "2026-10-24T21:00",
            ["2026-10-25T08:00", "2026-10-26T08:00"],
            id="autumn",
        ),
        # 02:00 to 03:00 is left out: told when it would be over.
        pytest.param(
            "Europe/Stockholm",
            2,
            "2026-03-28T21:00",
            ["2026-03-29T01:00", "2026-03-30T00:00"],
            id="an hour that is left out",
        ),
        # 02:00 to 03:00 comes twice: told the first time.
        pytest.param(
            "Europe/Stockholm",
            2,
            "2026-10-24T21:00",
            ["2026-10-25T00:00", "2026-10-26T01:00"],
            id="an hour that comes twice",
        ),
        pytest.param(
            "America/New_York",
            1,
            "2026-11-01T00:00",
            ["2026-11-01T05:00", "2026-11-02T06:00"],
            id="comes twice, west of Greenwich",
        ),
        # In Egypt it is midnight that is left out: the day begins at 01:00.
        pytest.param(
            "Africa/Cairo",
            0,
            "2026-04-23T12:00",
            ["2026-04-23T22:00", "2026-04-24T21:00"],
            id="midnight is left out",
        ),
        # Half an hour, in a zone half an hour off.
        pytest.param(
            "Australia/Lord_Howe",
            2,
            "2026-10-03T12:00",
            ["2026-10-03T15:30", "2026-10-04T15:00"],
            id="half an hour",
        ),
        # Samoa had no 30 December 2011.
        pytest.param(
            "Pacific/Apia",
            9,
            "2011-12-30T08:00",
            ["2011-12-30T19:00", "2011-12-31T19:00"],
            id="a day that is left out",
        ),
    ],
)
def test_a_clock_change_neither_repeats_a_digest_nor_leaves_one_out(
    zone: str, hour: int, begin: str, ends: list[str]
) -> None:
    rule = DigestRule(every=Every.DAILY, hour=hour, time_zone=zone)
    found = moments(rule, begin, days=2)
    assert [end for _, _, end in found] == [utc(end) for end in ends]
    assert found[1][1] == found[0][2]


def test_a_week_with_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    spring = due_period(WEEKLY, utc("2026-03-29T07:01"))
    autumn = due_period(WEEKLY, utc("2026-10-25T08:01"))
    assert spring is not None
    assert spring.end - spring.start == timedelta(days=7, hours=-1)
    assert autumn is not None
    assert autumn.end - autumn.start == timedelta(days=7, hours=1)
    assert autumn.start - autumn.before == timedelta(days=7)


@settings(deadline=None)
@given(
    zone=st.sampled_from(
        ["UTC", "Europe/Stockholm", "America/Havana", "Asia/Gaza", "Pacific/Chatham"]
    ),
    hour=st.integers(0, 23),
    every=st.sampled_from(Every),
    weekday=st.sampled_from(Weekday),
    first=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001 - given a zone below
)
def test_periods_follow_each_other_without_gap_or_overlap(
    zone: str, hour: int, every: Every, weekday: Weekday, first: datetime
) -> None:
    rule = DigestRule(every=every, weekday=weekday, hour=hour, time_zone=zone)
    now, last = first.replace(tzinfo=UTC), None
    for _ in range(60):
        period = due_period(rule, now)
        if period is not None and last is not None and period.key != last.key:
            assert period.start == last.end
            assert period.before == last.start
        last = period or last
        now += timedelta(hours=6)


def test_what_was_due_before_the_digest_was_set_is_not_told() -> None:
    rule = DAILY.model_copy(update={"since": utc("2026-01-15T10:00")})
    assert due_period(rule, utc("2026-01-15T10:01")) is None
    assert due_period(rule, utc("2026-01-16T08:01")) is not None


def test_setting_the_same_digest_again_does_not_begin_it_anew() -> None:
    now = utc("2026-01-15T10:00")
    first = begun(DAILY, None, now)
    assert first is not None
    assert first.since == now
    assert begun(DAILY, first, now + timedelta(days=1)) == first
    other = DAILY.model_copy(update={"hour": 17})
    changed = begun(other, first, now + timedelta(days=1))
    assert changed is not None
    assert changed.since == now + timedelta(days=1)
    assert begun(None, first, now) is None


def test_a_later_hour_on_the_same_day_does_not_tell_that_day_twice() -> None:
    morning = due_period(DAILY, utc("2026-01-15T08:01"))
    evening = due_period(DAILY.model_copy(update={"hour": 17}), utc("2026-01-15T16:01"))
    assert morning is not None
    assert evening is not None
    assert morning.key == evening.key


def test_a_zone_that_is_not_known_any_more_counts_as_utc() -> None:
    rule = DAILY.model_copy(update={"time_zone": "Mars/Olympus"})
    assert zone_of("Mars/Olympus") is UTC
    assert due_period(rule, utc("2026-01-15T09:01")) is not None


def test_zones_are_known_by_their_names() -> None:
    assert is_time_zone("Europe/Stockholm")
    assert not is_time_zone("Europe")
    assert not is_time_zone("../../etc/passwd")
    assert not is_time_zone("")
    assert meant_zone(" europe/stockholm ") == "Europe/Stockholm"
    assert meant_zone("america/new york") == "America/New_York"
    assert meant_zone("CET+1") is None


def test_the_nearest_zone_is_found_by_its_city_too() -> None:
    assert nearest_zone("Stockholm") == "Europe/Stockholm"
    assert nearest_zone("new york") == "America/New_York"
    assert nearest_zone("Europe/Stokholm") == "Europe/Stockholm"
    assert nearest_zone("qqqqqqqq") is None
