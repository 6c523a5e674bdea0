"""How often a method may be called: Slack's tiers, and one message a second in a channel."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PER_MINUTE: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
"""Requests a minute of each tier (`facts/SLACK.md`)."""


@dataclass(slots=True)
class Rates:
    """Buckets of tokens, one for each method, and for messages one for each channel.

    Attributes:
        clock: seconds.
        is_enabled: False lets everything pass.
        message_burst: how many messages a channel takes at once before it is one a second.
    """

    clock: Callable[[], float]
    is_enabled: bool = True
    message_burst: int = 3
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait_for_method(self, method: str, tier: int) -> int:
        """Seconds until the method may be called again; 0 takes one call."""
        per_minute = PER_MINUTE[tier]
        return self._take(method, per_minute, per_minute / 60)

    def wait_for_message(self, channel: str) -> int:
        """Seconds until the channel takes another message; 0 takes one."""
        return self._take(f"message in {channel}", self.message_burst, 1.0)

    def _take(self, key: str, capacity: float, per_second: float) -> int:
        if not self.is_enabled:
            return 0
        now = self.clock()
        tokens, since = self._buckets.get(key, (capacity, now))
        tokens = min(capacity, tokens + (now - since) * per_second)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            return max(1, math.ceil((1 - tokens) / per_second))
        self._buckets[key] = (tokens - 1, now)
        return 0
