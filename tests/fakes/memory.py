"""What the store in memory keeps, and what its parts share."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.audit import Entry, NewEntry
from bot.domain.notice import NewNotice, Priority
from bot.domain.rules import Rule
from bot.domain.run import Progress
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun, Watch, WatchState


@dataclass(slots=True)
class Kept:
    """A notice with all that the outbox knows of it; `state` as in `bot.store.tables`."""

    id: int
    new: NewNotice
    created_at: datetime
    due_at: datetime
    state: str = "pending"
    not_before: datetime | None = None
    version: int = 1
    attempts: int = 0
    attempt_open: bool = False
    uncertain: bool = False
    told_aside: bool = False
    message_ts: str | None = None
    sent_at: datetime | None = None
    last_error: str | None = None
    revived_at: datetime | None = None
    began_at: datetime | None = None
    unsettled_until: datetime | None = None

    def settles(self, after: float) -> datetime | None:
        """Until when Slack may still do what the attempts so far asked for."""
        if self.attempt_open and self.began_at is not None:
            return self.began_at + timedelta(seconds=after)
        return self.unsettled_until


@dataclass(slots=True)
class KeptRerun:
    """A rerun that was begun, and what became of it."""

    id: int
    key: RunKey
    failed_only: bool
    asked_by: str
    began_at: datetime
    new_short_id: str | None = None
    refused: bool = False
    request_id: str | None = None


@dataclass(slots=True)
class Lease:
    by: str | None = None
    until: datetime | None = None
    free_at: datetime | None = None

    def is_free(self, now: datetime) -> bool:
        return not (
            (self.until is not None and self.until > now)
            or (self.free_at is not None and self.free_at > now)
        )


@dataclass(slots=True)
class KeptPayload:
    """Something that Slack has handed over; `payload` is None once it was dealt with."""

    key: str
    payload: str | None
    lease: Lease
    received_at: datetime
    attempts: int = 1
    done_at: datetime | None = None


@dataclass(slots=True)
class Memory:
    """`kept` holds the notices by their `dedupe_key`, `kept_reruns` the reruns in order.

    `kept_entries` is the audit trail, the oldest entry first.
    `payloads` holds what Slack has handed over, by its number.
    """

    kept: dict[str, Kept] = field(default_factory=dict)
    kept_reruns: list[KeptRerun] = field(default_factory=list)
    kept_entries: list[Entry] = field(default_factory=list)
    payloads: dict[int, KeptPayload] = field(default_factory=dict)
    _runs: dict[int, TrackedRun] = field(default_factory=dict)
    _run_leases: dict[int, Lease] = field(default_factory=dict)
    _watches: dict[str, Watch] = field(default_factory=dict)
    _ended_at: dict[str, datetime] = field(default_factory=dict)
    _run_ended_at: dict[int, datetime] = field(default_factory=dict)
    _channels: dict[str, Lease] = field(default_factory=dict)
    _rules: dict[str, Rule] = field(default_factory=dict)
    _last_id: int = 0

    def _enter(self, entries: Sequence[NewEntry], now: datetime) -> None:
        for new in entries:
            self.kept_entries.append(
                Entry(
                    id=len(self.kept_entries) + 1,
                    at=now,
                    act=new.act.value,
                    who=new.who,
                    channel=new.channel,
                    run=new.run,
                    detail=new.detail,
                )
            )

    def _run(self, key: RunKey, now: datetime) -> TrackedRun:
        """The run of this key; a new, inactive one where there is none."""
        for run in self._runs.values():
            if run.key == key:
                return run
        run = TrackedRun(
            id=max(self._runs, default=0) + 1,
            key=key,
            url=None,
            active=False,
            status="",
            result=None,
            progress=Progress(),
            run=None,
            watched_since=now,
            changed_at=now,
            cases_seen_at=None,
            next_poll_at=now,
        )
        self._runs[run.id] = run
        return run

    def _tracked(self, run_id: int, *, whole: bool) -> TrackedRun:
        run = self._runs[run_id]
        live = any(watch.live for watch in self._active() if watch.run_id == run_id)
        return replace(run, live=live, run=run.run if whole else None)

    def _active(self) -> list[Watch]:
        return [watch for watch in self._watches.values() if watch.state is WatchState.ACTIVE]

    def _write(self, notices: Sequence[NewNotice], now: datetime) -> int:
        written = 0
        for new in notices:
            self._channels.setdefault(new.channel, Lease())
            there = self.kept.get(new.dedupe_key)
            if there is None:
                self._last_id += 1
                due_at = max(now, new.hold_until or now)
                kept = Kept(id=self._last_id, new=new, created_at=now, due_at=due_at)
                self.kept[new.dedupe_key] = kept
                written += 1
            elif new.priority is Priority.LIVE:
                there.version += 1
                if there.state in {"sent", "dropped"}:
                    there.state = "pending"
                    there.due_at = max(now, there.not_before or now)
        return written

    def _due(self, now: datetime) -> list[Kept]:
        pending = [kept for kept in self.kept.values() if kept.state == "pending"]
        return [
            kept
            for kept in pending
            if kept.due_at <= now
            and not any(
                first.id < kept.id
                and first.new.priority is Priority.FINAL
                and first.new.watch_id is not None
                and first.new.watch_id == kept.new.watch_id
                for first in pending
            )
        ]
