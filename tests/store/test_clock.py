"""One clock for all."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.store.clock import DatabaseClock
from bot.store.database import Database


def ahead(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize("wrong_by", [-100.0, 0.0, 100.0])
async def test_machines_with_different_clocks_agree_by_their_postgresql(
    prepared_postgresql: str, wrong_by: float
) -> None:
    async with Database.open(prepared_postgresql) as database:
        clock = DatabaseClock(database, own_clock=lambda: ahead(wrong_by))
        await clock.set()
        assert abs((clock() - ahead(0)).total_seconds()) < 1  # the server is on this machine


async def test_with_sqlite_the_clock_is_the_machine_s(prepared_sqlite: str) -> None:
    async with Database.open(prepared_sqlite) as database:
        clock = DatabaseClock(database, own_clock=lambda: ahead(100))
        await clock.set()
        assert (clock() - ahead(0)).total_seconds() > 99


async def test_a_clock_that_is_wrong_is_said_once_and_so_is_that_it_is_right_again(
    prepared_postgresql: str,
) -> None:
    wrong_by = 100.0
    async with Database.open(prepared_postgresql) as database:
        clock = DatabaseClock(database, own_clock=lambda: ahead(wrong_by))
        with capture_logs() as logged:
            await clock.set()
            await clock.set()
            wrong_by = 0.0
            await clock.set()
            await clock.set()
    assert [line["event"] for line in logged] == ["clock_differs", "clock_agrees"]
    assert logged[0]["from_database_seconds"] == pytest.approx(-100, abs=1)
