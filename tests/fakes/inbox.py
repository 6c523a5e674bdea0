"""The inbox in memory: a part of `FakeStore`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.services.ports import Received
from tests.fakes.memory import KeptPayload, Lease, Memory


@dataclass(slots=True)
class FakeInbox(Memory):
    """See `Inbox`."""

    async def keep(
        self, key: str, payload: str, *, owner: str, until: datetime, now: datetime
    ) -> int | None:
        """See `Inbox`."""
        if any(kept.key == key for kept in self.payloads.values()):
            return None
        number = max(self.payloads, default=0) + 1
        self.payloads[number] = KeptPayload(key, payload, Lease(owner, until))
        return number

    async def take_up(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[Received]:
        """See `Inbox`."""
        taken: list[Received] = []
        for number, kept in self.payloads.items():
            if kept.payload is not None and kept.lease.is_free(now) and len(taken) < limit:
                kept.lease = Lease(owner, until)
                kept.attempts += 1
                taken.append(Received(number, kept.key, kept.payload, kept.attempts))
        return taken

    async def dealt_with(self, received_id: int, now: datetime) -> None:
        """See `Inbox`."""
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
