"""The button that reruns: once, by who may, and in words that say why not."""

import asyncio

import pytest

from bot.domain.errors import (
    AccessDenied,
    NothingToRerun,
    QATechError,
    Unavailable,
    UsageLimitReached,
)
from bot.domain.short_id import RunKey
from bot.slack.blocks import buttons
from bot.slack.blocks.report import report
from tests.slack.blocks.samples import three_failed, tracked
from tests.slack.listeners.bench import KEY, Bench, bench_of


async def test_a_rerun_is_followed_in_the_thread_it_was_asked_for_in(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    message = bench.shows(*report(tracked(three_failed())).blocks)
    await bench.press(message, buttons.RERUN_FAILED)
    await bench.aside("rerun1 is the rerun of run UkxK")
    assert bench.qatech.rerun_asked == [(KEY, True)]
    (watched,) = await bench.store.watches_in(bench.room.id)
    assert watched.watch.key == RunKey("default", "rerun1")
    assert watched.watch.thread_ts == message.ts
    assert watched.watch.asked_by == bench.ada.id
    assert watched.watch.live
    (kept,) = bench.store.kept_reruns
    assert kept.asked_by == bench.ada.id


async def test_two_who_press_at_once_make_one_rerun(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.gate = asyncio.Event()
    message = bench.shows(*report(tracked(three_failed())).blocks)
    await bench.press(message, buttons.RERUN_FAILED, by=bench.ben)
    await bench.press(message, buttons.RERUN_FAILED, by=bench.ada)
    await bench.aside(f"<@{bench.ben.id}> started a rerun")
    bench.qatech.gate.set()
    await bench.finished()
    assert len(bench.qatech.rerun_asked) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NothingToRerun("400"), "nothing to rerun"),
        (UsageLimitReached("402"), "quota of your QA.tech plan is used up"),
        (AccessDenied("403"), "key may only read"),
        (Unavailable("no answer"), "nobody knows whether it was started"),
    ],
)
async def test_what_qatech_refuses_is_said_in_its_own_words(
    bench: Bench, error: QATechError, words: str
) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.fail(error)
    message = bench.shows(*report(tracked(three_failed())).blocks)
    await bench.press(message, buttons.RERUN_FAILED)
    await bench.aside(words)
    assert not await bench.store.watches_in(bench.room.id)


async def test_pressed_where_nobody_else_sees_it_the_rerun_is_followed_in_direct_messages(
    bench: Bench,
) -> None:
    bench.qatech.put(KEY, three_failed())
    message = bench.shows(*report(tracked(three_failed())).blocks, ephemeral=True)
    await bench.press(message, buttons.RERUN_FAILED)
    await bench.aside("in our direct messages")
    direct = bench.slack.direct_messages(bench.ada.id)
    assert await bench.store.watches_in(direct.id)


@pytest.mark.parametrize("over_http", [True, False])
async def test_who_may_not_is_told_so_and_nothing_is_started(over_http: bool) -> None:
    async with bench_of(over_http=over_http, rerun_allowed=["U0SOMEBODY"]) as bench:
        bench.qatech.put(KEY, three_failed())
        message = bench.shows(*report(tracked(three_failed())).blocks)
        await bench.press(message, buttons.RERUN_FAILED)
        await bench.aside("not among those who may start reruns")
        assert not bench.qatech.rerun_asked
