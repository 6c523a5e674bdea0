"""What a newer or an older version has written must not stop this one."""

from datetime import timedelta

import pytest
from sqlalchemy import RowMapping, select, update

from bot.domain.run import Progress
from bot.domain.watch import TrackedRun
from bot.store.database import Database
from bot.store.store import SqlStore
from bot.store.tables import NoticeState, notices, tracked_runs
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    at,
    claim_channels,
    claim_run,
    finish,
    report,
    take,
    tell,
    watch,
)


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database)


async def _kept(database: Database, dedupe_key: str) -> RowMapping:
    async with database.reading() as connection:
        query = select(notices).where(notices.c.dedupe_key == dedupe_key)
        return (await connection.execute(query)).mappings().one()


@pytest.mark.parametrize("fact", ['{"kind": "from_the_future"}', "{}", "not JSON"])
async def test_a_fact_that_is_not_known_is_dropped_and_the_next_one_told(
    database: Database, store: SqlStore, fact: str
) -> None:
    await store.add([report("odd"), report("known")], NOW)
    async with database.writing() as connection:
        await connection.execute(
            update(notices).where(notices.c.dedupe_key == "odd").values(fact=fact)
        )
    assert (await tell(store, NOW)).telling.notice.dedupe_key == "known"
    assert await claim_channels(store, at(1)) == []
    odd = await _kept(database, "odd")
    assert odd["state"] == NoticeState.DROPPED
    assert "does not know the fact" in odd["last_error"]


async def test_an_outcome_that_is_not_known_does_not_stop_the_polling(
    database: Database, store: SqlStore
) -> None:
    await watch(store)
    async with database.writing() as connection:
        await connection.execute(update(tracked_runs).values(progress='{"counts": {"new": 1}}'))
    assert (await claim_run(store, at(5))).progress == Progress()


async def test_a_dropped_notice_is_kept_with_the_reason(
    database: Database, store: SqlStore
) -> None:
    await store.add([report("a")], NOW)
    await store.drop(await take(store, NOW), why="archived \x00", now=NOW)
    kept = await _kept(database, "a")
    assert (kept["state"], kept["last_error"]) == (NoticeState.DROPPED, "archived \ufffd")


async def test_a_told_notice_is_kept_with_its_message(database: Database, store: SqlStore) -> None:
    await store.add([report("a")], NOW)
    await tell(store, at(2), ts="9.9")
    kept = await _kept(database, "a")
    assert (kept["state"], kept["message_ts"], kept["sent_at"]) == ("sent", "9.9", at(2))
    assert (kept["attempt_open"], kept["uncertain"], kept["last_error"]) == (False, False, None)


async def test_an_ended_run_is_kept_in_the_words_of_qatech(
    database: Database, store: SqlStore
) -> None:
    await watch(store)
    await finish(store, at(5))
    async with database.reading() as connection:
        row = (await connection.execute(select(tracked_runs))).mappings().one()
    assert '"runTestCases":[{"id":"c1","shortId":"t1"' in row["snapshot"]
    assert (row["ended_at"], row["leased_by"]) == (at(5), None)


async def test_a_watch_that_its_notice_alone_names_still_brings_its_run(store: SqlStore) -> None:
    opened = await watch(store, live=False)
    await store.add([report("a", watch_id=opened.watch.id)], NOW)
    telling = (await take(store, NOW)).telling
    assert telling.watch == opened.watch
    assert isinstance(telling.tracked, TrackedRun)
    assert telling.tracked.key == KEY


async def test_a_store_opened_again_goes_on_where_it_was(prepared_url: str) -> None:
    async with Database.open(prepared_url) as database:
        await watch(SqlStore(database), live=False)
        await finish(SqlStore(database), at(5))
    async with Database.open(prepared_url) as database:
        told = await tell(SqlStore(database), NOW + timedelta(seconds=6))
    assert told.telling.tracked is not None
    assert told.telling.tracked.run == FAILED
