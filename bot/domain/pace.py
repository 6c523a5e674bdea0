"""The pace of a run in progress: what watching it has shown, for the cadence to go by.

QA.tech tells no times, so all of it is what we saw ourselves. Moments are seconds since the
present stretch of watching began; a moment between two looks is taken to be half-way.
"""

from dataclasses import dataclass, replace

from bot.domain.run import Outcome, Run, RunTestCase

_QUEUED = "INITIATED"


@dataclass(frozen=True, slots=True)
class Pace:
    """What is remembered from look to look.

    Attributes:
        looks: requests for this run, answered or not.
        case_looks: those of them that asked for test cases.
        answered: when QA.tech last answered.
        started: when the run left the queue; None while it waits there.
        cases_at: when the test cases were last looked at, None before the first time.
        first_at: when they were first looked at.
        first_finished: how many had finished then.
        finished: how many have finished by now.
        moved: when the last of them that finished since the first look did, None before.
        waiting: test cases that have not begun, where QA.tech tells those apart.
        working: test cases under way.
        ended: when the run did, None before.
        usual: how long this very suite took before, from the start of the run to its end, newest
            first; None until that has been looked up.
    """

    looks: int = 0
    case_looks: int = 0
    answered: float = 0.0
    started: float | None = None
    cases_at: float | None = None
    first_at: float = 0.0
    first_finished: int = 0
    finished: int = 0
    moved: float | None = None
    waiting: int = 0
    working: int = 0
    ended: float | None = None
    usual: tuple[float, ...] | None = None

    @property
    def left(self) -> int:
        """Test cases that have not finished."""
        return self.waiting + self.working

    @property
    def is_done(self) -> bool:
        """Whether every test case has finished."""
        return self.finished > 0 and not self.left

    @property
    def took_seconds(self) -> float | None:
        """From the start of the run to its end; None unless both were watched.

        A run that was seen before any of its test cases had finished was seen from its start.
        """
        if self.started is None or self.ended is None:
            return None
        saw_the_start = self.cases_at is not None and not self.first_finished
        return self.ended - self.started if saw_the_start else None


UNSEEN = Pace()
"""Before the first look."""


def is_queued(status: str) -> bool:
    """Whether no test case of the run has begun."""
    return status.upper() == _QUEUED


def after_look(pace: Pace, run: Run, at: float, *, with_cases: bool) -> Pace:
    """The pace after an answer at the moment `at`, with test cases where they were asked for."""
    started = pace.started
    if started is None and not is_queued(run.status):
        started = (pace.answered + at) / 2
    ended = pace.ended
    if ended is None and run.has_ended:
        ended = (pace.answered + at) / 2
    known = replace(pace, looks=pace.looks + 1, answered=at, started=started, ended=ended)
    return _with_cases(known, run.run_test_cases, at) if with_cases else known


def after_silence(pace: Pace, *, with_cases: bool) -> Pace:
    """The pace after a request that brought no run."""
    return replace(pace, looks=pace.looks + 1, case_looks=pace.case_looks + with_cases)


def first_pace(run: Run | None) -> Pace:
    """The pace when watching begins, with what QA.tech just said where it could be asked."""
    if run is None:
        return UNSEEN
    return after_look(UNSEEN, run, 0.0, with_cases=bool(run.run_test_cases))


def _with_cases(pace: Pace, cases: tuple[RunTestCase, ...], at: float) -> Pace:
    outcomes = [case.outcome for case in cases]
    finished = sum(outcome is not Outcome.IN_PROGRESS for outcome in outcomes)
    waiting = sum(
        is_queued(case.status)
        for case, outcome in zip(cases, outcomes, strict=True)
        if outcome is Outcome.IN_PROGRESS
    )
    seen = replace(
        pace,
        case_looks=pace.case_looks + 1,
        cases_at=at,
        finished=finished,
        waiting=waiting,
        working=len(cases) - finished - waiting,
    )
    if pace.cases_at is None:
        return replace(seen, first_at=at, first_finished=finished)
    return replace(seen, moved=(pace.cases_at + at) / 2) if finished > pace.finished else seen
