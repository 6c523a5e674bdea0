"""Holding back after a 429: a project that QA.tech asked us to leave alone is left alone."""

from collections.abc import Callable

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 3600.0


class Holds:
    """Until when each project is left alone.

    `clock` is monotonic, in seconds; `default` is for how long where QA.tech does not say.
    """

    def __init__(self, clock: Callable[[], float], *, default: float) -> None:
        self._clock = clock
        self._default = default
        self._until: dict[str, float] = {}

    def begin(self, project: str, retry_after: float | None) -> None:
        """QA.tech answered 429; a hold that lasts longer already stays as it is."""
        asked = self._default if retry_after is None else retry_after
        until = self._clock() + min(max(asked, SHORTEST_SECONDS), LONGEST_SECONDS)
        self._until[project] = max(until, self._until.get(project, until))

    def remaining(self, project: str) -> float:
        """Seconds for which the project is still left alone; 0 when it is not."""
        until = self._until.get(project)
        return 0.0 if until is None else max(0.0, until - self._clock())
