"""What Slack has handed over: kept before it is acknowledged, until it is dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Received:
    """Something that Slack has handed over and will not hand over again.

    Attributes:
        key: the same for the same thing, however often it is handed over.
        payload: as JSON.
        attempts: how often somebody has set about it, this time included.
    """

    id: int
    key: str
    payload: str
    attempts: int


class Inbox(Protocol):
    """What was acknowledged, shared out by leases like everything else."""

    async def keep(
        self, key: str, payload: str, *, owner: str, until: datetime, now: datetime
    ) -> int | None:
        """Keep a payload, leased to who received it; its number, None where the key is known."""
        ...

    async def take_up(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[Received]:
        """Lease what somebody has received and not dealt with in time, the oldest first."""
        ...

    async def dealt_with(self, received_id: int, now: datetime) -> None:
        """Forget the payload; its key stays known."""
        ...

    async def forget(self, before: datetime) -> int:
        """Forget the keys of what was dealt with, or given up, before this moment."""
        ...
