"""Delivery: what goes wrong stays where it went wrong."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bot.services.delivery import LEASE_SECONDS, SLOTS
from tests.fakes.store import FakeStore
from tests.services.delivery_bench import Bench, plain


async def test_a_crash_at_one_notice_is_reported_and_holds_up_no_other(outbox: Bench) -> None:
    outbox.slack.answer("bad", RuntimeError("a bug"), RuntimeError("a bug"))
    await outbox.store.add([plain("bad"), plain("good"), plain("else", "C2")], outbox.clock())
    await outbox.drain(3)
    assert outbox.events.crashes[0] == "C1"
    assert outbox.state("good") == "sent"
    assert outbox.state("else") == "sent"
    await outbox.drain(5)
    assert outbox.state("bad") == "sent"
    assert len(outbox.slack.standing("bad")) == 1


async def test_a_crash_of_the_store_is_reported_and_stops_no_other_channel() -> None:
    outbox = Bench(store=_BrokenStore())
    await outbox.store.add([plain("n1", "broken"), plain("n2", "C2")], outbox.clock())
    await outbox.drain(2)
    assert outbox.events.crashes == ["broken"]
    assert outbox.state("n2") == "sent"


@dataclass(slots=True)
class _BrokenStore(FakeStore):
    """A database that is gone whenever one channel is released."""

    async def release(self, channel: str, *, owner: str, free_at: datetime) -> None:
        if channel == "broken":
            raise OSError("the database is gone")
        await FakeStore.release(self, channel, owner=owner, free_at=free_at)


async def test_a_channel_whose_lease_is_lost_is_left_alone(outbox: Bench) -> None:
    await outbox.store.add([plain("n")], outbox.clock())
    outbox.slack.gate = asyncio.Event()
    slow, quick = outbox.replica("slow"), outbox.replica("quick")
    await slow.deliver_due()
    await asyncio.sleep(0.001)
    outbox.clock.step(LEASE_SECONDS + 1)
    await quick.deliver_due()
    outbox.slack.gate.set()
    await asyncio.gather(slow.finish(), quick.finish())
    assert len(outbox.slack.looked_for) == 1  # the second sender knew that the first had begun
    assert outbox.state("n") == "sent"


async def test_slots_are_bounded_and_filled_again_as_they_come_free(outbox: Bench) -> None:
    many = [plain(f"n{n}", f"C{n}") for n in range(SLOTS + 3)]
    await outbox.store.add(many, outbox.clock())
    outbox.slack.gate = asyncio.Event()
    delivery = outbox.replica()
    delivering = asyncio.create_task(delivery.deliver_due())
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(outbox.slack.calls) == SLOTS
    await delivery.deliver_due()  # no slot is free: it returns at once
    assert len(outbox.slack.calls) == SLOTS
    outbox.slack.gate.set()
    await delivering
    await delivery.finish()
    assert len(outbox.slack.calls) == len(many)


async def test_finishing_with_nothing_under_way_returns_at_once(outbox: Bench) -> None:
    await outbox.replica().finish()
