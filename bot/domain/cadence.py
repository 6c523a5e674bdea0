"""When to look at a run again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.watch import TrackedRun

LIVE_EDIT_SECONDS = 15.0
"""Least time between two edits of one live message."""

_QUIET_SHARE = 0.25
_NEARLY_DONE = 0.8


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most seconds between two polls, and hours after which a run is given up.

    `live_edit_seconds` is the least time between two edits of one live message.
    """

    poll_min_seconds: float
    poll_max_seconds: float
    timeout_hours: float
    live_edit_seconds: float = LIVE_EDIT_SECONDS


def next_poll_at(tracked: TrackedRun, now: datetime, bounds: Bounds) -> datetime:
    """When to poll a run in progress again.

    A run that has just changed is likely to change again; one that has been still for long is
    not: the interval is a quarter of the time since the last change, within the bounds. When four
    fifths of the test cases have finished, the end is near and the shortest interval is worth its
    price. QA.tech's own pollers use 5 to 30 s (`facts/QATECH.md`), which are the default bounds.
    """
    progress = tracked.progress
    if progress.total and progress.finished >= _NEARLY_DONE * progress.total:
        return now + timedelta(seconds=bounds.poll_min_seconds)
    still = (now - tracked.changed_at).total_seconds()
    return now + timedelta(
        seconds=min(max(still * _QUIET_SHARE, bounds.poll_min_seconds), bounds.poll_max_seconds)
    )


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

    They are shown in live messages only: asking more often than those are edited would read what
    nobody sees.
    """
    if not tracked.live:
        return False
    seen = tracked.cases_seen_at
    return seen is None or (now - seen).total_seconds() >= bounds.live_edit_seconds
