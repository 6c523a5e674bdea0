"""The bot joins a channel: what waited for that is told at once."""

from datetime import timedelta

from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice
from bot.playground.slack_delivery import DeliveryKind
from tests.slack.listeners.bench import Bench, now


async def test_what_waits_in_a_channel_is_hastened_when_the_bot_joins_it(bench: Bench) -> None:
    place = bench.slack.add_channel("later", members=[bench.ada, bench.ben], with_bot=False)
    await bench.store.add([NewNotice(dedupe_key="k", channel=place.id, fact=RunFinished())], now())
    kept = bench.store.kept["k"]
    kept.due_at = now() + timedelta(hours=1)
    await bench.slack.invite_bot(place, by=bench.ada)
    await bench.finished()
    assert kept.due_at <= now()
    assert bench.wakes == 1


async def test_others_who_join_change_nothing(bench: Bench) -> None:
    joined = {"type": "member_joined_channel", "user": bench.ben.id, "channel": bench.room.id}
    await bench.send(DeliveryKind.EVENT, bench.event(**joined))
    await bench.finished()
    assert not bench.wakes
