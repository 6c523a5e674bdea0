"""Many alerts become one message on their way out; a channel that refuses is noted once."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.facts import AlertsCollapsed, AlertsGrouped, ChannelRefused, RunFinished
from bot.domain.notice import NewNotice
from bot.domain.rules import Rule
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.services.ports import Dropped, Retry
from tests.services.delivery_bench import Bench

REFUSED = Dropped("is_archived", refused=True)


async def alert(outbox: Bench, name: str, channel: str = "C1", **fields: Any) -> None:
    """An alert of a run of its own."""
    new = NewNotice(name, channel=channel, fact=RunFinished(), is_alert=True)
    new = replace(new, **fields)
    await outbox.store.save_ended(
        RunKey("default", name),
        run=Run(short_id=name, status="COMPLETED", result="FAILED"),
        url=None,
        notice_for=lambda run_id: replace(new, run_id=run_id),
        now=outbox.clock(),
    )


async def alerts(outbox: Bench, *names: str, **fields: Any) -> None:
    for name in names:
        await alert(outbox, name, **fields)


def gathered(outbox: Bench) -> list[tuple[int, int]]:
    """Lines and total of each message that tells several."""
    facts = [kept.new.fact for kept in outbox.store.kept.values()]
    return [
        (len(fact.lines), fact.total)
        for fact in facts
        if isinstance(fact, AlertsCollapsed | AlertsGrouped)
    ]


async def test_more_than_five_in_ten_minutes_become_one_message_that_grows(outbox: Bench) -> None:
    await alerts(outbox, *"abcdefg")
    await outbox.drain(8)
    assert outbox.told() == [*((name, "post") for name in "abcde"), ("burst:C1:6", "post")]
    assert gathered(outbox) == [(2, 2)]
    await alert(outbox, "h")
    await outbox.drain(20)
    assert outbox.told()[6:] == [("burst:C1:6", "edit")]
    assert gathered(outbox) == [(3, 3)]
    assert len(outbox.slack.messages) == 6


async def test_after_ten_minutes_alerts_are_told_one_by_one_again(outbox: Bench) -> None:
    await alerts(outbox, *"abcdef")
    await outbox.drain(8)
    outbox.clock.step(600)
    await alert(outbox, "g")
    await outbox.drain()
    assert outbox.told()[-1] == ("g", "post")
    assert outbox.state("g") == "sent"


async def test_one_channel_does_not_use_up_what_another_may_be_told(outbox: Bench) -> None:
    await alerts(outbox, *"abcde")
    await alerts(outbox, "x", channel="C2")
    await outbox.drain(8)
    assert ("x", "post") in outbox.told()
    assert gathered(outbox) == []


async def test_what_somebody_asked_for_is_never_a_line(outbox: Bench) -> None:
    await alerts(outbox, *"abcdefg", is_alert=False, asked_by="U1")
    await outbox.drain(10)
    assert [name for name, _ in outbox.told()] == list("abcdefg")


async def test_what_ended_in_a_time_away_is_one_message_for_each_channel(outbox: Bench) -> None:
    until = replace(outbox.clock, now=outbox.clock())
    until.step(10)
    for channel in ("C1", "C2"):
        names = [f"{name}{channel}" for name in "abc"]
        await alerts(outbox, *names, channel=channel, group="g", hold_until=until.now)
    await alerts(outbox, "alone", channel="C3", group="g", hold_until=until.now)
    await outbox.drain(8)
    assert outbox.told() == []
    await outbox.drain(8)
    assert sorted(outbox.told()) == [
        ("alone", "post"),
        ("group:C1:g", "post"),
        ("group:C2:g", "post"),
    ]
    assert gathered(outbox) == [(3, 3), (3, 3)]


async def test_an_alert_that_was_being_told_when_the_bot_died_is_not_told_again_as_a_line(
    outbox: Bench,
) -> None:
    await alerts(outbox, *"abcdefg")
    outbox.slack.answer("a", Retry(None, "timed out", uncertain=True), arrives=True)
    await outbox.drain(12)
    assert outbox.slack.standing("a") != []
    assert len(outbox.slack.standing("a")) == 1
    assert gathered(outbox) == [(2, 2)]


# --- channels that refuse


async def test_who_set_the_rule_is_told_once_that_the_channel_refuses(outbox: Bench) -> None:
    await outbox.store.save_rule("C1", Rule(set_by="U1"), outbox.clock())
    for name in ("a", "b"):
        outbox.slack.answer(name, REFUSED)
    await alerts(outbox, "a", "b")
    await outbox.drain(6)
    told = [call for call in outbox.slack.calls if call.channel == "U1"]
    assert len(told) == 1
    fact = outbox.store.kept[told[0].key].new.fact
    assert fact == ChannelRefused(channel="C1", why="is_archived")
    assert await outbox.store.refusals() == {"C1": "is_archived"}
    assert (outbox.state("a"), outbox.state("b")) == ("dropped", "dropped")


async def test_a_channel_that_takes_a_message_again_refuses_no_more(outbox: Bench) -> None:
    outbox.slack.answer("a", Retry(1.0, "not_in_channel", refused=True))
    await alerts(outbox, "a")
    await outbox.deliver()
    assert await outbox.store.refusals() == {"C1": "not_in_channel"}
    await outbox.drain(4)
    assert await outbox.store.refusals() == {}
    assert outbox.state("a") == "sent"


async def test_where_nobody_set_the_rule_it_is_noted_alone(outbox: Bench) -> None:
    outbox.slack.answer("a", REFUSED)
    await alerts(outbox, "a")
    await outbox.drain()
    assert await outbox.store.refusals() == {"C1": "is_archived"}
    assert {call.channel for call in outbox.slack.calls} == {"C1"}


async def test_a_person_who_takes_no_direct_messages_is_not_written_to_about_that(
    outbox: Bench,
) -> None:
    await outbox.store.save_rule("C1", Rule(set_by="U1"), outbox.clock())
    outbox.slack.answer("a", REFUSED)
    key = f"refused:C1:{outbox.clock().timestamp():.0f}"
    outbox.slack.answer(key, REFUSED)
    await alerts(outbox, "a")
    await outbox.drain()
    assert await outbox.store.refusals() == {"C1": "is_archived"}
    assert outbox.state(key) == "dropped"


@pytest.mark.parametrize("result", [Dropped("given up"), Retry(9.0, "internal_error")])
async def test_a_failure_that_is_not_the_channels_is_no_refusal(
    outbox: Bench, result: Dropped | Retry
) -> None:
    outbox.slack.answer("a", result)
    await alerts(outbox, "a")
    await outbox.deliver()
    assert await outbox.store.refusals() == {}


async def test_who_asked_by_a_command_sees_for_themselves_that_nothing_comes(
    outbox: Bench,
) -> None:
    watch = await outbox.watch(live=False)
    outbox.slack.answer("report:w1", REFUSED)
    await outbox.end(watch)
    await outbox.drain()
    assert await outbox.store.refusals() == {}
