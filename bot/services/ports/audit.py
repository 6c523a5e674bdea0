"""What the audit trail needs of the database, as a Protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Entry, NewEntry


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some of the entries, the newest first, and how many there are in all."""

    entries: Sequence[Entry]
    total: int


class AuditTrail(Protocol):
    """Who did what. Entries are added, and never changed or removed."""

    async def add_entries(self, entries: Sequence[NewEntry], now: datetime) -> None:
        """Write what no other change carries: a refusal, an outcome."""
        ...

    async def audit(self, channel: str | None, *, limit: int, offset: int = 0) -> AuditPage:
        """The entries of a channel, or all, the newest first, without the first `offset`."""
        ...
