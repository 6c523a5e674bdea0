"""What a crash test is to do."""

import random
from dataclasses import dataclass
from typing import Literal

Kind = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Plan:
    """One crash test; the same seed makes the same choices, though not at the same microseconds.

    Attributes:
        runs: how many runs are watched, each in one channel and some in two.
        channels: where.
        kills: how often a bot is killed by SIGKILL.
        stalls: how often one is stopped for longer than a lease, and then goes on.
        shortest, longest: seconds that a run takes.
        seconds_alive: the longest that a bot lives before it is killed.
        patience: seconds that everything may take to be told after the last kill.
        quiet: seconds after that in which nothing may be told again.
    """

    runs: int = 200
    channels: int = 20
    kills: int = 50
    stalls: int = 0
    seed: int = 1
    database: Kind = "sqlite"
    replicas: int = 1
    seconds_alive: float = 6.0
    patience: float = 400.0
    quiet: float = 20.0
    shortest: float = 4.0
    longest: float = 30.0

    def dice(self, purpose: str) -> random.Random:
        """Chance of its own for each purpose, so that one does not disturb the other."""
        return random.Random(f"{self.seed}/{purpose}")

    @property
    def seconds(self) -> float:
        """About how long the killing takes: the wishes are spread over it."""
        return self.kills * (self.seconds_alive / 2 + 2.0) + self.stalls * 35.0
