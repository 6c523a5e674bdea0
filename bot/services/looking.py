"""Looking: the requests of one poll, and what each answer makes of what is known of a run."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.cadence import Bounds, wants_cases
from bot.domain.errors import (
    AccessDenied,
    LeftAlone,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
)
from bot.domain.observe import (
    Answer,
    Denied,
    Missing,
    NoAnswer,
    Observation,
    Seen,
    Step,
    observe,
)
from bot.domain.watch import TrackedRun
from bot.services.alerting import Alerting
from bot.services.ports import BARE, CASES, WHOLE, Clock, Look, RunSource

_FINAL_LOOKS = 3
"""Final looks that may fail before the run is taken with less."""


class Looking:
    """Asks QA.tech for no more than is needed, and takes no answer for an answer too."""

    def __init__(
        self,
        *,
        qatech: RunSource,
        bounds: Bounds,
        clock: Clock,
        alerting: Alerting,
        queue_seconds: Callable[[], float],
    ) -> None:
        """Asks nothing yet.

        Args:
            qatech: who is asked.
            bounds: of the cadence.
            clock: the present moment.
            alerting: knows how long earlier runs of a suite took.
            queue_seconds: how long a run that falls due now must wait for its turn.
        """
        self._qatech = qatech
        self._bounds = bounds
        self._clock = clock
        self._alerting = alerting
        self._queue_seconds = queue_seconds

    async def look(self, tracked: TrackedRun) -> Step:
        """The looks of one poll: the cheap one, and the final one once the run has ended."""
        look = CASES if wants_cases(tracked, self._clock(), self._bounds) else BARE
        step = await self._observe(tracked, look)
        if step.observation is not Observation.ENDING:
            return step
        final = _final_look(step.tracked)
        return await self._observe(step.tracked, final, final=True)

    async def _observe(self, tracked: TrackedRun, look: Look, *, final: bool = False) -> Step:
        asked_at = self._clock()
        answer = await self._ask(tracked, look, final=final)
        if isinstance(answer, Seen) and _shows_another_suite(tracked, answer):
            usual = await self._alerting.usual_seconds(tracked.key, answer.run)
            tracked = replace(tracked, pace=replace(tracked.pace, usual=usual))
        return observe(
            tracked,
            answer,
            self._clock(),
            self._bounds,
            asked_at=asked_at,
            queue_seconds=self._queue_seconds(),
        )

    async def _ask(self, tracked: TrackedRun, look: Look, *, final: bool) -> Answer:
        try:
            run = await self._qatech.get_run(tracked.key, look)
        except QATechError as error:
            return _unanswered(error, look, final=final)
        # A final look that shows the run going on again is a look like any other.
        return Seen(run, with_cases=look.test_cases == "all", final=final and run.has_ended)


def _unanswered(error: QATechError, look: Look, *, final: bool) -> Answer:
    if isinstance(error, RunNotFound) and not final:
        return Missing()
    # QA.tech has just shown this run with this key: it refuses the final look, not the run.
    if isinstance(error, AccessDenied) and not final:
        return Denied()
    return NoAnswer(
        retry_after=error.retry_after if isinstance(error, RateLimited | Unavailable) else None,
        while_ending=final,
        was_asked=not isinstance(error, LeftAlone),
        with_cases=look.test_cases is not None,
    )


def _shows_another_suite(tracked: TrackedRun, seen: Seen) -> bool:
    """Whether these are test cases for which nobody has looked up how long they usually take."""
    if seen.final or not seen.run.run_test_cases:
        return False
    return tracked.pace.usual is None or (
        len(seen.run.run_test_cases) != tracked.pace.finished + tracked.pace.left
    )


def _final_look(tracked: TrackedRun) -> Look:
    """The whole run; less of it where QA.tech answers every smaller look but not this one."""
    if tracked.final_failures < _FINAL_LOOKS:
        return WHOLE
    return CASES if tracked.final_failures < 2 * _FINAL_LOOKS else BARE
