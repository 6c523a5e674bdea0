"""Every query of the sweep, the delivery and a person's wish, and which those are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from bot.domain.facts import AlertsCollapsed
from bot.domain.noise import Fold
from bot.domain.notice import ended_notices
from bot.domain.record import record_of
from bot.domain.rules import Rule
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchEnd, WatchState
from bot.services.ports import Payload
from bot.store.store import SqlStore
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    at,
    claim_channels,
    finish,
    polled,
    progress,
    report,
    take,
    tell,
    watch,
)

Query = tuple[str, Any]
"""A statement, and its values as the driver wants them."""
_VERBS = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")


@contextmanager
def recorded() -> Iterator[list[Query]]:
    """All queries of any engine until the block ends."""
    queries: list[Query] = []

    def record(
        _connection: Connection, _cursor: Any, statement: str, values: Any, *_: object
    ) -> None:
        if statement.lstrip().startswith(_VERBS):
            queries.append((statement, values[0] if isinstance(values, list) else values))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield queries
    finally:
        event.remove(Engine, "before_cursor_execute", record)


async def use_all(store: SqlStore) -> None:
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
    (tracked,) = await store.claim_runs(now=at(35), limit=5, owner="one", until=at(65))
    quiet = polled(tracked, at(35))
    assert await store.save_quiet_polls([quiet], owner="one", now=at(35)) == {tracked.id}
    assert await store.next_due(at(36)) == at(40)
    assert await store.due_runs(at(40), 5) == 1
    await finish(store, at(40))
    await store.save_ended(
        KEY, run=FAILED, url=None, notice_for=lambda _: report("asked:1"), now=at(41)
    )
    assert await store.overdue(at(42)) == 0
    assert (await store.backlog(at(42))).age > 0
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
    (received,) = await store.keep([Payload("k", "{}")], owner="one", until=at(74), now=at(44))
    assert received is not None
    assert await store.take_up(now=at(75), limit=5, owner="two", until=at(99))
    await store.dealt_with([received], at(76))
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
    assert await store.usual_seconds("default", record.names) == []
    assert not await store.was_not_understood("C1", "9.9", besides="said:1")
    assert await store.history_of(record) == []
    before = await store.before(RunKey("default", "newOne"), record.names, now=at(51))
    assert before.origin is not None
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
