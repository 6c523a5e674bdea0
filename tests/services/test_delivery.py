"""Delivery: which message is told how, and in which order."""

from bot.domain.notice import ended_notices
from bot.domain.watch import WatchEnd, WatchState
from bot.services.ports import Dropped, Gone, Retry, Sent
from tests.services.delivery_bench import LIVE, REPORT, VERDICT, Bench, plain


async def test_a_live_message_is_posted_edited_into_the_report_and_replied_to(
    outbox: Bench,
) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    live_ts = await outbox.live_ts()
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.told() == [(LIVE, "post"), (REPORT, "edit"), (VERDICT, "reply")]
    assert [call.edit_ts or call.thread_ts for call in outbox.slack.calls[1:]] == [live_ts] * 2
    assert len(outbox.slack.messages) == 2
    assert (outbox.state(REPORT), outbox.state(VERDICT)) == ("sent", "sent")


async def test_the_verdict_waits_while_the_report_must_be_tried_again(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    await outbox.end(watch)
    outbox.slack.answer(REPORT, Retry(7.0, "internal_error"))
    await outbox.drain(6)
    assert outbox.told()[1:] == [(REPORT, "edit")]
    await outbox.drain(3)
    assert outbox.told()[2:] == [(REPORT, "edit"), (VERDICT, "reply")]


async def test_a_run_that_ends_before_its_live_message_was_told_is_posted_as_a_report(
    outbox: Bench,
) -> None:
    watch = await outbox.watch()
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.told() == [(REPORT, "post"), (VERDICT, "reply")]


async def test_a_report_without_a_live_message_is_one_new_message(outbox: Bench) -> None:
    watch = await outbox.watch(live=False)
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.told() == [(REPORT, "post")]
    assert await outbox.live_ts() is None


async def test_a_stopped_watch_turns_its_live_message_into_its_last_form(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    await outbox.store.end_watch(
        watch.id,
        state=WatchState.STOPPED,
        notices=ended_notices(watch, WatchEnd.STOPPED, by="U2"),
        now=outbox.clock(),
    )
    await outbox.drain()
    assert outbox.told() == [(LIVE, "post"), ("ended:w1", "edit")]


async def test_the_reply_to_a_message_that_was_never_told_here_is_dropped(outbox: Bench) -> None:
    watch = await outbox.watch()
    outbox.slack.answer(REPORT, Sent(None))  # the asker alone was told
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.told() == [(REPORT, "post")]
    assert outbox.state(REPORT) == "sent"
    assert outbox.state(VERDICT) == "dropped"


async def test_a_message_that_is_gone_is_posted_anew_and_replied_to_there(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    outbox.slack.messages.clear()
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.told() == [
        (LIVE, "post"),
        (REPORT, "edit"),
        (REPORT, "post"),
        (VERDICT, "reply"),
    ]
    assert outbox.slack.calls[-1].thread_ts == outbox.slack.standing(REPORT)[0]


async def test_a_post_that_comes_back_as_gone_is_dropped(outbox: Bench) -> None:
    outbox.slack.answer("n", Gone("message_not_found"))
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain()
    assert outbox.state("n") == "dropped"


async def test_what_slack_will_not_take_is_dropped_with_the_reason(outbox: Bench) -> None:
    outbox.slack.answer("n", Dropped("is_archived"))
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain()
    assert (outbox.state("n"), outbox.store.kept["n"].last_error) == ("dropped", "is_archived")
    assert len(outbox.slack.calls) == 1


async def test_told_aside_is_remembered_until_the_bot_is_invited(outbox: Bench) -> None:
    await outbox.watch()
    aside = Retry(60.0, "not_in_channel", told_aside=True)
    outbox.slack.answer(LIVE, aside, Retry(60.0, "not_in_channel"))
    await outbox.drain()
    assert outbox.store.kept[LIVE].told_aside
    await outbox.deliver(after=60)
    assert outbox.store.kept[LIVE].told_aside  # a later answer does not unsay it
    assert outbox.state(LIVE) == "pending"
