"""What the client tells of its calls."""

from typing import Literal, Protocol

from bot.domain.errors import QATechError
from bot.domain.short_id import RunKey
from bot.qatech.breaker import BreakerState

Call = Literal["run", "rerun", "test_case"]
"""What QA.tech is asked for."""


class QATechEvents(Protocol):
    """What the operator is told of QA.tech; implemented by the log and the metrics."""

    def qatech_answered(self, key: RunKey, call: Call, seconds: float) -> None: ...

    def qatech_failed(
        self, key: RunKey, call: Call, error: QATechError, seconds: float | None
    ) -> None:
        """`seconds` is None where no request was made."""
        ...

    def qatech_breaker(self, state: BreakerState) -> None: ...


class Unheard:
    """`QATechEvents` where nobody listens: `doctor`, tests."""

    def qatech_answered(self, key: RunKey, call: Call, seconds: float) -> None:
        pass

    def qatech_failed(
        self, key: RunKey, call: Call, error: QATechError, seconds: float | None
    ) -> None:
        pass

    def qatech_breaker(self, state: BreakerState) -> None:
        pass
