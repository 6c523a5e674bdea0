from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.store.columns import ForeignText, Instant

_DIALECT = sqlite.dialect()


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=30))]),
    )
)
def test_a_moment_is_kept_to_the_microsecond(moment: datetime) -> None:
    kept = Instant().process_bind_param(moment, _DIALECT)
    back = Instant().process_result_value(kept, _DIALECT)
    assert back == moment
    assert back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), _DIALECT)  # noqa: DTZ001 - to be refused


def test_nothing_stays_nothing() -> None:
    assert Instant().process_bind_param(None, _DIALECT) is None
    assert Instant().process_result_value(None, _DIALECT) is None
    assert ForeignText().process_bind_param(None, _DIALECT) is None


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_one_that_a_database_can_hold(text: str) -> None:
    kept = ForeignText().process_bind_param(text, _DIALECT)
    assert kept is not None
    assert "\x00" not in kept
    assert len(kept.encode()) >= len(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert ForeignText().process_bind_param(text, _DIALECT) == text
