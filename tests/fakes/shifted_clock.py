"""A clock that runs on, and that tests put forward by hours and days."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class ShiftedClock:
    """`Clock` of a whole bot: real time, so many days away."""

    shift: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def put(self, moment: datetime) -> None:
        """It is this moment now."""
        self.shift = moment - datetime.now(UTC)
