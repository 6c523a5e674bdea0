"""Rerunning: asked for at most once, by who may, and followed from its first moment."""

import asyncio

import pytest

from bot.domain.errors import (
    AccessDenied,
    NothingToRerun,
    QATechError,
    Unavailable,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.domain.facts import RunProgressed
from bot.domain.short_id import RunKey
from bot.services.rerunning import (
    NotAllowed,
    Refused,
    RerunOutcome,
    RunningAlready,
    Started,
)
from tests.domain.build import KEY
from tests.domain.corpus.runs import SHOP
from tests.services.conversation_bench import Allowed, ConversationBench

AGAIN = RunKey("default", "rerun1")


@pytest.fixture
def bench() -> ConversationBench:
    made = ConversationBench()
    made.qatech.put(KEY, SHOP)
    return made


async def press(
    bench: ConversationBench, user: str = "U1", *, failed_only: bool = True
) -> RerunOutcome:
    return await bench.rerunning().rerun(
        KEY, failed_only=failed_only, user=user, channel="C1", thread_ts="1.1"
    )


async def test_it_is_watched_with_a_live_message_where_it_was_asked_for(
    bench: ConversationBench,
) -> None:
    outcome = await press(bench)
    assert isinstance(outcome, Started)
    watch = outcome.watch
    assert (watch.key, watch.channel, watch.thread_ts) == (AGAIN, "C1", "1.1")
    assert (watch.asked_by, watch.live, watch.source) == ("U1", True, "rerun")
    (kept,) = bench.store.kept.values()
    assert isinstance(kept.new.fact, RunProgressed)
    assert bench.wakes


async def test_replicas_that_are_asked_at_once_start_one(bench: ConversationBench) -> None:
    bench.qatech.gate = asyncio.Event()
    pressed = [asyncio.create_task(press(bench, user)) for user in ("U1", "U2", "U3")]
    await asyncio.sleep(0)
    bench.qatech.gate.set()
    outcomes = await asyncio.gather(*pressed)
    assert [type(outcome) for outcome in outcomes] == [Started, RunningAlready, RunningAlready]
    assert outcomes[1] == RunningAlready("U1", None)
    assert await press(bench, "U4") == RunningAlready("U1", AGAIN)
    assert len(bench.qatech.rerun_asked) == 1


async def test_after_a_while_it_can_be_asked_for_again(bench: ConversationBench) -> None:
    await press(bench)
    bench.clock.step(121)
    assert isinstance(await press(bench, "U2"), Started)
    assert isinstance(await press(bench, "U2", failed_only=False), Started), "another wish"


@pytest.mark.parametrize(
    "error", [NothingToRerun("400"), UsageLimitReached("402"), AccessDenied("403")]
)
async def test_what_qatech_refuses_can_be_asked_for_at_once_again(
    bench: ConversationBench, error: QATechError
) -> None:
    bench.qatech.fail(error, times=1)
    assert await press(bench) == Refused(error)
    assert not await bench.store.watches_in("C1")
    assert isinstance(await press(bench, "U2"), Started)


@pytest.mark.parametrize("error", [Unavailable("no answer"), UnexpectedAnswer("<html>")])
async def test_what_nobody_knows_the_outcome_of_is_not_asked_for_twice(
    bench: ConversationBench, error: QATechError
) -> None:
    bench.qatech.fail(error, times=1)
    assert await press(bench) == Refused(error)
    assert await press(bench, "U2") == RunningAlready("U1", None)
    assert len(bench.qatech.rerun_asked) == 1


async def test_who_may_not_starts_nothing(bench: ConversationBench) -> None:
    bench.allowed = Allowed(frozenset({"U2"}))
    assert await press(bench) == NotAllowed()
    assert not bench.store.kept_reruns
    assert isinstance(await press(bench, "U2"), Started)
