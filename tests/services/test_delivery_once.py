"""Delivery: told once, whatever becomes of an attempt."""

import asyncio

from bot.domain.facts import AlertsCollapsed
from bot.domain.notice import NewNotice
from bot.services.delivery import (
    ATTEMPT_SECONDS,
    LEASE_SECONDS,
    SENDING_SECONDS,
    SETTLING_SECONDS,
)
from bot.services.ports import Retry
from tests.fakes.messenger import HANG
from tests.services.delivery_bench import LIVE, REPORT, VERDICT, Bench, plain


async def test_a_notice_that_may_stand_in_slack_is_looked_for_before_it_is_posted_again(
    outbox: Bench,
) -> None:
    outbox.slack.answer("n", Retry(None, "HTTP 500", uncertain=True), arrives=True)
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain()
    assert outbox.slack.looked_for == [("n", None)]
    assert len(outbox.slack.standing("n")) == 1
    assert outbox.state("n") == "sent"


async def test_a_notice_that_did_not_arrive_is_posted_after_the_look(outbox: Bench) -> None:
    outbox.slack.answer("n", Retry(None, "HTTP 500", uncertain=True))
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain()
    assert outbox.slack.looked_for == [("n", None)]
    assert len(outbox.slack.standing("n")) == 1


async def test_a_failure_whose_outcome_is_known_needs_no_look(outbox: Bench) -> None:
    outbox.slack.answer("n", Retry(None, "service_unavailable"))
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain()
    assert outbox.slack.looked_for == []
    assert len(outbox.slack.standing("n")) == 1


async def test_nothing_is_posted_while_the_look_itself_fails(outbox: Bench) -> None:
    outbox.slack.answer("n", Retry(None, "HTTP 500", uncertain=True), arrives=True)
    outbox.slack.find_fails = Retry(1.0, "ratelimited", uncertain=True)
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain()
    assert len(outbox.slack.calls) == 1
    assert len(outbox.slack.looked_for) > 1
    outbox.slack.find_fails = None
    await outbox.drain()
    assert len(outbox.slack.standing("n")) == 1
    assert outbox.state("n") == "sent"


async def test_a_verdict_that_may_stand_is_looked_for_in_its_thread(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    outbox.slack.answer(VERDICT, Retry(None, "time-out", uncertain=True), arrives=True)
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.slack.looked_for == [(VERDICT, await outbox.live_ts())]
    assert len(outbox.slack.standing(VERDICT)) == 1


async def test_an_attempt_that_takes_too_long_is_uncertain(outbox: Bench) -> None:
    outbox.slack.answer("n", HANG, arrives=True)
    await outbox.store.add([plain("n")], outbox.clock())
    delivery = outbox.replica(attempt_seconds=0.01)
    await delivery.deliver_due()
    await delivery.finish()
    assert outbox.events.told_results == [
        ("n", Retry(None, "Slack took too long", uncertain=True, unsettled=True)),
    ]
    await outbox.drain()
    assert outbox.slack.looked_for == [("n", None)]
    assert len(outbox.slack.standing("n")) == 1


async def test_after_a_kill_in_the_middle_of_a_post_it_is_looked_for(outbox: Bench) -> None:
    outbox.slack.answer("n", HANG, arrives=True)
    await outbox.store.add([plain("n")], outbox.clock())
    killed = asyncio.create_task(outbox.deliver())
    await asyncio.sleep(0.01)
    killed.cancel()
    await outbox.deliver(after=LEASE_SECONDS - 1)
    assert outbox.slack.looked_for == []  # the dead sender's lease still holds the channel
    await outbox.deliver(after=1)
    assert outbox.slack.looked_for == [("n", None)]
    assert len(outbox.slack.standing("n")) == 1
    assert outbox.state("n") == "sent"


async def test_a_live_message_that_may_stand_is_found_and_edited(outbox: Bench) -> None:
    watch = await outbox.watch()
    outbox.slack.answer(LIVE, Retry(20.0, "time-out", uncertain=True), arrives=True)
    await outbox.deliver()
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.slack.looked_for == [(LIVE, None)]
    assert outbox.told() == [(LIVE, "post"), (REPORT, "edit"), (VERDICT, "reply")]
    assert len(outbox.slack.messages) == 2


async def test_a_live_message_that_did_not_arrive_lets_the_report_be_posted(outbox: Bench) -> None:
    watch = await outbox.watch()
    outbox.slack.answer(LIVE, Retry(20.0, "time-out", uncertain=True))
    await outbox.deliver()
    await outbox.end(watch)
    await outbox.drain()
    assert outbox.slack.looked_for == [(LIVE, None)]
    assert outbox.told() == [(LIVE, "post"), (REPORT, "post"), (VERDICT, "reply")]


async def test_an_uncertain_live_message_is_looked_for_once_before_its_next_attempt(
    outbox: Bench,
) -> None:
    await outbox.watch()
    outbox.slack.answer(LIVE, Retry(2.0, "time-out", uncertain=True))
    await outbox.drain()
    assert outbox.slack.looked_for == [(LIVE, None)]
    assert len(outbox.slack.standing(LIVE)) == 1


async def test_the_report_waits_while_the_live_message_cannot_be_looked_for(outbox: Bench) -> None:
    watch = await outbox.watch()
    outbox.slack.answer(LIVE, Retry(20.0, "time-out", uncertain=True), arrives=True)
    await outbox.deliver()
    outbox.slack.find_fails = Retry(None, "HTTP 503", uncertain=True)
    await outbox.end(watch)
    await outbox.drain(3)
    assert outbox.told() == [(LIVE, "post")]
    outbox.slack.find_fails = None
    await outbox.drain(10)
    assert len(outbox.slack.messages) == 2


async def test_what_was_not_found_is_posted_only_when_slack_cannot_do_it_any_more(
    outbox: Bench,
) -> None:
    outbox.slack.answer("n", Retry(None, "time-out", uncertain=True, unsettled=True))
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain(int(SETTLING_SECONDS) - 1)
    assert len(outbox.slack.calls) == 1
    assert outbox.slack.looked_for == [("n", None)]
    await outbox.drain(3)
    assert outbox.slack.looked_for == [("n", None)] * 2
    assert len(outbox.slack.standing("n")) == 1


async def test_what_slack_does_late_is_found_and_not_posted_again(outbox: Bench) -> None:
    outbox.slack.answer("n", Retry(None, "time-out", uncertain=True, unsettled=True))
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.drain(5)
    outbox.slack.arrives_late("n")
    await outbox.drain(10)
    assert len(outbox.slack.calls) == 1
    assert len(outbox.slack.standing("n")) == 1
    assert outbox.state("n") == "sent"


async def test_after_a_kill_too_it_is_posted_only_when_the_attempt_is_settled(
    outbox: Bench,
) -> None:
    outbox.slack.answer("n", HANG)
    await outbox.store.add([plain("n")], outbox.clock())
    killed = asyncio.create_task(outbox.deliver())
    await asyncio.sleep(0.01)
    killed.cancel()
    await outbox.store.release("C1", owner="one", free_at=outbox.clock())  # at the restart
    await outbox.drain(int(ATTEMPT_SECONDS))
    assert len(outbox.slack.calls) == 1
    await outbox.drain(3)
    assert len(outbox.slack.calls) == 2
    assert len(outbox.slack.standing("n")) == 1


async def test_a_live_message_that_may_still_come_is_waited_for(outbox: Bench) -> None:
    watch = await outbox.watch()
    outbox.slack.answer(LIVE, Retry(20.0, "time-out", uncertain=True, unsettled=True))
    await outbox.deliver()
    await outbox.end(watch)
    await outbox.drain(5)
    assert outbox.told() == [(LIVE, "post")]
    outbox.slack.arrives_late(LIVE)
    await outbox.drain(10)
    assert outbox.told() == [(LIVE, "post"), (REPORT, "edit"), (VERDICT, "reply")]
    assert len(outbox.slack.messages) == 2


async def test_the_report_waits_for_an_edit_that_may_still_come_over_it(outbox: Bench) -> None:
    watch = await outbox.watch()
    await outbox.deliver()
    outbox.clock.step(20)
    outbox.slack.answer(LIVE, Retry(None, "time-out", uncertain=True, unsettled=True))
    await outbox.progress(watch)
    await outbox.deliver()
    await outbox.end(watch)
    await outbox.drain(int(SETTLING_SECONDS))
    assert outbox.told() == [(LIVE, "post"), (LIVE, "edit")]
    await outbox.drain(3)
    assert outbox.told()[2:] == [(REPORT, "edit"), (VERDICT, "reply")]


async def test_every_request_has_its_last_moment_well_before_the_lease_is_over(
    outbox: Bench,
) -> None:
    await outbox.store.add([plain("n")], outbox.clock())
    await outbox.deliver()
    (call,) = outbox.slack.calls
    assert call.at < call.before
    left = LEASE_SECONDS - (call.before - call.at).total_seconds()
    assert left > ATTEMPT_SECONDS - SENDING_SECONDS  # time for Slack to do it


async def test_a_message_of_many_alerts_waits_for_an_edit_that_may_still_come_over_it(
    outbox: Bench,
) -> None:
    fact = AlertsCollapsed(lines=(), total=2)
    await outbox.store.add([NewNotice("burst", channel="C1", fact=fact)], outbox.clock())
    await outbox.drain(2)
    outbox.slack.answer("burst", Retry(None, "time-out", uncertain=True, unsettled=True))
    outbox.store.kept["burst"].state = "pending"  # one more alert has come in
    await outbox.drain(int(SETTLING_SECONDS))
    assert outbox.told() == [("burst", "post"), ("burst", "edit")]
    await outbox.drain(3)
    assert outbox.told() == [("burst", "post"), ("burst", "edit"), ("burst", "edit")]
    assert len(outbox.slack.messages) == 1
