"""A time source that tests step by hand."""

from dataclasses import dataclass


@dataclass(slots=True)
class SteppedTime:
    """Seconds; call it for the present moment."""

    moment: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.moment

    def step(self, seconds: float) -> None:
        self.moment += seconds
