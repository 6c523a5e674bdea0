"""No query of the sweep, the delivery or a person's wish reads a whole table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine, make_url

from bot.domain.notice import ended_notices
from bot.domain.watch import WatchEnd, WatchState
from bot.store.database import Database
from bot.store.store import SqlStore
from bot.store.tables import metadata
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    at,
    finish,
    progress,
    report,
    take,
    tell,
    watch,
)

Query = tuple[str, tuple[object, ...]]
_OURS = tuple(metadata.tables)
_VERBS = ("SELECT", "UPDATE", "DELETE", "INSERT")


@contextmanager
def _recorded() -> Iterator[list[Query]]:
    """All queries of any engine until the block ends."""
    queries: list[Query] = []

    def record(
        _connection: Connection, _cursor: Any, statement: str, values: Any, *_: object
    ) -> None:
        if statement.lstrip().startswith(_VERBS):
            queries.append((statement, tuple(values)))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield queries
    finally:
        event.remove(Engine, "before_cursor_execute", record)


def _plan(connection: sqlite3.Connection, query: Query) -> list[str]:
    found = connection.execute(f"EXPLAIN QUERY PLAN {query[0]}", query[1])
    return [str(step) for *_, step in found]


def _scans(connection: sqlite3.Connection, query: Query) -> list[str]:
    """The steps of a query's plan that read a table of ours, or an index of it, from end to end."""
    steps = _plan(connection, query)
    return [step for step in steps if step.split()[:1] == ["SCAN"] and step.split()[1] in _OURS]


async def _use_all(store: SqlStore) -> None:
    opened = await watch(store)
    await watch(store, "w2", channel="C2")
    await tell(store, NOW)
    await progress(store, at(5))
    live = await take(store, at(30))
    await store.found_live(live, None)
    await store.retry(live, at=at(31), why="slow", uncertain=True, told_aside=True)
    await store.drop(live, why="refused", now=at(31))
    await store.hasten("C1", at(32))
    await store.poll_soon(opened.tracked.id, at(32))
    notices = ended_notices(opened.watch, WatchEnd.STOPPED)
    assert await store.end_watch("w1", state=WatchState.STOPPED, notices=notices, now=at(33))
    await finish(store, at(40))
    await store.save_ended(
        KEY, run=FAILED, url=None, notice_for=lambda _: report("asked:1"), now=at(41)
    )
    assert await store.overdue(at(42)) == 0
    assert await store.oldest_due(at(42)) > 0
    assert await store.find_watch(KEY, "C1") is None
    assert await store.last_watch(KEY, "C1") is not None
    assert await store.watches_in("C1") == []
    assert await store.watches_in(None) == []
    assert await store.run_in_thread("C1", "9.9") is None
    assert await store.known_run(KEY) is not None
    assert await store.watches_by("U1") == []
    assert len(await store.results_in(["C1", "C2"], 5)) == 1
    for channel in (None, "C1"):
        await store.ended_in(
            ["default", "app"], since=NOW, until=at(99), channel=channel, limit=200, offset=200
        )
    claim = await store.begin_rerun(KEY, failed_only=True, asked_by="U1", since=NOW, now=at(43))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id="newOne", refused=False)
    received = await store.keep("k", "{}", owner="one", until=at(74), now=at(44))
    assert received is not None
    assert await store.take_up(now=at(75), limit=5, owner="two", until=at(99))
    await store.dealt_with(received, at(76))


@pytest.fixture
async def queries(prepared_sqlite: str) -> list[Query]:
    async with Database.open(prepared_sqlite) as database:
        with _recorded() as queries:
            await _use_all(SqlStore(database))
    return queries


@pytest.fixture
def connection(prepared_sqlite: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(str(make_url(prepared_sqlite).database))) as connection:
        yield connection


async def test_no_query_reads_a_whole_table(
    queries: list[Query], connection: sqlite3.Connection
) -> None:
    assert len({statement for statement, _ in queries}) > 30
    assert {query[0]: found for query in queries if (found := _scans(connection, query))} == {}


@pytest.mark.parametrize(
    ("part", "index"),
    [
        # The next notice of a channel: the backlog of the others is not read.
        ("UPDATE notices SET attempts", "(channel=? AND state=? AND due_at<?)"),
        # The run of a thread, for each message in any thread: not all watches of the channel.
        ("FROM tracked_runs JOIN watches", "(channel=? AND live_ts=?)"),
        ("FROM tracked_runs JOIN watches", "(channel=? AND thread_ts=?)"),
    ],
)
async def test_what_is_asked_most_often_has_an_index_of_its_own(
    queries: list[Query], connection: sqlite3.Connection, part: str, index: str
) -> None:
    plans = [" ".join(_plan(connection, query)) for query in queries if part in query[0]]
    assert any(index in plan for plan in plans)


@pytest.mark.parametrize("table", ["tracked_runs", "channels", "inbox"])
async def test_a_claim_says_twice_that_the_row_must_be_free(
    queries: list[Query], table: str
) -> None:
    # DESIGN §5.3: PostgreSQL may otherwise hand one row to two workers, too rarely for a test.
    claims = {query for query, _ in queries if f" {table}.leased_until <= ?" in query}
    (claim,) = (query for query in claims if query.startswith("UPDATE"))
    assert claim.count(f"{table}.leased_until <= ?") == 2


@pytest.mark.parametrize("column", ["last_error", "dedupe_key || ''"])
def test_a_query_that_reads_a_whole_table_would_be_seen(
    connection: sqlite3.Connection, column: str
) -> None:
    query = (f"SELECT id FROM notices WHERE {column} = ?", ("x",))  # noqa: S608 - our own words
    assert len(_scans(connection, query)) == 1
