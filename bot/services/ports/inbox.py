"""What Slack has handed over: kept before it is acknowledged, until it is dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Payload:
    """Something that Slack hands over.

    Attributes:
        key: the same for the same thing, however often it is handed over.
        text: all of it, as JSON.
    """

    key: str
    text: str


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
    received_at: datetime


class Inbox(Protocol):
    """What was acknowledged, shared out by leases like everything else."""

    async def keep(
        self, new: Sequence[Payload], *, owner: str, until: datetime, now: datetime
    ) -> Sequence[int | None]:
        """Keep payloads, all or none, leased to who received them.

        Returns the number of each, None where its key is known, from one before it too.
        """
        ...

    async def take_up(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[Received]:
        """Lease what somebody has received and not dealt with in time, the oldest first.

        After some attempts not before as many seconds as their number squared have passed since it
        was received: what ends every process that sets about it must not do so without a pause.
        """
        ...

    async def dealt_with(self, received_ids: Sequence[int], now: datetime) -> None:
        """Forget the payloads; their keys stay known."""
        ...

    async def forget(self, before: datetime) -> int:
        """Forget the keys of what was dealt with, or given up, before this moment."""
        ...
