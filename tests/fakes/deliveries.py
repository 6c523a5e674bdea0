"""Watches by their ID, and what has become of their notices: a part of `FakeStore`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from bot.domain.watch import WatchedRun
from bot.services.ports import DeliveryState, NoticeStatus
from tests.fakes.memory import Memory


@dataclass(slots=True)
class FakeDeliveries(Memory):
    """See `Deliveries`."""

    async def watch_of(self, watch_id: str) -> WatchedRun | None:
        """See `Deliveries`."""
        watch = self._watches.get(watch_id)
        return (
            None if watch is None else WatchedRun(watch, self._tracked(watch.run_id, whole=False))
        )

    async def notices_of(self, watch_id: str) -> Sequence[NoticeStatus]:
        """See `Deliveries`."""
        return [
            NoticeStatus(
                kind=kept.new.fact.kind,
                state=_state(kept.state),
                attempts=kept.attempts,
                created_at=kept.created_at,
                message_ts=kept.message_ts,
                why=kept.last_error,
            )
            for kept in sorted(self.kept.values(), key=lambda kept: kept.id)
            if kept.new.watch_id == watch_id
        ]


def _state(word: str) -> DeliveryState:
    known: tuple[DeliveryState, ...] = get_args(DeliveryState)
    return next(state for state in known if state == word)
