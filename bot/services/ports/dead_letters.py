"""What looking after the notices that were given up needs of the database, as a Protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.short_id import RunKey


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A notice that was given up: nobody has been told.

    Attributes:
        kind: which fact it tells (`run_finished`, …).
        run: the run that it is about, None where it is about none.
        attempts: how often Slack has been asked to take it.
        why: what it was given up for.
    """

    id: int
    channel: str
    kind: str
    run: RunKey | None
    attempts: int
    created_at: datetime
    why: str


class Revival(StrEnum):
    """What came of putting a notice back."""

    PUT_BACK = "put_back"
    UNKNOWN = "unknown"
    """There is no such notice (any more)."""
    NOT_DROPPED = "not_dropped"
    """It was told, or still waits to be."""
    SUPERSEDED = "superseded"
    """Another notice has told more since."""


class DeadLetters(Protocol):
    """The notices that were given up."""

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """The newest of them, the oldest of these first."""
        ...

    async def count_dead_letters(self, since: datetime) -> int:
        """How many there are of the notices written since then."""
        ...

    async def revive(self, ids: Sequence[int], *, now: datetime) -> Mapping[int, Revival]:
        """Put notices back into the outbox, due at once, and say what came of each.

        Slack is searched for each before it is told: nobody knows how its last attempt ended.
        An audit entry by the operator is written for each that was put back, in one transaction.
        """
        ...
