"""Steps that the store's contract suites share."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice, final_notices, progress_notice
from bot.domain.run import Progress, Run, RunTestCase
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch, WatchState
from bot.services.ports import Attempt, Opened, Polled, Store
from bot.store.database import Database
from bot.store.store import SqlStore
from tests.fakes.store import FakeStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
KEY = RunKey("default", "UkxK")
RUNNING = Run(
    short_id="UkxK",
    status="RUNNING",
    id="r1",
    run_test_cases=(
        RunTestCase(id="c1", short_id="t1", name="Login", status="COMPLETED", result="PASSED"),
        RunTestCase(id="c2", short_id="t2", name="Checkout", status="RUNNING"),
    ),
)
FAILED = Run(
    short_id="UkxK",
    status="COMPLETED",
    result="FAILED",
    id="r1",
    run_test_cases=(
        RunTestCase(id="c1", short_id="t1", name="Login", status="COMPLETED", result="PASSED"),
        RunTestCase(
            id="c2",
            short_id="t2",
            name="Checkout \x00 <!channel> 🧪",
            status="COMPLETED",
            result="FAILED",
            error_code="TEST_FAILED",
        ),
    ),
    issues=(),
)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Replicas:
    """Two processes of one deployment; the fake has only one, which both names mean."""

    one: Store
    two: Store


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "fake":
        return None
    return str(request.getfixturevalue(f"prepared_{request.param}"))


@pytest.fixture
async def replicas(store_url: str | None) -> AsyncIterator[Replicas]:
    if store_url is None:
        fake = FakeStore()
        yield Replicas(fake, fake)
        return
    async with Database.open(store_url) as one, Database.open(store_url) as two:
        yield Replicas(SqlStore(one), SqlStore(two))


@pytest.fixture
def store(replicas: Replicas) -> Store:
    return replicas.one


def report(name: str, channel: str = "C1", **fields: Any) -> NewNotice:
    """A notice that belongs to no watch."""
    return replace(NewNotice(dedupe_key=name, channel=channel, fact=RunFinished()), **fields)


async def watch(
    store: Store,
    name: str = "w1",
    *,
    channel: str = "C1",
    key: RunKey = KEY,
    live: bool = True,
    seen: Run | None = RUNNING,
    now: datetime = NOW,
) -> Opened:
    """Open a watch as `/qarun` does, due for its first poll after 5 s."""
    return await store.open_watch(
        NewWatch(
            id=name,
            key=key,
            channel=channel,
            asked_by="U1",
            live=live,
            response_url="https://hooks.slack.test/secret",
        ),
        seen=seen,
        next_poll_at=now + timedelta(seconds=5),
        notices_for=lambda watch: (progress_notice(watch),) if watch.live else (),
        now=now,
    )


def polled(tracked: TrackedRun, now: datetime, **changes: Any) -> Polled:
    """A poll that found nothing new, but for `changes`."""
    unchanged = Polled(
        run_id=tracked.id,
        status=tracked.status,
        result=tracked.result,
        progress=tracked.progress,
        run=None,
        active=True,
        watches_end=None,
        changed=False,
        changed_at=tracked.changed_at,
        cases_seen_at=tracked.cases_seen_at,
        next_poll_at=now + timedelta(seconds=5),
        polls=tracked.polls + 1,
        failures=0,
        missing=0,
        refusals=0,
        final_failures=0,
        pace=tracked.pace,
    )
    return replace(unchanged, **changes)


def finished(tracked: TrackedRun, now: datetime, **changes: Any) -> Polled:
    """The poll of the final look."""
    return polled(
        tracked,
        now,
        status=FAILED.status,
        result=FAILED.result,
        progress=Progress.of(FAILED.run_test_cases),
        run=FAILED,
        active=False,
        watches_end=WatchState.ENDED,
        changed=True,
        changed_at=now,
        **changes,
    )


def owed_in_progress(watch: Watch) -> tuple[NewNotice, ...]:
    return (progress_notice(watch),) if watch.live else ()


async def claim_run(store: Store, now: datetime, owner: str = "one") -> TrackedRun:
    (tracked,) = await store.claim_runs(
        now=now, limit=10, owner=owner, until=now + timedelta(seconds=30)
    )
    return tracked


async def progress(store: Store, now: datetime, owner: str = "one") -> None:
    """One poll of the only run, which finds that it went on."""
    tracked = await claim_run(store, now, owner)
    saved = polled(tracked, now, changed=True, changed_at=now)
    assert await store.save_poll(saved, owner=owner, notices_for=owed_in_progress, now=now)


async def finish(store: Store, now: datetime, owner: str = "one") -> None:
    """The poll of the only run that sees its end."""
    tracked = await claim_run(store, now, owner)
    assert await store.save_poll(
        finished(tracked, now), owner=owner, notices_for=final_notices, now=now
    )


async def claim_channels(
    store: Store, now: datetime, owner: str = "one", limit: int = 10
) -> list[str]:
    until = now + timedelta(seconds=30)
    return list(await store.claim_channels(now=now, limit=limit, owner=owner, until=until))


async def begin(
    store: Store, now: datetime, channel: str = "C1", owner: str = "one"
) -> Attempt | None:
    """Begin an attempt in a channel that is claimed already."""
    until = now + timedelta(seconds=30)
    return await store.begin(channel, now=now, owner=owner, until=until, settles_after=20)


async def take(store: Store, now: datetime, channel: str = "C1", owner: str = "one") -> Attempt:
    """Claim this channel alone and begin the attempt at its next notice."""
    claimed = await claim_channels(store, now, owner)
    assert channel in claimed
    for other in claimed:
        if other != channel:
            await store.release(other, owner=owner, free_at=now)
    attempt = await begin(store, now, channel, owner)
    assert attempt is not None
    return attempt


async def tell(
    store: Store, now: datetime, ts: str | None = "1.1", channel: str = "C1", owner: str = "one"
) -> Attempt:
    """Tell the channel's next notice and give the channel back."""
    attempt = await take(store, now, channel, owner)
    await store.sent(attempt, ts=ts, live_due_at=now + timedelta(seconds=15), now=now)
    await store.release(channel, owner=owner, free_at=now)
    return attempt


async def retry_at(
    store: Store, attempt: Attempt, seconds: float, *, uncertain: bool = False, aside: bool = False
) -> None:
    """Record that the attempt failed; the next one is due at `at(seconds)`."""
    await store.retry(attempt, at=at(seconds), why="slow", uncertain=uncertain, told_aside=aside)


def key_of(attempt: Attempt | None) -> str | None:
    """The `dedupe_key` of the notice that is attempted."""
    return None if attempt is None else attempt.telling.notice.dedupe_key
