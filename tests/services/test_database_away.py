"""The database is away for a moment: nothing is lost, told twice or said wrongly."""

import asyncio

import pytest

from bot.domain.errors import DatabaseError, LeftAlone, Unavailable, UserError
from bot.domain.observe import Observation
from bot.domain.run import Run
from bot.services.insisting import insist
from bot.services.rerunning import Refused, RerunService, Started, Unfollowed
from tests.domain.build import KEY
from tests.fakes.away import AwayStore
from tests.fakes.clock import SteppedClock
from tests.fakes.qatech import FakeQATech
from tests.services.delivery_bench import Bench, plain
from tests.services.polling_bench import DONE, HALF_DONE, PollingBench

FOR_EVER = 10_000


@pytest.fixture
def store() -> AwayStore:
    return AwayStore()


@pytest.fixture
def outbox(store: AwayStore) -> Bench:
    return Bench(store=store)


@pytest.fixture
def bench(store: AwayStore) -> PollingBench:
    bench = PollingBench(store=store)
    bench.qatech.put(KEY, HALF_DONE)
    return bench


# --- insisting


async def test_what_is_known_is_written_when_the_database_is_back() -> None:
    tried = []

    async def write() -> str:
        tried.append(1)
        if len(tried) < 3:
            raise DatabaseError("away")
        return "written"

    assert await insist(write, seconds=5) == "written"
    assert len(tried) == 3


async def test_insisting_ends() -> None:
    async def write() -> None:
        raise DatabaseError("away")

    began = asyncio.get_running_loop().time()
    with pytest.raises(DatabaseError):
        await insist(write, seconds=0.7)
    assert asyncio.get_running_loop().time() - began < 2


async def test_an_error_of_our_own_is_not_insisted_on() -> None:
    tried = []

    async def write() -> None:
        tried.append(1)
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await insist(write, seconds=5)
    assert len(tried) == 1


# --- deliveries


@pytest.mark.parametrize("after", [False, True], ids=["not kept", "kept"])
async def test_what_slack_took_is_noted_when_the_database_is_back_and_told_once(
    outbox: Bench, store: AwayStore, after: bool
) -> None:
    await store.add([plain("n")], outbox.clock())
    store.trouble.begin(2, "sent", after=after)
    await outbox.deliver()
    assert outbox.state("n") == "sent"
    assert len(outbox.slack.calls) == 1
    assert len(outbox.slack.messages) == 1
    assert store.trouble.met == ["sent", "sent"]


async def test_a_channel_is_given_back_when_the_database_is_back(
    outbox: Bench, store: AwayStore
) -> None:
    await store.add([plain("n")], outbox.clock())
    store.trouble.begin(2, "release")
    await outbox.deliver()
    await store.add([plain("m")], outbox.clock())
    await outbox.deliver(after=2)  # not only when the lease runs out
    assert outbox.state("m") == "sent"


@pytest.mark.parametrize("method", ["claim_channels", "begin", "alerts"])
async def test_a_notice_outlasts_a_database_that_goes_before_it_was_told(
    outbox: Bench, store: AwayStore, method: str
) -> None:
    await store.add([plain("n")], outbox.clock())
    store.trouble.begin(1, method)
    try:
        await outbox.deliver()
    except DatabaseError:  # the job's edge is the clockwork
        assert method == "claim_channels"
    assert store.trouble.met == [method]
    for _ in range(4):
        await outbox.deliver(after=10)
    assert outbox.state("n") == "sent"
    assert len(outbox.slack.messages) == 1


async def test_who_outlives_its_lease_serves_the_channel_no_more(
    outbox: Bench, store: AwayStore
) -> None:
    await store.add([plain("n"), plain("m")], outbox.clock())
    store.trouble.begin(1, "sent")
    # While it insists on noting what was told.
    asyncio.get_running_loop().call_later(0.2, outbox.clock.step, 40)
    await outbox.deliver()
    assert outbox.state("n") == "sent"
    assert outbox.state("m") == "pending"  # its next sender may be at it already
    await outbox.deliver(after=1)
    assert outbox.state("m") == "sent"
    assert len(outbox.slack.messages) == 2


# --- polls


@pytest.mark.parametrize("after", [False, True], ids=["not kept", "kept"])
async def test_what_was_seen_is_saved_when_the_database_is_back(
    bench: PollingBench, store: AwayStore, after: bool
) -> None:
    watch = await bench.watch()
    bench.qatech.put(KEY, DONE)
    store.trouble.begin(1, "save_poll", after=after)
    assert await bench.poll(after=30) == [Observation.FINISHED]
    assert len(bench.looks()) == 2
    assert [key for key in store.kept if watch.id in key] == [
        f"live:{watch.id}",
        f"report:{watch.id}",
        f"verdict:{watch.id}",
    ]


async def test_a_sweep_that_cannot_claim_leaves_the_runs_to_the_next(
    bench: PollingBench, store: AwayStore
) -> None:
    await bench.watch()
    bench.qatech.put(KEY, DONE)
    store.trouble.begin(1, "claim_runs")
    with pytest.raises(DatabaseError):
        await bench.poll(after=30)
    assert await bench.poll() == [Observation.FINISHED]


# --- reruns


class Everybody:
    """`Permissions`: all may."""

    async def may_rerun(self, user: str) -> bool:
        return True


def _reruns(store: AwayStore, qatech: FakeQATech) -> RerunService:
    return RerunService(
        log=store,
        store=store,
        qatech=qatech,
        permissions=Everybody(),
        clock=SteppedClock(),
        wake=lambda: None,
        note_seconds=1.2,
    )


async def _rerun(service: RerunService) -> object:
    return await service.rerun(KEY, failed_only=False, user="U1", channel="C1", thread_ts=None)


async def test_a_rerun_is_not_asked_for_where_it_cannot_be_noted_first(store: AwayStore) -> None:
    qatech = FakeQATech()
    qatech.put(KEY, DONE)
    store.trouble.begin(FOR_EVER)
    with pytest.raises(DatabaseError):
        await _rerun(_reruns(store, qatech))
    assert qatech.rerun_asked == []


async def test_a_rerun_that_has_begun_is_followed_when_the_database_is_back(
    store: AwayStore,
) -> None:
    qatech = FakeQATech()
    qatech.put(KEY, DONE)
    store.trouble.begin(2, "end_rerun", "open_watch")
    assert isinstance(await _rerun(_reruns(store, qatech)), Started)
    assert len(qatech.rerun_asked) == 1


async def test_a_rerun_that_cannot_be_followed_is_said_to_have_begun(store: AwayStore) -> None:
    qatech = FakeQATech()
    qatech.put(KEY, DONE)
    store.trouble.begin(FOR_EVER, "end_rerun")
    outcome = await _rerun(_reruns(store, qatech))
    assert isinstance(outcome, Unfollowed)
    assert outcome.new_key.short_id == "rerun1"


async def test_in_a_thread_too(store: AwayStore) -> None:
    qatech = FakeQATech()
    qatech.put(KEY, DONE)
    store.trouble.begin(FOR_EVER, "open_watch")
    with pytest.raises(UserError, match="started the rerun as run rerun1"):
        await _reruns(store, qatech).rerun_in_thread(
            KEY, failed_only=False, user="U1", channel="C1", thread_ts="1.1", request_id="r"
        )


@pytest.mark.parametrize(
    ("error", "may_ask_again"), [(LeftAlone("down", 5.0), True), (Unavailable("502"), False)]
)
async def test_a_rerun_that_was_not_asked_for_may_be_asked_for_again(
    store: AwayStore, error: Unavailable, may_ask_again: bool
) -> None:
    qatech = FakeQATech()
    qatech.put(KEY, Run(short_id="UkxK", status="COMPLETED", run_test_cases=DONE.run_test_cases))
    qatech.fail(error, times=1)
    service = _reruns(store, qatech)
    assert await _rerun(service) == Refused(error)
    assert isinstance(await _rerun(service), Started) is may_ask_again
