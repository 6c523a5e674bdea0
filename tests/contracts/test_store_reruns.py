import asyncio
from datetime import datetime

from bot.domain.short_id import RunKey
from bot.services.ports import RerunClaim, Store
from tests.contracts.store_steps import KEY, Replicas, at, replicas, store, store_url, watch

__all__ = ["replicas", "store", "store_url"]


async def _begin(
    store: Store,
    now: datetime,
    *,
    by: str = "U1",
    key: RunKey = KEY,
    failed_only: bool = True,
    since: datetime | None = None,
) -> RerunClaim:
    """Claim a rerun unless one was begun in the minute before."""
    return await store.begin_rerun(
        key, failed_only=failed_only, asked_by=by, since=since or at(-60), now=now
    )


async def test_the_first_to_press_has_the_rerun(store: Store) -> None:
    claim = await _begin(store, at(0))
    assert claim.id is not None
    assert (claim.asked_by, claim.new_short_id) == ("U1", None)


async def test_the_second_to_press_is_told_who_was_first(store: Store) -> None:
    await _begin(store, at(0))
    assert await _begin(store, at(1), by="U2") == RerunClaim(None, "U1", None)


async def test_the_second_to_press_is_told_which_run_was_started(store: Store) -> None:
    claim = await _begin(store, at(0))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id="newOne", refused=False, now=at(0.5))
    assert await _begin(store, at(1), by="U2") == RerunClaim(None, "U1", "newOne")


async def test_a_rerun_that_qatech_refused_can_be_asked_for_again(store: Store) -> None:
    claim = await _begin(store, at(0))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id=None, refused=True, now=at(0.5))
    again = await _begin(store, at(1), by="U2")
    assert again.id not in {None, claim.id}
    assert again.asked_by == "U2"


async def test_a_rerun_of_unknown_outcome_stands(store: Store) -> None:
    claim = await _begin(store, at(0))
    assert claim.id is not None
    await store.end_rerun(claim.id, new_short_id=None, refused=False, now=at(0.5))
    assert await _begin(store, at(1), by="U2") == RerunClaim(None, "U1", None)


async def test_a_rerun_of_long_ago_is_not_in_the_way(store: Store) -> None:
    await _begin(store, at(0))
    assert (await _begin(store, at(60), since=at(-0.5))).id is None
    assert (await _begin(store, at(60), since=at(0))).id is not None


async def test_the_newest_of_several_reruns_is_told(store: Store) -> None:
    await _begin(store, at(0), by="U1")
    await _begin(store, at(60), by="U2", since=at(0))
    assert (await _begin(store, at(61), by="U3")).asked_by == "U2"


async def test_other_runs_and_all_test_cases_are_other_reruns(store: Store) -> None:
    claims = [
        await _begin(store, at(0)),
        await _begin(store, at(0), failed_only=False),
        await _begin(store, at(0), key=RunKey("shop", KEY.short_id)),
    ]
    assert len({claim.id for claim in claims} - {None}) == 3


async def test_a_rerun_leaves_a_watched_run_as_it_is(store: Store) -> None:
    opened = await watch(store)
    await _begin(store, at(0))
    assert await store.known_run(KEY) == opened.tracked


async def test_of_two_who_press_at_once_on_two_replicas_one_has_the_rerun(
    replicas: Replicas,
) -> None:
    claims = await asyncio.gather(
        *(_begin((replicas.one, replicas.two)[n % 2], at(0), by=f"U{n}", key=KEY) for n in range(8))
    )
    (first,) = (claim for claim in claims if claim.id is not None)
    assert {claim.asked_by for claim in claims} == {first.asked_by}


async def test_the_same_request_starts_one_rerun_however_late_it_comes_again(store: Store) -> None:
    claims = [
        await store.begin_rerun(
            KEY, failed_only=True, asked_by="U1", since=at(s), now=at(s), request_id="1.2"
        )
        for s in (0, 3600)
    ]
    assert claims[0].id is not None
    assert claims[1] == RerunClaim(None, "U1", None)


async def test_other_requests_and_those_without_a_mark_are_other_reruns(store: Store) -> None:
    claims = [
        await store.begin_rerun(
            KEY, failed_only=True, asked_by="U1", since=at(s), now=at(s), request_id=request
        )
        for s, request in enumerate(("1.2", "1.3", None, None))
    ]
    assert len({claim.id for claim in claims} - {None}) == 4


async def test_a_request_that_qatech_refused_may_come_again(store: Store) -> None:
    for s in (0, 3600):
        claim = await store.begin_rerun(
            KEY, failed_only=True, asked_by="U1", since=at(s), now=at(s), request_id="1.2"
        )
        assert claim.id is not None
        await store.end_rerun(claim.id, new_short_id=None, refused=True, now=at(s))
