"""How often somebody may ask."""

import time
from collections.abc import Callable


class Allowance:
    """A bucket of requests that fills up again as time goes by; it remembers two numbers.

    Args:
        rate: requests a second in the long run.
        burst: requests that may come all at once.
        clock: monotonic, in seconds.
    """

    def __init__(
        self, *, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = max(burst, 1.0)
        self._clock = clock
        self._left = self._burst
        self._at = clock()

    def take(self) -> float:
        """Seconds to wait before the next request; 0 where this one is allowed."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._rate
        self._left -= 1.0
        return 0.0
