"""Polling: look at the runs that are due, and write down what changed with whom to tell."""

import asyncio
import math
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.cadence import Bounds
from bot.domain.notice import NewNotice, ended_notices, progress_notice
from bot.domain.observe import Observation, Step
from bot.domain.run import Run
from bot.domain.watch import TrackedRun, Watch, WatchEnd
from bot.services.alerting import Alerting, EndOfRun
from bot.services.insisting import insist
from bot.services.looking import Looking
from bot.services.ports import Clock, Polls, RunSource, Wake
from bot.services.saving import Saving

SLOTS = 10
"""Polls that ask QA.tech at once; the client keeps as few connections (DESIGN §6)."""
_ENDS = 4
"""Ends that are compared with what came before and saved at once; each holds a whole history."""
MOST_CLAIMED = 100
"""Runs claimed ahead of the slots where QA.tech answers so fast that it pays."""
LEASE_SECONDS = 30.0
"""Outlasts the two looks of a poll, 10 s each at the most, the wait for a slot and the saving.

Where very many end at once, the last of them may wait longer for their turn to be saved. If
somebody has taken one over by then, it is theirs to save.
"""
SAVE_SECONDS = 10.0
"""How long what was seen is tried to be stored while the database cannot be used."""
_QUICK_SECONDS = 0.5
"""A round of claimed runs that takes less may be larger next time."""
_LONGEST_QUEUE_SECONDS = 600.0
"""Runs that wait longer for their turn are not counted one by one."""


class PollingEvents(Protocol):
    """What the operator is told of polls; implemented by the log and the metrics."""

    def polled(self, tracked: TrackedRun, observation: Observation, *, saved: bool) -> None: ...

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
        self._looking = Looking(
            qatech=qatech,
            bounds=bounds,
            clock=clock,
            alerting=alerting,
            queue_seconds=lambda: self._queue_seconds,
        )
        self._saving = Saving(store, owner=owner, clock=clock)
        self._clock = clock
        self._owner = owner
        self._wake = wake
        self._events = events
        self._alerting = alerting
        self._max_rps = max_rps
        self._sweep_in = sweep_in
        self._queue_seconds = 0.0
        self._measured_at: datetime | None = None
        self._slots = asyncio.Semaphore(SLOTS)
        self._ends = asyncio.Semaphore(_ENDS)
        self._ahead = SLOTS
        self._under_way: set[asyncio.Task[None]] = set()

    async def sweep(self) -> None:
        """Poll all runs that are due; returns when none is due any more or all slots are taken.

        Polls go on after it returns, so that one slow answer does not hold up the next sweep.
        """
        await self._alerting.beat()
        while (free := self._ahead - len(self._under_way)) > 0:
            await self._alerting.beat()  # many runs may be due: a sweep can take minutes
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
            await self._make_room()
        self._sweep_in(0.0)

    async def _make_room(self) -> None:
        """Wait until half of the claimed runs are polled, or a second.

        Where that is quick, more may be claimed at once: a transaction for each would cost more
        than the polls. Where it is not, no more than have a slot, or their leases would run out.
        """
        began = asyncio.get_running_loop().time()
        half = self._ahead // 2
        while len(self._under_way) > half:
            rest = 1 - (asyncio.get_running_loop().time() - began)
            if rest <= 0:
                self._ahead = SLOTS
                return
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED, timeout=rest)
        if asyncio.get_running_loop().time() - began < _QUICK_SECONDS:
            self._ahead = min(2 * self._ahead, MOST_CLAIMED)

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
            self._queue_seconds = await self._store.due_runs(now, most) / self._max_rps

    async def finish(self) -> None:
        """Wait for the polls under way; call it after the last sweep."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def abandon(self) -> Collection[asyncio.Task[None]]:
        """Cancel the polls under way: their runs are polled again when their leases expire."""
        for task in self._under_way:
            task.cancel()
        return set(self._under_way)

    async def _poll_safely(self, tracked: TrackedRun) -> None:
        try:
            await self._poll(tracked)
        except Exception:  # noqa: BLE001 - one bad run must not stop the rest; its lease expires
            self._events.poll_crashed(tracked)

    async def _poll(self, tracked: TrackedRun) -> None:
        async with self._slots:
            step = await self._looking.look(tracked)
        saved, end = await insist(lambda: self._save(tracked, step), seconds=SAVE_SECONDS)
        self._events.polled(step.tracked, step.observation, saved=saved)
        if saved and end is not None:
            self._alerting.told(end)
        if saved and step.is_news:
            self._wake()
        if saved and _is_first_sight(tracked, step):
            await insist(lambda: self._alerting.follow(step.tracked), seconds=SAVE_SECONDS)
        if saved and step.tracked.active:
            self._sweep_in((step.tracked.next_poll_at - self._clock()).total_seconds())

    async def _save(self, tracked: TrackedRun, step: Step) -> tuple[bool, EndOfRun | None]:
        """Whether the lease was still held, and who is told of an end."""
        if step.observation is Observation.FINISHED and step.tracked.run is not None:
            return await self._save_end(tracked, step, step.tracked.run)
        return await self._saving.save(step, notices_for=lambda watch: _owed(step, watch)), None

    async def _save_end(self, tracked: TrackedRun, step: Step, run: Run) -> tuple[bool, EndOfRun]:
        async with self._ends:
            end = await self._alerting.end_of(step.tracked, run, due_at=tracked.next_poll_at)
            saved = await self._saving.save(
                step, record=end.record, notices_for=end.for_watch, notices_beside=end.beside
            )
        return saved, end


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
