"""No query of the sweep, the delivery or a person's wish reads a whole table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine, make_url

from bot.domain.facts import AlertsCollapsed
from bot.domain.noise import Fold
from bot.domain.notice import ended_notices
from bot.domain.record import record_of
from bot.domain.rules import Rule
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchEnd, WatchState
from bot.store.database import Database
from bot.store.store import SqlStore
from bot.store.tables import metadata
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    at,
    claim_channels,
    finish,
    progress,
    report,
    take,
    tell,
    watch,
)

Query = tuple[str, tuple[object, ...]]
_OURS = tuple(metadata.tables)
_VERBS = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")


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
    assert (await store.backlog(at(42))).depth > 0
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
    await store.end_rerun(claim.id, new_short_id="newOne", refused=False, now=at(44))
    received = await store.keep("k", "{}", owner="one", until=at(74), now=at(44))
    assert received is not None
    assert await store.take_up(now=at(75), limit=5, owner="two", until=at(99))
    await store.dealt_with(received, at(76))
    await _use_alerts(store)


async def _use_alerts(store: SqlStore) -> None:
    record = record_of(FAILED, "default", at(50))
    await store.save_ended(
        KEY,
        run=FAILED,
        url=None,
        notice_for=lambda run_id: report("rule:C1:1", run_id=run_id, is_alert=True),
        now=at(50),
        record=record,
    )
    assert await store.record(KEY) is not None
    assert len(await store.history("default", before=at(51))) == 1
    assert await store.history_of(record) == []
    assert await store.origin_of(RunKey("default", "newOne")) is not None
    assert (await store.beat(at(51), away_after=60)).back_at is None
    assert (await store.beat(at(52), away_after=0)).is_back
    await store.poll_all_soon(at(52))
    assert await store.rule_of("C1") is None
    await store.save_rule("C1", Rule(), at(52))
    assert await store.note_refusal("C1", why="is_archived", notices=(), now=at(52))
    await store.release("C1", owner="one", free_at=at(52))
    assert "C1" in await claim_channels(store, at(52))
    found = await store.alerts("C1", now=at(52))
    lines = tuple(each.line for each in found.waiting)
    fact = AlertsCollapsed(lines=lines, total=1)
    folding = Fold(tuple(each.id for each in found.waiting), "burst:C1:1", fact)
    for _ in range(2):
        assert await store.fold(folding, channel="C1", owner="one", now=at(53))
    assert await store.watch_of("w1") is not None
    assert len(await store.notices_of("w1")) > 0


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
    (claim,) = (query for query in claims if f"UPDATE {table} " in query)
    assert claim.count(f"{table}.leased_until <= ?") == 2


@pytest.mark.parametrize("column", ["last_error", "dedupe_key || ''"])
def test_a_query_that_reads_a_whole_table_would_be_seen(
    connection: sqlite3.Connection, column: str
) -> None:
    query = (f"SELECT id FROM notices WHERE {column} = ?", ("x",))  # noqa: S608 - our own words
    assert len(_scans(connection, query)) == 1
