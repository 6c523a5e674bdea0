"""The database in memory: `Store` for the tests of the services.

`tests/contracts/test_store*.py` hold it against the real ones. No method awaits anything, so that
each is one transaction.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import NewEntry
from bot.domain.notice import NewNotice, live_key
from bot.domain.pace import first_pace
from bot.domain.record import RunRecord
from bot.domain.run import Progress, Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch, WatchedRun, WatchState
from bot.services.ports import NoticesBeside, NoticesFor, Opened, Polled
from tests.fakes.audit import FakeAuditTrail
from tests.fakes.conversations import FakeConversations
from tests.fakes.dead_letters import FakeDeadLetters
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.inbox import FakeInbox
from tests.fakes.memory import Lease
from tests.fakes.outbox import FakeOutbox
from tests.fakes.reruns import FakeRerunLog


@dataclass(slots=True)
class FakeStore(
    FakeOutbox,
    FakeConversations,
    FakeRerunLog,
    FakeDeliveries,
    FakeAuditTrail,
    FakeDeadLetters,
    FakeInbox,
):
    """Look at `kept` and `kept_reruns` to see what became of each notice and rerun."""

    async def open_watch(
        self,
        new: NewWatch,
        *,
        seen: Run | None,
        next_poll_at: datetime,
        notices_for: NoticesFor,
        now: datetime,
    ) -> Opened:
        """See `Watches`."""
        there = await self.find_watch(new.key, new.channel) or await self.watch_of(new.id)
        if there is not None:
            return Opened(there.watch, there.tracked, created=False)
        run = self._run(new.key, now)
        if run.active:
            run = _joined(run, seen, next_poll_at, now)
        else:
            run = replace(self._begun(run, seen, now), active=True, next_poll_at=next_poll_at)
        self._runs[run.id] = replace(run, url=new.url or run.url)
        watch = Watch(
            id=new.id,
            run_id=run.id,
            key=new.key,
            channel=new.channel,
            thread_ts=new.thread_ts,
            asked_by=new.asked_by,
            live=new.live,
            live_ts=None,
            state=WatchState.ACTIVE,
            response_url=new.response_url,
            created_at=now,
            notify_on=new.notify_on,
            mention=new.mention,
            source=new.source,
        )
        self._watches[watch.id] = watch
        self._write(notices_for(watch), now)
        return Opened(watch, self._tracked(run.id, whole=True), created=True)

    async def save_ended(
        self,
        key: RunKey,
        *,
        run: Run,
        url: str | None,
        notice_for: Callable[[int], NewNotice],
        now: datetime,
        record: RunRecord | None = None,
    ) -> None:
        """See `Watches`."""
        if record is not None:
            self._remember(record)
        known = self._run(key, now)
        self._runs[known.id] = replace(
            known,
            url=url or known.url,
            status=run.status,
            result=run.result,
            progress=Progress.of(run.run_test_cases),
            run=run,
            next_poll_at=min(known.next_poll_at, now) if known.active else known.next_poll_at,
        )
        self._run_ended_at[known.id] = now
        self._write([notice_for(known.id)], now)

    async def find_watch(self, key: RunKey, channel: str) -> WatchedRun | None:
        """See `Watches`."""
        return self._newest(watch for watch in self._active() if _is_of(watch, key, channel))

    async def watches_in(self, channel: str | None) -> Sequence[WatchedRun]:
        """See `Watches`."""
        return self._with_runs(
            watch for watch in self._active() if channel in {None, watch.channel}
        )

    async def last_watch(self, key: RunKey, channel: str) -> WatchedRun | None:
        """See `Watches`."""
        watches = self._watches.values()
        return self._newest(watch for watch in watches if _is_of(watch, key, channel))

    async def end_watch(
        self,
        watch_id: str,
        *,
        state: WatchState,
        notices: Sequence[NewNotice],
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> bool:
        """See `Watches`."""
        watch = self._watches.get(watch_id)
        if watch is None or watch.state is not WatchState.ACTIVE:
            return False
        self._end(watch, state, now)
        self._write(notices, now)
        self._enter(audit, now)
        if not any(other.run_id == watch.run_id for other in self._active()):
            self._runs[watch.run_id] = replace(self._runs[watch.run_id], active=False)
        return True

    async def poll_all_soon(self, now: datetime) -> int:
        """See `Polls`."""
        for run in self._runs.values():
            if run.active and run.next_poll_at > now and not run.failures:
                self._runs[run.id] = replace(run, next_poll_at=now)
        due = [run for run in self._runs.values() if run.active and run.next_poll_at <= now]
        return len([run for run in due if self._run_leases.get(run.id, Lease()).is_free(now)])

    async def poll_soon(self, run_id: int, now: datetime) -> None:
        """See `Watches`."""
        run = self._runs[run_id]
        if run.active:
            self._runs[run_id] = replace(run, next_poll_at=min(run.next_poll_at, now))

    # --- Polls

    async def claim_runs(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[TrackedRun]:
        """See `Polls`."""
        claimed = self._due_runs(now)[:limit]
        for run in claimed:
            self._run_leases[run.id] = Lease(owner, until)
        return [self._tracked(run.id, whole=False) for run in claimed]

    async def save_poll(
        self,
        polled: Polled,
        *,
        owner: str,
        notices_for: NoticesFor,
        now: datetime,
        notices_beside: NoticesBeside | None = None,
    ) -> bool:
        """See `Polls`."""
        lease = self._run_leases.get(polled.run_id)
        if lease is None or lease.by != owner:
            return False
        active = [watch for watch in self._active() if watch.run_id == polled.run_id]
        is_told = polled.changed or polled.watches_end is not None
        owed = [notice for watch in active for notice in notices_for(watch)] if is_told else []
        if notices_beside is not None:
            owed += notices_beside(self._spoken_for(polled.run_id))
        if polled.record is not None:
            self._remember(polled.record)
        if polled.run is not None:
            self._run_ended_at[polled.run_id] = now
        del self._run_leases[polled.run_id]
        run = self._runs[polled.run_id]
        self._runs[polled.run_id] = replace(
            run,
            active=polled.active and bool(active),
            status=polled.status,
            result=polled.result,
            progress=polled.progress,
            run=polled.run or run.run,
            changed_at=polled.changed_at,
            cases_seen_at=polled.cases_seen_at,
            next_poll_at=polled.next_poll_at,
            polls=polled.polls,
            failures=polled.failures,
            missing=polled.missing,
            refusals=polled.refusals,
            final_failures=polled.final_failures,
            pace=polled.pace,
        )
        if polled.watches_end is not None:
            for watch in active:
                self._end(watch, polled.watches_end, now)
        self._write(owed, now)
        return True

    async def save_quiet_polls(
        self, polls: Sequence[Polled], *, owner: str, now: datetime
    ) -> Collection[int]:
        """See `Polls`."""
        return [
            polled.run_id
            for polled in polls
            if await self.save_poll(polled, owner=owner, notices_for=lambda _: (), now=now)
        ]

    async def overdue(self, now: datetime) -> float:
        """See `Polls`."""
        due = self._due_runs(now)
        return (now - due[0].next_poll_at).total_seconds() if due else 0.0

    async def next_due(self, now: datetime) -> datetime | None:
        """See `Polls`."""
        free = [
            run.next_poll_at
            for run in self._runs.values()
            if run.active and self._run_leases.get(run.id, Lease()).is_free(now)
        ]
        return min(free, default=None)

    async def due_runs(self, now: datetime, limit: int) -> int:
        """See `Polls`."""
        return len(self._due_runs(now)[:limit])

    async def ping(self) -> None:
        """See `Store`."""

    # --- what they share

    def _spoken_for(self, run_id: int) -> list[str]:
        """The channels that watch the run, and those where a person has stopped that."""
        spoken_for = {WatchState.ACTIVE, WatchState.STOPPED}
        watches = self._watches.values()
        return [
            each.channel for each in watches if each.run_id == run_id and each.state in spoken_for
        ]

    def _begun(self, run: TrackedRun, seen: Run | None, now: datetime) -> TrackedRun:
        """A new stretch of watching; a poll of an earlier one loses its lease."""
        self._run_leases.pop(run.id, None)
        begun = replace(
            run,
            watched_since=now,
            changed_at=now,
            failures=0,
            missing=0,
            refusals=0,
            final_failures=0,
            pace=first_pace(seen),
        )
        if seen is None:
            return begun
        return _with_cases(
            replace(begun, status=seen.status, result=seen.result, run=None), seen, now
        )

    def _newest(self, watches: Iterable[Watch]) -> WatchedRun | None:
        found = list(watches)
        if not found:
            return None
        return WatchedRun(found[-1], self._tracked(found[-1].run_id, whole=True))

    def _end(self, watch: Watch, state: WatchState, now: datetime) -> None:
        self._watches[watch.id] = replace(watch, state=state)
        self._ended_at[watch.id] = now
        live = self.kept.get(live_key(watch.id))
        if live is not None and live.state == "pending":
            live.state = "superseded"

    def _due_runs(self, now: datetime) -> list[TrackedRun]:
        due = [
            run
            for run in self._runs.values()
            if run.active
            and run.next_poll_at <= now
            and self._run_leases.get(run.id, Lease()).is_free(now)
        ]
        return sorted(due, key=lambda run: (run.next_poll_at, run.id))


def _is_of(watch: Watch, key: RunKey, channel: str) -> bool:
    return watch.key == key and watch.channel == channel


def _joined(run: TrackedRun, seen: Run | None, next_poll_at: datetime, now: datetime) -> TrackedRun:
    """One more watch of a run that is followed already: the next poll must find what is new."""
    soon = replace(run, next_poll_at=min(run.next_poll_at, next_poll_at))
    if seen is None or run.cases_seen_at is not None or not run.is_verified:
        return soon
    return _with_cases(soon, seen, now)


def _with_cases(run: TrackedRun, seen: Run, now: datetime) -> TrackedRun:
    cases = seen.run_test_cases
    return replace(run, progress=Progress.of(cases), cases_seen_at=now if cases else None)
