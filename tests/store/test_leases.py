"""Leases of processes that are gone."""

from datetime import UTC, datetime, timedelta

from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch
from bot.services.ports import Payload
from bot.store.database import Database
from bot.store.store import SqlStore

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)


async def _leased(store: SqlStore, owner: str) -> None:
    """A run, a channel and something that Slack has handed over, all held by this owner."""
    await store.open_watch(
        NewWatch(id="w", key=RunKey("default", "UkxK"), channel="C1", asked_by=None, live=False),
        seen=None,
        next_poll_at=NOW,
        notices_for=lambda watch: (),
        now=NOW,
    )
    await store.add([NewNotice(dedupe_key="n", channel="C1", fact=RunFinished())], NOW)
    assert await store.claim_runs(now=NOW, limit=5, owner=owner, until=LATER)
    assert await store.claim_channels(now=NOW, limit=5, owner=owner, until=LATER)
    assert await store.keep([Payload("k", "{}")], owner=owner, until=LATER, now=NOW)


async def test_what_a_dead_process_held_can_be_claimed_at_once(database: Database) -> None:
    store = SqlStore(database)
    await _leased(store, "dead")
    assert await store.release_leases(lambda owner: owner == "dead") == ["dead"]
    assert await store.claim_runs(now=NOW, limit=5, owner="next", until=LATER)
    assert await store.claim_channels(now=NOW, limit=5, owner="next", until=LATER) == ["C1"]
    soon = NOW + timedelta(seconds=1)  # what Slack has handed over rests for so long
    assert await store.take_up(now=soon, limit=5, owner="next", until=LATER)


async def test_what_others_hold_stays_theirs(database: Database) -> None:
    store = SqlStore(database)
    await _leased(store, "alive")
    assert await store.release_leases(lambda owner: False) == []
    assert not await store.claim_runs(now=NOW, limit=5, owner="next", until=LATER)
    assert not await store.claim_channels(now=NOW, limit=5, owner="next", until=LATER)
    assert not await store.take_up(now=NOW, limit=5, owner="next", until=LATER)
