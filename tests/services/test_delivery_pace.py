"""Delivery: how often a channel is spoken in, and when to try again."""

import asyncio
import itertools
from datetime import timedelta

from bot.services.delivery import POST_SPACING_SECONDS
from bot.services.ports import Dropped, Retry, Sent
from tests.services.delivery_bench import LIVE, Bench, plain


async def test_a_channel_gets_one_new_message_a_second(outbox: Bench) -> None:
    await outbox.store.add([plain(f"n{number}") for number in range(4)], outbox.clock())
    for _ in range(40):
        await outbox.deliver(after=0.1)
    times = [call.at for call in outbox.slack.calls]
    assert len(times) == 4
    assert all(b - a >= timedelta(seconds=1) for a, b in itertools.pairwise(times))


async def test_channels_do_not_wait_for_each_other(outbox: Bench) -> None:
    await outbox.store.add([plain(f"n{n}", f"C{n}") for n in range(5)], outbox.clock())
    await outbox.deliver()
    assert len(outbox.slack.calls) == 5


async def test_the_delivery_is_woken_when_the_channel_may_be_posted_in_again(outbox: Bench) -> None:
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.deliver()
    assert outbox.wakes == []
    await asyncio.sleep(POST_SPACING_SECONDS + 0.05)
    assert outbox.wakes == [True]


async def test_a_rate_limit_rests_the_whole_channel(outbox: Bench) -> None:
    outbox.slack.answer("n1", Retry(30.0, "ratelimited", whole_channel=True))
    await outbox.store.add([plain("n1"), plain("n2")], outbox.clock())
    await outbox.drain(30)
    assert [call.key for call in outbox.slack.calls] == ["n1"]
    await outbox.drain(2)
    assert [call.key for call in outbox.slack.calls] == ["n1", "n1", "n2"]


async def test_a_rate_limit_without_a_time_rests_the_channel_for_a_second(outbox: Bench) -> None:
    outbox.slack.answer("n1", Retry(None, "ratelimited", whole_channel=True))
    await outbox.store.add([plain("n1"), plain("n2")], outbox.clock())
    await outbox.deliver()
    assert len(outbox.slack.calls) == 1
    await outbox.deliver(after=1)
    assert len(outbox.slack.calls) == 2


async def test_a_failing_notice_does_not_hold_up_the_others_of_its_channel(outbox: Bench) -> None:
    outbox.slack.answer("n1", Retry(60.0, "missing_scope"))
    await outbox.store.add([plain("n1"), plain("n2")], outbox.clock())
    await outbox.drain()
    assert [call.key for call in outbox.slack.calls] == ["n1", "n2"]


async def test_what_is_final_goes_before_what_is_live(outbox: Bench) -> None:
    await outbox.watch()
    await outbox.store.add([plain("n1"), plain("n2")], outbox.clock())
    await outbox.drain()
    assert [call.key for call in outbox.slack.calls] == ["n1", "n2", LIVE]


async def test_edits_of_a_live_message_are_coalesced_to_the_newest(outbox: Bench) -> None:
    watch = await outbox.watch()
    for _ in range(60):
        await outbox.progress(watch)
        await outbox.deliver(after=1)
    times = [call.at for call in outbox.slack.calls]
    assert [call.edit_ts is None for call in outbox.slack.calls] == [True] + [False] * (
        len(times) - 1
    )
    assert all(b - a >= timedelta(seconds=15) for a, b in itertools.pairwise(times))
    assert 4 <= len(times) <= 5


async def test_a_version_written_during_an_edit_is_told_later(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    outbox.slack.during = lambda: outbox.progress(watch)
    await outbox.progress(watch)
    await outbox.deliver(after=15)
    outbox.slack.during = None
    await outbox.deliver(after=15)
    assert [call.version for call in outbox.slack.calls] == [1, 2, 3]
    assert outbox.state(LIVE) == "sent"


async def test_the_wait_doubles_from_one_second_to_five_minutes(outbox: Bench) -> None:
    outbox.slack.answer("n", *[Retry(None, "service_unavailable")] * 12)
    await outbox.store.add([plain("n")], outbox.clock())
    waits = []
    for _ in range(12):
        await outbox.deliver()
        waits.append((outbox.store.kept["n"].due_at - outbox.clock()).total_seconds())
        outbox.clock.step(waits[-1] + 1)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]


async def test_a_first_live_message_is_tried_again_soon_and_its_edits_are_in_no_hurry(
    outbox: Bench,
) -> None:
    watch = await outbox.watch()
    outbox.slack.answer(LIVE, Retry(None, "service_unavailable"))
    await outbox.drain(2)
    assert [call.edit_ts is None for call in outbox.slack.calls] == [True, True]
    outbox.slack.answer(LIVE, Retry(None, "service_unavailable"))
    await outbox.progress(watch)
    await outbox.drain(60)
    _, posted, refused, edited = [call.at for call in outbox.slack.calls]
    assert refused - posted >= timedelta(seconds=15)
    assert timedelta(seconds=15) <= edited - refused <= timedelta(seconds=16)


async def test_what_cannot_be_told_for_three_days_is_dropped_and_reported_as_dropped(
    outbox: Bench,
) -> None:
    outbox.slack.answer("n", *[Retry(60.0, "invalid_auth")] * 3)
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.deliver()
    await outbox.deliver(after=3 * 24 * 3600 - 100)
    assert outbox.state("n") == "pending"
    await outbox.deliver(after=200)
    assert outbox.state("n") == "dropped"
    assert outbox.events.told_results[-1] == ("n", Dropped("given up: invalid_auth"))


async def test_the_live_message_of_a_long_watch_is_not_given_up_for_its_age(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    outbox.clock.step(4 * 24 * 3600)
    outbox.slack.answer(LIVE, Retry(None, "service_unavailable"))
    await outbox.progress(watch)
    await outbox.drain(20)
    assert [type(result) for _, result in outbox.events.told_results] == [Sent, Retry, Sent]
