"""Events that nobody is told of: what they cost is measured with the whole bot, not with parts."""

import sys
from collections import Counter
from typing import Any


class SilentEvents:
    """Counts polls by their outcome; takes everything else and forgets it."""

    def __init__(self) -> None:
        self.polls: Counter[str] = Counter()

    def polled(self, _tracked: Any, observation: Any, *, saved: bool) -> None:
        self.polls[observation.value if saved else "lost"] += 1

    def qatech_failed(self, *_: Any) -> None: ...

    def qatech_answered(self, *_: Any) -> None: ...

    def poll_crashed(self, *_: Any) -> None:
        raise AssertionError("a poll crashed") from sys.exc_info()[1]

    def alert_decided(self, *_: Any) -> None: ...

    def came_back(self, *_: Any) -> None: ...

    def told(self, *_: Any) -> None: ...

    def delivery_crashed(self, *_: Any) -> None:
        raise AssertionError("a delivery crashed") from sys.exc_info()[1]
