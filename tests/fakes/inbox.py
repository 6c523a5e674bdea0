"""The inbox in memory: a part of `FakeStore`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.services.ports import Payload, Received
from tests.fakes.memory import KeptPayload, Lease, Memory


@dataclass(slots=True)
class FakeInbox(Memory):
    """See `Inbox`."""

    async def keep(
        self, new: Sequence[Payload], *, owner: str, until: datetime, now: datetime
    ) -> Sequence[int | None]:
        """See `Inbox`."""
        numbers: list[int | None] = []
        for each in new:
            if any(kept.key == each.key for kept in self.payloads.values()):
                numbers.append(None)
                continue
            number = max(self.payloads, default=0) + 1
            self.payloads[number] = KeptPayload(each.key, each.text, Lease(owner, until), now)
            numbers.append(number)
        return numbers

    async def take_up(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[Received]:
        """See `Inbox`."""
        taken: list[Received] = []
        for number, kept in self.payloads.items():
            rested = (now - kept.received_at).total_seconds() >= kept.attempts**2
            is_left = rested and kept.lease.is_free(now) and len(taken) < limit
            if kept.payload is not None and is_left:
                kept.lease = Lease(owner, until)
                kept.attempts += 1
                taken.append(
                    Received(number, kept.key, kept.payload, kept.attempts, kept.received_at)
                )
        return taken

    async def dealt_with(self, received_ids: Sequence[int], now: datetime) -> None:
        """See `Inbox`."""
        for received_id in received_ids:
            kept = self.payloads[received_id]
            kept.payload, kept.done_at, kept.lease = None, now, Lease()

    async def forget(self, before: datetime) -> int:
        """See `Inbox`."""
        old = [
            number
            for number, kept in self.payloads.items()
            if kept.done_at is not None and kept.done_at < before
        ]
        for number in old:
            del self.payloads[number]
        return len(old)
