"""A clock that tests step by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.domain.build import NOW


@dataclass(slots=True)
class SteppedClock:
    """`Clock` of the services; it stands still between steps."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def step(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
