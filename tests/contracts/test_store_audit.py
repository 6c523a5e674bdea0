"""The audit trail: what is written with a change, what is read, and that nothing is ever undone."""

from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, text, update
from sqlalchemy.exc import DBAPIError

from bot.domain.audit import Act, Entry, NewEntry
from bot.domain.rules import NotifyOn, Rule
from bot.domain.watch import WatchState
from bot.services.ports import AuditTrail, Store
from bot.store.audit import SqlAuditTrail
from bot.store.database import Database
from bot.store.tables import audit_entries
from tests.contracts.store_steps import KEY, NOW, at, replicas, store, store_url, watch

__all__ = ["replicas", "store", "store_url"]

MUTED = NewEntry(Act.MUTED, "U1", "C1", detail="until tomorrow")
STOPPED = NewEntry(Act.WATCH_STOPPED, "U2", "C1", KEY)


async def _acts(store: AuditTrail, channel: str | None = None) -> list[str]:
    return [entry.act for entry in (await store.audit(channel, limit=100)).entries]


async def test_an_entry_is_kept_as_it_was_written(store: Store) -> None:
    await store.add_entries([MUTED, STOPPED], NOW)
    page = await store.audit(None, limit=10)
    newest, oldest = page.entries
    assert page.total == 2
    assert newest == Entry(newest.id, NOW, "watch_stopped", "U2", "C1", KEY, "")
    assert oldest == Entry(oldest.id, NOW, "muted", "U1", "C1", None, "until tomorrow")


async def test_a_channel_has_its_own_entries_newest_first_and_page_by_page(store: Store) -> None:
    for number in range(5):
        await store.add_entries(
            [
                NewEntry(Act.MUTED, "U1", "C1", detail=str(number)),
                NewEntry(Act.MUTED, "U1", "C2", detail=str(number)),
            ],
            at(number),
        )
    await store.add_entries([NewEntry(Act.RULES_SET, "operator", None)], at(9))
    first = await store.audit("C1", limit=2)
    last = await store.audit("C1", limit=2, offset=4)
    assert [entry.detail for entry in first.entries] == ["4", "3"]
    assert [entry.detail for entry in last.entries] == ["0"]
    assert first.total == last.total == 5
    assert (await store.audit(None, limit=1)).total == 11
    assert (await store.audit("C9", limit=2)).entries == []


async def test_words_that_a_database_cannot_hold_do_not_keep_an_entry_out(store: Store) -> None:
    await store.add_entries([NewEntry(Act.CASE_MUTED, "U1", "C1", detail="a\x00b\ud800 🧪")], NOW)
    (entry,) = (await store.audit("C1", limit=1)).entries
    assert entry.detail.startswith("a")


async def test_a_rule_is_saved_with_its_entry(store: Store) -> None:
    await store.save_rule("C1", Rule(notify_on=NotifyOn.ALL), NOW, audit=[MUTED])
    assert await _acts(store, "C1") == ["muted"]


async def test_the_end_of_a_watch_is_saved_with_its_entry_once(store: Store) -> None:
    await watch(store)
    for _ in range(2):
        await store.end_watch(
            "w1", state=WatchState.STOPPED, notices=(), now=at(1), audit=[STOPPED]
        )
    assert await _acts(store) == ["watch_stopped"]


async def test_a_rerun_is_begun_and_ended_with_its_entries(store: Store) -> None:
    asked = [NewEntry(Act.RERUN_ASKED, "U1", "C1", KEY)]
    started = [NewEntry(Act.RERUN_STARTED, "U1", "C1", KEY, "newOne")]
    claim = await store.begin_rerun(
        KEY, failed_only=True, asked_by="U1", since=NOW, now=at(1), audit=asked
    )
    assert claim.id is not None
    await store.begin_rerun(KEY, failed_only=True, asked_by="U2", since=NOW, now=at(2), audit=asked)
    await store.end_rerun(claim.id, new_short_id="newOne", refused=False, now=at(3), audit=started)
    assert await _acts(store) == ["rerun_started", "rerun_asked"]
    page = await store.audit(None, limit=1)
    assert page.entries[0].at == at(3)


async def test_pruning_leaves_the_trail_alone(store: Store) -> None:
    await store.add_entries([MUTED], NOW)
    await store.prune(NOW + timedelta(days=10_000))
    assert await _acts(store) == ["muted"]


@pytest.mark.parametrize(
    "tampering",
    [
        update(audit_entries).values(who="U9"),
        delete(audit_entries),
        delete(audit_entries).where(audit_entries.c.who == "U1"),
    ],
    ids=["changed", "emptied", "one taken out"],
)
async def test_the_database_itself_refuses_what_would_falsify_the_trail(
    database: Database, tampering: Executable
) -> None:
    trail = SqlAuditTrail(database)
    await trail.add_entries([MUTED], NOW)
    with pytest.raises(DBAPIError, match="only added to"):
        async with database.writing() as connection:
            await connection.execute(tampering)
    assert await _acts(trail) == ["muted"]


async def test_postgresql_refuses_to_truncate_it_too(prepared_postgresql: str) -> None:
    async with Database.open(prepared_postgresql) as database:
        with pytest.raises(DBAPIError, match="only added to"):
            async with database.writing() as connection:
                await connection.execute(text("TRUNCATE audit_entries"))
