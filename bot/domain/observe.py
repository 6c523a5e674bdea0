"""The pure step of a poll: `(tracked run, answer, now) -> what changed`."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.cadence import Bounds, next_poll_at, retry_poll_at
from bot.domain.pace import Pace, after_look, after_silence
from bot.domain.run import Progress, Run
from bot.domain.watch import TrackedRun, WatchEnd

STRIKES = 3
"""How many 404s, or refusals of the key, in a row end a watch.

One 404 may be a run that its database replica has not seen yet, one refusal a key just rotated.
"""


class Observation(StrEnum):
    """What a poll came to: the log line and the metric's label."""

    STARTED = "started"
    """The first answer to a wish that could not be checked when it was made."""
    PROGRESSED = "progressed"
    UNCHANGED = "unchanged"
    AGED = "aged"
    """Nothing but time has passed; the live message says how long the run has been watched."""
    ENDING = "ending"
    """The status is final, the whole run is still to be fetched."""
    FINISHED = "finished"
    MISSING = "missing"
    DENIED = "denied"
    NO_ANSWER = "no_answer"
    EXPIRED = "expired"
    VANISHED = "vanished"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Seen:
    """QA.tech answered with the run.

    `with_cases` says whether this look asked for test cases, `final` whether it is the whole run,
    or the most of it that could be had, after the status was seen to be final.
    """

    run: Run
    with_cases: bool
    final: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """404."""


@dataclass(frozen=True, slots=True)
class Denied:
    """401 or 403."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Anything else: time-out, 429, 5xx, nonsense.

    `while_ending` marks a failed final look: QA.tech answered the look before it. `was_asked` is
    False where no request was made, because QA.tech is left alone for `retry_after` seconds.
    `with_cases` says whether test cases were asked for.
    """

    retry_after: float | None = None
    while_ending: bool = False
    was_asked: bool = True
    with_cases: bool = False


Answer = Seen | Missing | Denied | NoAnswer


@dataclass(frozen=True, slots=True)
class Step:
    """The tracked run after a poll, and what the poll came to.

    `ends` is why the watches end although the run has not, None otherwise.
    """

    tracked: TrackedRun
    observation: Observation
    ends: WatchEnd | None = None

    @property
    def is_news(self) -> bool:
        """Whether people see a difference."""
        return self.ends is not None or self.observation in {
            Observation.STARTED,
            Observation.PROGRESSED,
            Observation.AGED,
            Observation.FINISHED,
        }


def observe(
    tracked: TrackedRun,
    answer: Answer,
    now: datetime,
    bounds: Bounds,
    *,
    asked_at: datetime | None = None,
    queue_seconds: float = 0.0,
) -> Step:
    """Apply one answer of QA.tech to what is known of a run.

    Args:
        tracked: what was known before.
        answer: what QA.tech said.
        now: when it had said it.
        bounds: of the cadence.
        asked_at: when it was asked, if that is known; the intervals count from then.
        queue_seconds: how long a run that falls due now must wait for its turn, see `cadence`.
    """
    was_asked = not isinstance(answer, NoAnswer) or answer.was_asked
    pace = _paced(tracked, answer, now) if was_asked else tracked.pace
    polled = replace(tracked, polls=tracked.polls + was_asked, pace=pace)
    match answer:
        case Seen(final=True):
            return _finished(polled, answer.run, now)
        case Seen() if answer.run.has_ended:
            known = _with_words(polled, answer, now)
            return Step(replace(known, next_poll_at=_soon(now, bounds)), Observation.ENDING)
        case Seen():
            return _in_progress(
                polled, answer, now, bounds, asked_at=asked_at or now, queue_seconds=queue_seconds
            )
        case Missing():
            return _missing(polled, now, bounds)
        case Denied():
            return _denied(polled, now, bounds)
        case NoAnswer():
            return _no_answer(polled, answer, now, bounds)


def _paced(tracked: TrackedRun, answer: Answer, now: datetime) -> Pace:
    if not isinstance(answer, Seen):
        asked_for_cases = isinstance(answer, NoAnswer) and answer.with_cases
        return after_silence(tracked.pace, with_cases=asked_for_cases)
    at = (now - tracked.watched_since).total_seconds()
    return after_look(tracked.pace, answer.run, at, with_cases=answer.with_cases)


def _finished(tracked: TrackedRun, run: Run, now: datetime) -> Step:
    ended = replace(
        tracked,
        status=run.status,
        result=run.result,
        progress=Progress.of(run.run_test_cases),
        run=run,
        active=False,
        changed_at=now,
        failures=0,
        missing=0,
        refusals=0,
    )
    return Step(ended, Observation.FINISHED)


def _in_progress(
    tracked: TrackedRun,
    seen: Seen,
    now: datetime,
    bounds: Bounds,
    *,
    asked_at: datetime,
    queue_seconds: float,
) -> Step:
    known = _with_words(tracked, seen, now)
    if _is_overdue(known, now, bounds):
        return _give_up(known, WatchEnd.EXPIRED, Observation.EXPIRED)
    at = next_poll_at(known, asked_at, bounds, queue_seconds=queue_seconds)
    # A server that takes long to answer is not asked again at once.
    at = max(at, now + timedelta(seconds=bounds.poll_min_seconds / 2))
    known = replace(known, next_poll_at=at, final_failures=0)
    if not tracked.is_verified:
        return Step(known, Observation.STARTED)
    if _words(known) != _words(tracked):
        return Step(known, Observation.PROGRESSED)
    aged = seen.with_cases and _minutes_watched(known) != _minutes_watched(tracked)
    return Step(known, Observation.AGED if aged else Observation.UNCHANGED)


def _minutes_watched(tracked: TrackedRun) -> int:
    """Whole minutes of watching as of the last look at the test cases."""
    seen = tracked.cases_seen_at or tracked.watched_since
    return int((seen - tracked.watched_since).total_seconds() // 60)


def _with_words(tracked: TrackedRun, seen: Seen, now: datetime) -> TrackedRun:
    progress = Progress.of(seen.run.run_test_cases) if seen.with_cases else tracked.progress
    known = replace(tracked, status=seen.run.status, result=seen.run.result, progress=progress)
    return replace(
        known,
        changed_at=tracked.changed_at if _words(known) == _words(tracked) else now,
        cases_seen_at=now if seen.with_cases else tracked.cases_seen_at,
        failures=0,
        missing=0,
        refusals=0,
    )


def _words(tracked: TrackedRun) -> tuple[str, str | None, Progress]:
    """What people are shown of a run in progress."""
    return tracked.status, tracked.result, tracked.progress


def _missing(tracked: TrackedRun, now: datetime, bounds: Bounds) -> Step:
    known = replace(
        tracked, missing=tracked.missing + 1, failures=0, next_poll_at=_soon(now, bounds)
    )
    if known.missing >= STRIKES:
        return _give_up(known, WatchEnd.VANISHED, Observation.VANISHED)
    return Step(known, Observation.MISSING)


def _denied(tracked: TrackedRun, now: datetime, bounds: Bounds) -> Step:
    known = replace(
        tracked, refusals=tracked.refusals + 1, failures=0, next_poll_at=_soon(now, bounds)
    )
    if known.refusals >= STRIKES:
        return _give_up(known, WatchEnd.REFUSED, Observation.REFUSED)
    return Step(known, Observation.DENIED)


def _no_answer(tracked: TrackedRun, answer: NoAnswer, now: datetime, bounds: Bounds) -> Step:
    known = replace(
        tracked,
        failures=tracked.failures + answer.was_asked,
        final_failures=tracked.final_failures + (answer.while_ending and answer.was_asked),
    )
    # A run seen to have ended is not given up for its age: only its report is missing.
    if _is_overdue(known, now, bounds) and not known.has_ended:
        return _give_up(known, WatchEnd.EXPIRED, Observation.EXPIRED)
    in_a_row = known.failures if answer.was_asked else 1
    at = retry_poll_at(in_a_row, now, bounds, answer.retry_after)
    return Step(replace(known, next_poll_at=at), Observation.NO_ANSWER)


def _give_up(tracked: TrackedRun, why: WatchEnd, observation: Observation) -> Step:
    return Step(replace(tracked, active=False), observation, ends=why)


def _is_overdue(tracked: TrackedRun, now: datetime, bounds: Bounds) -> bool:
    return now - tracked.watched_since >= timedelta(hours=bounds.timeout_hours)


def _soon(now: datetime, bounds: Bounds) -> datetime:
    return now + timedelta(seconds=bounds.poll_min_seconds)
