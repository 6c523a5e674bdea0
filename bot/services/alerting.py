"""Alerting: when a run has ended, who is told, and why; the decisions are the domain's."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alert import CatchUp, Ending, Owed, owed_to_channel, owed_to_watch
from bot.domain.changes import Changes, changes_of
from bot.domain.notice import NewNotice, progress_notice
from bot.domain.record import Past, RunRecord, names_of, past_of, record_of
from bot.domain.rules import Decision
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch
from bot.services.ports import Clock, Heartbeats, Polls, Records, Rules, Wake, Watches

AWAY_SECONDS = 60.0
"""Without a sweep for so long, a running bot was away: its machine slept, or its database hung."""
ABSENT_SECONDS = 5.0
"""Without a sweep of any process for so long, a bot that starts comes back."""
CATCH_UP_SECONDS = 10.0
"""Longest time in which what ended meanwhile is gathered before it is told together."""
_CATCH_UP_BEGINS, _CATCH_UP_EACH = 2.0, 0.25
"""Seconds of it for any run at all, and for each one more that is to be looked at."""
_BEAT_SECONDS = 2.0
"""How often the heartbeat is written: well below `ABSENT_SECONDS`, for busy machines."""


class AlertEvents(Protocol):
    """What the operator is told of decisions; implemented by the log and the metrics."""

    def alert_decided(self, key: RunKey, channel: str, decision: Decision) -> None: ...

    def came_back(self, runs: int) -> None: ...


class AlertStore(Watches, Polls, Rules, Records, Heartbeats, Protocol):
    """What alerting needs of the database."""


class EndOfRun:
    """One end of a run, being told: it is asked watch by watch and channel by channel."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        self.decided: list[Owed] = []

    @property
    def key(self) -> RunKey:
        return self._ending.key

    @property
    def record(self) -> RunRecord:
        """What is remembered of the run."""
        return self._ending.record

    def for_watch(self, watch: Watch) -> Sequence[NewNotice]:
        """What is owed to one watch of the run."""
        return self._noted(owed_to_watch(self._ending, watch))

    def beside(self, spoken_for: Collection[str]) -> Sequence[NewNotice]:
        """What is owed to the other channels whose rules cover the run's project."""
        return [
            notice
            for channel, rule in self._ending.rules.items()
            if channel not in spoken_for
            and not rule.only_watched
            and rule.covers(self._ending.key.project)
            for notice in self._noted(owed_to_channel(self._ending, channel, rule))
        ]

    def _noted(self, owed: Owed) -> Sequence[NewNotice]:
        self.decided.append(owed)
        return owed.notices


class Alerting:
    """Knows the rules, what is remembered, and whether the bot has been away."""

    def __init__(
        self,
        *,
        store: AlertStore,
        clock: Clock,
        wake: Wake,
        events: AlertEvents,
        catch_up_seconds: float = CATCH_UP_SECONDS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._events = events
        self._catch_up_seconds = catch_up_seconds
        self._catch_up = timedelta(seconds=catch_up_seconds)
        self._beat_at: datetime | None = None
        self._back_at: datetime | None = None

    async def beat(self) -> None:
        """A sweep begins: note that the bot is at work, and learn whether it was away.

        Who was away looks at every run at once, so that all that ended meanwhile is told together.
        """
        now = self._clock()
        if self._beat_at is not None and (now - self._beat_at).total_seconds() < _BEAT_SECONDS:
            return
        away_after = ABSENT_SECONDS if self._beat_at is None else AWAY_SECONDS
        beat = await self._store.beat(now, away_after=away_after)
        self._back_at, self._beat_at = beat.back_at, now
        if beat.is_back:
            runs = await self._store.poll_all_soon(now)
            seconds = _CATCH_UP_BEGINS + _CATCH_UP_EACH * runs
            self._catch_up = timedelta(seconds=min(seconds, self._catch_up_seconds))
            self._events.came_back(runs)

    async def end_of(self, tracked: TrackedRun, run: Run, *, due_at: datetime) -> EndOfRun:
        """All that decides who is told of this end; `due_at` is when the run should be polled."""
        now = self._clock()
        seen = await remembered(
            self._store, tracked.key, run, now, seconds=tracked.pace.took_seconds
        )
        return EndOfRun(
            Ending(
                key=tracked.key,
                run_id=tracked.id,
                record=seen.record,
                past=seen.past,
                changes=seen.changes,
                rules=await self._store.all_rules(),
                now=now,
                catch_up=self._catching_up(due_at, now),
            )
        )

    async def usual_seconds(self, key: RunKey, run: Run) -> tuple[float, ...]:
        """How long earlier runs of the same test cases took, the newest first."""
        return tuple(await self._store.usual_seconds(key.project, names_of(run)))

    def told(self, end: EndOfRun) -> None:
        """The end has been saved: what was decided counts."""
        for owed in end.decided:
            self._events.alert_decided(end.key, owed.channel, owed.decision)

    async def follow(self, tracked: TrackedRun) -> None:
        """Show a run in progress in every channel whose rule wants live messages.

        Not where it has been watched before: somebody may have stopped it.
        """
        now = self._clock()
        for channel, rule in (await self._store.rules_covering(tracked.key.project)).items():
            if not rule.live or rule.only_watched or rule.is_muted(now):
                continue
            if await self._store.last_watch(tracked.key, channel) is not None:
                continue
            await self._store.open_watch(
                NewWatch(
                    id=uuid.uuid4().hex,
                    key=tracked.key,
                    channel=channel,
                    asked_by=None,
                    live=True,
                    source="rule",
                ),
                seen=None,
                next_poll_at=tracked.next_poll_at,
                notices_for=lambda watch: (progress_notice(watch),),
                now=now,
            )
            self._wake()

    def _catching_up(self, due_at: datetime, now: datetime) -> CatchUp | None:
        """A run that should have been polled while the bot was away, or as soon as it was back."""
        if self._back_at is None or due_at > self._back_at:
            return None
        group = str(int(self._back_at.timestamp()))
        return CatchUp(group, hold_until=max(now, self._back_at + self._catch_up))


@dataclass(frozen=True, slots=True)
class Remembered:
    """A run as it is remembered, and what it is held against; `history` is newest first."""

    record: RunRecord
    past: Past
    history: Sequence[RunRecord]

    @property
    def changes(self) -> Changes | None:
        """What changed since the comparable run before."""
        return changes_of(self.record, self.past, self.history)


async def remembered(
    records: Records, key: RunKey, run: Run, now: datetime, *, seconds: float | None = None
) -> Remembered:
    """A run that has ended, beside those that ended before it.

    A run whose end is remembered already keeps its moment, so that it is compared with what came
    before it, not with itself or what came after.
    """
    before = await records.before(key, names_of(run), now=now)
    record = record_of(run, key.project, before.ended_at or now, seconds)
    record = record.model_copy(update={"short_id": key.short_id})
    return Remembered(record, past_of(record, before.history, before.origin), before.history)
