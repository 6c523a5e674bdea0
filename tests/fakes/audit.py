"""The audit trail in memory: a part of `FakeStore`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import NewEntry
from bot.services.ports import AuditPage
from tests.fakes.memory import Memory


@dataclass(slots=True)
class FakeAuditTrail(Memory):
    """See `AuditTrail`; the entries themselves stand in `kept_entries`."""

    async def add_entries(self, entries: Sequence[NewEntry], now: datetime) -> None:
        """See `AuditTrail`."""
        self._enter(entries, now)

    async def audit(self, channel: str | None, *, limit: int, offset: int = 0) -> AuditPage:
        """See `AuditTrail`."""
        found = [e for e in reversed(self.kept_entries) if channel in {None, e.channel}]
        return AuditPage(found[offset : offset + limit], len(found))
