"""No query of the sweep, the delivery or a person's wish reads a whole table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)
from sqlalchemy.engine import make_url

from bot.store.columns import Instant
from bot.store.database import Database
from bot.store.store import SqlStore
from bot.store.tables import metadata, watches
from bot.store.urls import read_url
from tests.store.every_query import Query, recorded, use_all

_OURS = tuple(metadata.tables)
_ROWS = 3000


def _plan(connection: sqlite3.Connection, query: Query) -> list[str]:
    found = connection.execute(f"EXPLAIN QUERY PLAN {query[0]}", query[1])
    return [str(step) for *_, step in found]


def _scans(connection: sqlite3.Connection, query: Query) -> list[str]:
    """The steps of a query's plan that read a table of ours, or an index of it, from end to end."""
    steps = _plan(connection, query)
    return [step for step in steps if step.split()[:1] == ["SCAN"] and step.split()[1] in _OURS]


@pytest.fixture
async def queries(prepared_sqlite: str) -> list[Query]:
    async with Database.open(prepared_sqlite) as database:
        with recorded() as queries:
            await use_all(SqlStore(database))
    return queries


@pytest.fixture
def postgresql(prepared_postgresql: str) -> Iterator[Connection]:
    """A connection that does without an index only where there is none for a query."""
    engine = create_engine(read_url(prepared_postgresql))
    with engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        yield connection
    engine.dispose()


def _plan_of_postgresql(
    connection: Connection, query: str, values: Any
) -> Iterator[dict[str, Any]]:
    """The steps of a query's plan."""
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {query}", values).scalar_one()
    steps = [each["Plan"] for each in found]
    while steps:
        step = steps.pop()
        steps += step.get("Plans", ())
        yield step


def _whole(step: dict[str, Any]) -> bool:
    """Whether a step reads a table of ours, or an index of it, from end to end for a part of it."""
    if step.get("Relation Name") not in _OURS:
        return False
    if step["Node Type"] == "Seq Scan":
        return True
    reads_all = step["Node Type"].startswith("Index") and "Index Cond" not in step
    return reads_all and "Filter" in step and step["Plan Rows"] < _ROWS / 2


def _fill(connection: Connection) -> None:
    """Thousands of rows beside those that are there, so that only an index leads to one of them."""
    for table in metadata.sorted_tables:
        names = [column.name for column in table.columns]
        row = ", ".join(_another(table, column) for column in table.columns)
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {row} "  # noqa: S608 - our own
            f"FROM (SELECT * FROM {table.name} LIMIT 1) AS one, generate_series(1, {_ROWS}) AS n"
        )
    connection.exec_driver_sql("ANALYZE")


def _another(table: Table, column: Column[Any]) -> str:
    """What the n-th row more has in this column: what indexes tell rows apart by is its own."""
    if column is watches.c.state:
        return "'active'"  # or the index of the active ones would be as good as empty
    told_apart = {"id", "number", "run_id", *table.primary_key.columns.keys()}
    for index in table.indexes:
        told_apart |= set(index.columns.keys())
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            told_apart |= set(constraint.columns.keys())
    if column.name not in told_apart - {"state"} or isinstance(column.type, Boolean):
        return column.name
    if isinstance(column.type, Integer):
        return "1000 + n"
    return (
        f"{column.name} + n" if isinstance(column.type, Instant) else f"{column.name} || '/' || n"
    )


@pytest.fixture
def connection(prepared_sqlite: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(str(make_url(prepared_sqlite).database))) as connection:
        yield connection


async def test_no_query_reads_a_whole_table_of_postgresql(
    prepared_postgresql: str, postgresql: Connection
) -> None:
    async with Database.open(prepared_postgresql) as database:
        with recorded() as queries:
            await use_all(SqlStore(database))
    _fill(postgresql)
    read = {}
    for statement, values in queries:
        steps = _plan_of_postgresql(postgresql, statement, values)
        if whole := [step for step in steps if _whole(step)]:
            read[statement] = whole
    assert read == {}


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
        # Whether somebody still watches the runs of a batch: not all watches that are active.
        ("FROM watches \nWHERE watches.run_id = tracked_runs.id", "(run_id=?"),
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


def test_a_query_that_reads_a_whole_table_of_postgresql_would_be_seen(
    postgresql: Connection,
) -> None:
    query = "SELECT id FROM notices WHERE last_error = 'x'"
    assert any(_whole(step) for step in _plan_of_postgresql(postgresql, query, ()))
