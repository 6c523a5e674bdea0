"""Leaving a QA.tech that is down alone, and finding out with one request at a time that it is back.

Why it is our own code: `docs/decisions/0009-circuit-breaker.md`.
"""

import math
from collections.abc import Callable
from enum import StrEnum

FAILURES = 5
"""How many requests in a row must fail."""
RUNS = 2
"""Of how many runs, unless nobody could be connected to: QA.tech may choke on one run alone."""


class BreakerState(StrEnum):
    """CLOSED: all requests go out. OPEN: none does. HALF_OPEN: one may find out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Permit:
    """The right to make one request; whoever has it says what came of it, exactly once."""

    def __init__(self, breaker: "Breaker", target: str, period: int) -> None:
        self._breaker = breaker
        self.target = target
        self.period = period

    def succeeded(self) -> None:
        """QA.tech answered, whatever it said."""
        self._breaker.answered()

    def failed(self, *, unreachable: bool) -> None:
        """It did not, or with a 5xx; `unreachable` where there was not even a connection."""
        self._breaker.failed(self, unreachable=unreachable)

    def given_up(self) -> None:
        """Whoever asked did not wait for the outcome."""
        self._breaker.given_up(self)


class Breaker:
    """The breaker of one host. `clock` is monotonic, in seconds.

    It opens for `shortest` seconds, after each probe that fails for twice as long, at most for
    `longest`. `on_change` is told every new state.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        shortest: float,
        longest: float,
        on_change: Callable[[BreakerState], None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._shortest = shortest
        self._longest = max(shortest, longest)
        self._on_change = on_change
        self._failures = 0
        self._targets: set[str] = set()
        self._opened = 0
        """How often in a row it was opened; requests of an earlier period tell nothing new."""
        self._until = -math.inf
        self._probe: Permit | None = None

    @property
    def state(self) -> BreakerState:
        if not self._opened:
            return BreakerState.CLOSED
        waiting = self._clock() < self._until
        return BreakerState.OPEN if waiting else BreakerState.HALF_OPEN

    def remaining(self) -> float:
        """Seconds for which nobody need ask; 0 where a request may be made now."""
        match self.state:
            case BreakerState.CLOSED:
                return 0.0
            case BreakerState.OPEN:
                return self._until - self._clock()
        return 0.0 if self._probe is None else self._shortest

    def permit(self, target: str) -> Permit | None:
        """The right to ask for this run now; None where QA.tech is left alone.

        Between this call and what comes of the request nobody else is let through, unless the
        breaker is closed.
        """
        if self.remaining() > 0:
            return None
        permit = Permit(self, target, self._opened)
        if self._opened:
            self._probe = permit
            self._on_change(BreakerState.HALF_OPEN)
        return permit

    def answered(self) -> None:
        """An answer, of whatever request: QA.tech is there."""
        was_open = self._opened > 0
        self._failures, self._opened, self._probe = 0, 0, None
        self._targets.clear()
        if was_open:
            self._on_change(BreakerState.CLOSED)

    def failed(self, permit: Permit, *, unreachable: bool) -> None:
        """See `Permit.failed`."""
        if permit.period != self._opened:
            return  # made before the breaker opened, or opened anew
        self._failures += 1
        self._targets.add(permit.target)
        is_down = self._failures >= FAILURES and (unreachable or len(self._targets) >= RUNS)
        if self._opened or is_down:
            self._open()

    def given_up(self, permit: Permit) -> None:
        """See `Permit.given_up`."""
        if permit is self._probe:
            self._probe = None

    def _open(self) -> None:
        # 2 ** 10 is more than `longest` will ever be.
        seconds = min(self._shortest * 2.0 ** min(self._opened, 10), self._longest)
        self._opened += 1
        self._until = self._clock() + seconds
        self._probe = None
        self._on_change(BreakerState.OPEN)
