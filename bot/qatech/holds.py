"""Holding back after a 429: a project that QA.tech asked us to leave alone is left alone."""

from collections.abc import Callable

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 3600.0
DEFAULT_SECONDS = 30.0
"""How long when QA.tech does not say."""


class Holds:
    """Until when each project is left alone.

    `clock` is monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def begin(self, project: str, retry_after: float | None) -> None:
        """QA.tech answered 429; a hold that lasts longer already stays as it is."""
        asked = DEFAULT_SECONDS if retry_after is None else retry_after
        until = self._clock() + min(max(asked, SHORTEST_SECONDS), LONGEST_SECONDS)
        self._until[project] = max(until, self._until.get(project, until))

    def remaining(self, project: str) -> float:
        """Seconds for which the project is still left alone; 0 when it is not."""
        until = self._until.get(project)
        return 0.0 if until is None else max(0.0, until - self._clock())
