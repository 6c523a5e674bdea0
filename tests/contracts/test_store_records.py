"""Ended runs as they are remembered, and which of them are looked at."""

import pytest

from bot.domain.record import HISTORY_RUNS, CaseRecord, IssueRecord, RunRecord, record_of
from bot.domain.run import Blame, Outcome, Verdict
from bot.domain.short_id import RunKey
from bot.services.ports import Store
from tests.contracts.record_steps import ids, record, remember
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    Replicas,
    at,
    claim_run,
    finished,
    replicas,
    store,
    store_url,
    watch,
)

__all__ = ["replicas", "store", "store_url"]


async def test_a_record_comes_back_as_it_was_remembered(store: Store) -> None:
    whole = RunRecord(
        project="default",
        short_id="UkxK",
        verdict=Verdict.FAILED,
        ended_at=at(0.25),
        cases=(
            CaseRecord(short_id="c1", name="Pay 🧪 \x00", outcome=Outcome.PASSED),
            CaseRecord(
                short_id="c2", name="<!channel>", outcome=Outcome.ERRORED, blame=Blame.AGENT
            ),
        ),
        issues=(IssueRecord(short_id="i", category="accessibility", severity="Odd", title="<a>"),),
        issues_known=False,
    )
    await remember(store, whole)
    assert await store.record(KEY) == whole
    assert await store.record(RunKey("web", "UkxK")) is None


async def test_the_poll_that_sees_the_end_remembers_it(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    seen = record_of(FAILED, "default", at(5))
    saved = await store.save_poll(
        finished(tracked, at(5), record=seen), owner="one", notices_for=lambda _: (), now=at(5)
    )
    assert saved
    assert await store.record(KEY) == seen


async def test_a_poll_that_has_lost_its_lease_remembers_nothing(replicas: Replicas) -> None:
    await watch(replicas.one)
    tracked = await claim_run(replicas.one, at(5))
    await claim_run(replicas.two, at(50), owner="two")
    late = finished(tracked, at(60), record=record_of(FAILED, "default", at(60)))
    owner = "one"
    assert not await replicas.one.save_poll(late, owner=owner, notices_for=lambda _: (), now=at(60))
    assert await replicas.two.record(KEY) is None


async def test_a_newer_look_counts_and_the_moment_of_the_end_stays(store: Store) -> None:
    await remember(store, record("a", 1, "Login"), record("a", 9, "Login", "New"))
    found = await store.record(RunKey("default", "a"))
    assert found is not None
    assert (found.names, found.ended_at) == (frozenset({"Login", "New"}), at(1))


async def test_a_look_that_saw_no_test_case_takes_nothing_away(store: Store) -> None:
    whole = record("a", 1, "Login")
    await remember(store, whole, whole.model_copy(update={"cases": ()}))
    assert await store.record(RunKey("default", "a")) == whole


async def test_the_history_of_a_project_is_newest_first_and_ends_before_a_moment(
    store: Store,
) -> None:
    await remember(store, record("b", 2), record("a", 1), record("c", 3))
    await remember(store, record("other", 2, project="web"))
    assert await ids(store, 9) == ["c", "b", "a"]
    assert await ids(store, 3) == ["b", "a"]
    assert await ids(store, 9, limit=2) == ["c", "b"]
    assert await ids(store, 1) == []


async def test_a_run_is_looked_at_beside_runs_of_its_own_suite_and_of_others(store: Store) -> None:
    nightly = [record(f"n{n}", n, "Login", "Checkout", "Search") for n in range(3)]
    smoke = [record(f"s{n}", 10 + n, "Login") for n in range(20)]
    await remember(store, *nightly, *smoke)
    now = record("now", 99, "Search", "Checkout", "Login")
    found = [each.short_id for each in await store.history_of(now, limit=8)]
    assert found == ["s19", "s18", "s17", "s16", "s15", "n2", "n1", "n0"]
    smoke_now = record("now", 99, "Login")
    found = [each.short_id for each in await store.history_of(smoke_now, limit=8)]
    assert found == ["s19", "s18", "s17", "s16", "s15", "n2", "n1", "n0"]
    assert [each.short_id for each in await store.history_of(now, limit=2)] == ["s19", "n2"]


@pytest.mark.parametrize("alike", [0, 3, HISTORY_RUNS])
async def test_the_room_of_one_kind_is_given_to_the_other(store: Store, alike: int) -> None:
    await remember(store, *(record(f"r{n}", n) for n in range(alike)))
    found = await store.history_of(record("now", 99), limit=10)
    assert len(found) == min(alike, 10)


async def origin_of(store: Store, key: RunKey) -> RunRecord | None:
    return (await store.before(key, ["Login"], now=at(9))).origin


async def test_the_origin_of_a_rerun_is_known_where_the_bot_has_made_it(store: Store) -> None:
    await remember(store, record("old", 1))
    old = RunKey("default", "old")
    claim = await store.begin_rerun(old, failed_only=True, asked_by="U1", since=NOW, now=at(2))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id="new", refused=False, now=NOW)
    assert await origin_of(store, RunKey("default", "new")) == record("old", 1)
    assert await origin_of(store, RunKey("web", "new")) is None
    assert await origin_of(store, old) is None


async def test_an_origin_whose_end_was_never_seen_is_not_known(store: Store) -> None:
    old = RunKey("default", "old")
    claim = await store.begin_rerun(old, failed_only=True, asked_by="U1", since=NOW, now=at(2))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id="new", refused=False, now=NOW)
    assert await origin_of(store, RunKey("default", "new")) is None


async def test_a_run_is_held_against_what_ended_before_it_was_first_seen_to_have(
    store: Store,
) -> None:
    await remember(store, *(record(f"r{n}", n, "Login") for n in range(4)))
    names = ["Login"]
    news = await store.before(RunKey("default", "new"), names, now=at(9))
    assert news.ended_at is None
    assert [each.short_id for each in news.history] == ["r3", "r2", "r1", "r0"]
    known = await store.before(RunKey("default", "r2"), names, now=at(9))
    assert known.ended_at == at(2)
    assert [each.short_id for each in known.history] == ["r1", "r0"]
