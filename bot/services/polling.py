"""Polling: look at the runs that are due, and write down what changed with whom to tell."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.cadence import Bounds, wants_cases
from bot.domain.errors import AccessDenied, QATechError, RateLimited, RunNotFound
from bot.domain.notice import NewNotice, ended_notices, progress_notice
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
from bot.domain.record import RunRecord
from bot.domain.watch import TrackedRun, Watch, WatchEnd, WatchState
from bot.services.alerting import Alerting
from bot.services.ports import (
    BARE,
    CASES,
    WHOLE,
    Clock,
    Look,
    Polled,
    Polls,
    RunSource,
    Wake,
)

SLOTS = 10
"""Polls under way at once; the client keeps as few connections (DESIGN §6)."""
LEASE_SECONDS = 30.0
"""Outlasts the two looks of a poll, 10 s each at the most, and the saving."""
_LONGEST_QUEUE_SECONDS = 600.0
"""Runs that wait longer for their turn are not counted one by one."""
_FINAL_LOOKS = 3
"""Final looks that may fail before the run is taken with less."""


class PollingEvents(Protocol):
    """What the operator is told of polls; implemented by the log and the metrics."""

    def polled(self, tracked: TrackedRun, observation: Observation, *, saved: bool) -> None: ...

    def qatech_failed(self, tracked: TrackedRun, error: QATechError) -> None: ...

    def qatech_answered(self, tracked: TrackedRun) -> None: ...

    def poll_crashed(self, tracked: TrackedRun) -> None: ...


class Polling:
    """One sweep claims the due runs, asks QA.tech and saves the outcome of each.

    It never tells anybody anything: it writes notices, which the delivery tells.
    """

    def __init__(
        self,
        *,
        store: Polls,
        qatech: RunSource,
        bounds: Bounds,
        clock: Clock,
        owner: str,
        wake: Wake,
        events: PollingEvents,
        alerting: Alerting,
        max_rps: float,
        sweep_in: Callable[[float], None],
    ) -> None:
        """Polls nothing yet.

        Args:
            store: the tracked runs.
            qatech: where they are looked at.
            bounds: of the cadence.
            clock: the present moment.
            owner: who holds the leases of this process.
            wake: tells the delivery that something was written.
            events: told of every poll.
            alerting: decides who is told of an end.
            max_rps: how many requests a second `qatech` lets through.
            sweep_in: asks for a sweep in so many seconds; the earliest of several such wishes
                counts.
        """
        self._store = store
        self._qatech = qatech
        self._bounds = bounds
        self._clock = clock
        self._owner = owner
        self._wake = wake
        self._events = events
        self._alerting = alerting
        self._max_rps = max_rps
        self._sweep_in = sweep_in
        self._queue_seconds = 0.0
        self._measured_at: datetime | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def sweep(self) -> None:
        """Poll all runs that are due; returns when none is due any more or all slots are taken.

        Polls go on after it returns, so that one slow answer does not hold up the next sweep.
        """
        await self._alerting.beat()
        while free := SLOTS - len(self._under_way):
            now = self._clock()
            claimed = await self._store.claim_runs(
                now=now,
                limit=free,
                owner=self._owner,
                until=now + timedelta(seconds=LEASE_SECONDS),
            )
            for tracked in claimed:
                task = asyncio.create_task(self._poll_safely(tracked), name=f"poll {tracked.key}")
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            if len(claimed) < free:
                self._queue_seconds = 0.0
                await self._come_back(now)
                return
            await self._measure_queue(now)
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED, timeout=1)

    async def _come_back(self, now: datetime) -> None:
        """Sweep again at the moment when the next run is due, not at the first tick after it."""
        due = await self._store.next_due(now)
        if due is not None:
            self._sweep_in((due - now).total_seconds())

    async def _measure_queue(self, now: datetime) -> None:
        """How long a run that falls due now waits because others are due before it."""
        if self._measured_at is None or (now - self._measured_at).total_seconds() >= 1:
            self._measured_at = now
            most = math.ceil(_LONGEST_QUEUE_SECONDS * self._max_rps)
            self._queue_seconds = await self._store.backlog(now, most) / self._max_rps

    async def finish(self) -> None:
        """Wait for the polls under way; call it after the last sweep."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _poll_safely(self, tracked: TrackedRun) -> None:
        try:
            await self._poll(tracked)
        except Exception:  # noqa: BLE001 - one bad run must not stop the rest; its lease expires
            self._events.poll_crashed(tracked)

    async def _poll(self, tracked: TrackedRun) -> None:
        step = await self._look(tracked)
        end = None
        if step.observation is Observation.FINISHED and step.tracked.run is not None:
            end = await self._alerting.end_of(
                step.tracked, step.tracked.run, due_at=tracked.next_poll_at
            )
        saved = await self._store.save_poll(
            _polled(step, end.record if end else None),
            owner=self._owner,
            notices_for=end.for_watch if end else lambda watch: _owed(step, watch),
            notices_beside=end.beside if end else None,
            now=self._clock(),
        )
        self._events.polled(step.tracked, step.observation, saved=saved)
        if saved and end is not None:
            self._alerting.told(end)
        if saved and _is_first_sight(tracked, step):
            await self._alerting.follow(step.tracked)
        if saved and step.is_news:
            self._wake()
        if saved and step.tracked.active:
            self._sweep_in((step.tracked.next_poll_at - self._clock()).total_seconds())

    async def _look(self, tracked: TrackedRun) -> Step:
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
            queue_seconds=self._queue_seconds,
        )

    async def _ask(self, tracked: TrackedRun, look: Look, *, final: bool) -> Answer:
        try:
            run = await self._qatech.get_run(tracked.key, look)
        except QATechError as error:
            return self._unanswered(tracked, error, look, final=final)
        self._events.qatech_answered(tracked)
        # A final look that shows the run going on again is a look like any other.
        return Seen(run, with_cases=look.test_cases == "all", final=final and run.has_ended)

    def _unanswered(
        self, tracked: TrackedRun, error: QATechError, look: Look, *, final: bool
    ) -> Answer:
        if isinstance(error, RunNotFound) and not final:
            return Missing()
        self._events.qatech_failed(tracked, error)
        # QA.tech has just shown this run with this key: it refuses the final look, not the run.
        if isinstance(error, AccessDenied) and not final:
            return Denied()
        after = error.retry_after if isinstance(error, RateLimited) else None
        return NoAnswer(
            retry_after=after, while_ending=final, with_cases=look.test_cases is not None
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


def _owed(step: Step, watch: Watch) -> Sequence[NewNotice]:
    if step.ends is not None:
        return _given_up(step, watch, step.ends)
    return (progress_notice(watch),) if watch.live else ()


def _given_up(step: Step, watch: Watch, why: WatchEnd) -> Sequence[NewNotice]:
    """A link that leads to no run is nothing to talk about where nobody asked for it."""
    if watch.source == "link" and not watch.live and not step.tracked.is_verified:
        return ()
    return ended_notices(watch, why)


def _is_first_sight(before: TrackedRun, step: Step) -> bool:
    """Whether this poll is the first that has seen the run, and seen it in progress."""
    if step.observation is Observation.STARTED:
        return True
    in_progress = {Observation.PROGRESSED, Observation.UNCHANGED, Observation.AGED}
    return before.polls == 0 and step.observation in in_progress


def _watches_end(step: Step) -> WatchState | None:
    if step.ends is not None:
        return WatchState.GIVEN_UP
    return WatchState.ENDED if step.observation is Observation.FINISHED else None


def _polled(step: Step, record: RunRecord | None) -> Polled:
    tracked = step.tracked
    return Polled(
        run_id=tracked.id,
        status=tracked.status,
        result=tracked.result,
        progress=tracked.progress,
        run=tracked.run,
        active=tracked.active,
        watches_end=_watches_end(step),
        changed=step.is_news,
        changed_at=tracked.changed_at,
        cases_seen_at=tracked.cases_seen_at,
        next_poll_at=tracked.next_poll_at,
        polls=tracked.polls,
        failures=tracked.failures,
        missing=tracked.missing,
        refusals=tracked.refusals,
        final_failures=tracked.final_failures,
        pace=tracked.pace,
        record=record,
    )
