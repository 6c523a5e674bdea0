"""Which failures are going on: each is logged once, and its end once (DESIGN §5.8)."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

QUIET_SECONDS = 10.0
"""What comes and goes is logged no more often than this; what lasts longer is, at the latest."""
_MOST = 10_000
"""Sources remembered: a run that is given up while it fails would otherwise stay for ever."""


@dataclass(slots=True)
class _Failure:
    """A failure of one source; `told` holds the reasons that were logged since it began."""

    told_at: float = -math.inf
    is_open: bool = False
    told: set[str] = field(default_factory=set)


class Failures:
    """Remembers failures by their source. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, _Failure] = OrderedDict()

    def began(self, what: str, why: str) -> bool:
        """Whether this deserves a line: the failure is new, or has a reason not told yet."""
        known = self._known.setdefault(what, _Failure())
        self._known.move_to_end(what)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        if not known.is_open:
            known.is_open = True
            known.told.clear()
        now = self._clock()
        is_flapping = not known.told and now - known.told_at < QUIET_SECONDS
        if why in known.told or is_flapping:
            return False
        known.told.add(why)
        known.told_at = now
        return True

    def ended(self, what: str) -> bool:
        """Whether one that was logged has been going on until now."""
        known = self._known.get(what)
        if known is None or not known.is_open:
            return False
        known.is_open = False
        return bool(known.told)
