"""When to look at a run again, and how much of it to ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.forecast import Forecast, forecast
from bot.domain.pace import is_queued
from bot.domain.watch import TrackedRun

LIVE_EDIT_SECONDS = 15.0
"""Least time between two edits of one live message."""

_PRICE = 1.0
_RARELY = 0.6
_ALLOWANCE, _AHEAD = 1.4, 1.5
_YOUNG = 4.0
_STEP = 1.2
_PATIENCE = 0.4
_CASES_GAP = 3.0
_CASES_SHARE, _CASES_FREE = 0.16, 2.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most seconds between two polls, and hours after which a run is given up.

    `live_edit_seconds` is the least time between two edits of one live message.
    """

    poll_min_seconds: float
    poll_max_seconds: float
    timeout_hours: float
    live_edit_seconds: float = LIVE_EDIT_SECONDS

    @property
    def rarely_seconds(self) -> float:
        """Most seconds between two polls of a run that has begun: 20 for the default 5 and 30.

        It may break off at any moment, and then nobody should wait longer than with QA.tech's own
        action, which looks every 20 s.
        """
        return self.poll_min_seconds + _RARELY * (self.poll_max_seconds - self.poll_min_seconds)


def next_poll_at(
    tracked: TrackedRun, now: datetime, bounds: Bounds, *, queue_seconds: float = 0.0
) -> datetime:
    """When to poll a run in progress again.

    A look that comes too late makes people wait; one that comes too early is wasted. So the next
    look is due when the wait that is to be expected by then, over all moments at which the run may
    have ended (`forecast`), has reached the price of a look: long before the likely end that takes
    the longest interval, near it the shortest. For an end that is as likely at every moment it is
    the square-root rule: interval = √(2 · price / likelihood).

    The price of a look falls with the age of the run, as what may be spent on it grows: a run of
    an hour is worth ten times the looks of one of six minutes, and its end is ten times as
    uncertain. With that, where the shortest interval begins is the same share of every run,
    however long.

    Three bounds beside it:

    - A run in the queue has nothing to end: the upper bound. Once begun: `Bounds.rarely_seconds`.
    - No more than one look for every 1.4 shortest intervals since the watch began, the first few
      counted ahead: a run that stands still near its end is not asked for for ever.
    - Where more runs are due than may be asked for (`QARUN_QATECH_MAX_RPS`), every price rises
      with the queue, whose wait in seconds is `queue_seconds`: runs far from their end make way,
      beyond the upper bound if need be, which the queue would not let them keep anyway; those near
      it keep their looks. One price for all is what makes the wait of all together the shortest.

    The constants are those that did best in the simulation (`benchmarks/cadence.py`), and none of
    them is sharp: half or twice of each changes little.
    """
    shortest = bounds.poll_min_seconds
    pressure = max(1.0, queue_seconds / (_PATIENCE * shortest))
    if is_queued(tracked.status):
        return now + timedelta(seconds=bounds.poll_max_seconds * pressure)
    age = max((now - tracked.watched_since).total_seconds(), 0.0)
    rarely = bounds.rarely_seconds * pressure
    price = _PRICE * shortest**2 / max(age, _YOUNG * shortest) * pressure**2
    ahead = forecast(tracked.pace, age, shortest)
    seconds = _worth_looking_after(ahead, price, shortest, rarely)
    allowed = _ALLOWANCE * shortest * (tracked.pace.looks + _AHEAD) - age
    return now + timedelta(seconds=max(seconds, min(allowed, rarely)))


def _worth_looking_after(ahead: Forecast, price: float, shortest: float, longest: float) -> float:
    """Seconds until the expected wait reaches the price, within the bounds."""
    waited, before, likely_before = 0.0, 0.0, 0.0
    for seconds in _steps(shortest, longest):
        likely = ahead.ended_within(seconds)
        waited += (likely_before + likely) / 2 * (seconds - before)
        if waited >= price:
            return seconds
        before, likely_before = seconds, likely
    return longest


def _steps(shortest: float, longest: float) -> Iterator[float]:
    seconds = shortest
    while seconds < longest:
        yield seconds
        seconds *= _STEP


def retry_poll_at(
    failures: int, now: datetime, bounds: Bounds, retry_after: float | None
) -> datetime:
    """When to poll again after `failures` polls in a row without an answer.

    The interval doubles up to the upper bound; what QA.tech asks for with `Retry-After` is waited
    for even beyond it.
    """
    seconds = min(bounds.poll_min_seconds * 2.0 ** min(failures - 1, 10), bounds.poll_max_seconds)
    return now + timedelta(seconds=max(seconds, retry_after or 0.0))


def wants_cases(tracked: TrackedRun, now: datetime, bounds: Bounds) -> bool:
    """Whether this poll should ask for the test cases.

    They say how near the end is, and live messages show them; but they are nearly all that an
    answer weighs. So they are asked for at about every sixth look, never more often than a live
    message is edited, not while the run is in the queue or when all of them have finished, and not
    right after a look that failed: a server may still answer the smallest one.
    """
    pace = tracked.pace
    if tracked.failures or tracked.has_ended:
        return False
    if pace.case_looks + 1 > _CASES_SHARE * pace.looks + _CASES_FREE:
        return False
    if tracked.cases_seen_at is None:
        return True
    if is_queued(tracked.status) or pace.is_done:
        return False
    gap = max(_CASES_GAP * bounds.poll_min_seconds, bounds.live_edit_seconds * tracked.live)
    return (now - tracked.cases_seen_at).total_seconds() >= gap
