"""What those who look after a watch from outside need of the database, as a Protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.watch import WatchedRun

DeliveryState = Literal["pending", "sent", "dropped", "superseded", "folded"]
"""Waiting to be told; told; given up; replaced by a newer notice of the same watch; told as a line
of another notice's message."""


@dataclass(frozen=True, slots=True)
class NoticeStatus:
    """How far a notice has come.

    Attributes:
        kind: which fact it tells (`run_finished`, …).
        attempts: how often Slack has been asked to take it.
        message_ts: of the Slack message that tells it, None where there is none (yet).
        why: what kept the last attempt that failed from telling it, None where none has failed.
    """

    kind: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    message_ts: str | None = None
    why: str | None = None


class Deliveries(Protocol):
    """Watches by their ID, and what has become of their notices."""

    async def watch_of(self, watch_id: str) -> WatchedRun | None:
        """The watch with this ID, whatever its state; None where there is none."""
        ...

    async def notices_of(self, watch_id: str) -> Sequence[NoticeStatus]:
        """Every notice of this watch, the oldest first."""
        ...
