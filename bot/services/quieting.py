"""Quieting: alerts that come in a burst, or from a time away, become one message."""

from datetime import datetime

from bot.domain.noise import fold
from bot.services.ports import Quiet

ALERT_BURST = 5
"""Alerts that a channel is told one by one within ten minutes."""


class Quieting:
    """Asked by the one sender that holds a channel, just before it tells what is due there."""

    def __init__(self, store: Quiet, *, burst: int = ALERT_BURST) -> None:
        self._store = store
        self._burst = burst

    async def quieten(self, channel: str, *, owner: str, now: datetime) -> None:
        """Fold what should not be told one by one."""
        folded = True
        while folded:
            alerts = await self._store.alerts(channel, now=now)
            found = fold(alerts, channel=channel, burst=self._burst, now=now)
            folded = found is not None and await self._store.fold(
                found, channel=channel, owner=owner, now=now
            )
