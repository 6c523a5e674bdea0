"""The outbox in memory: half of `FakeStore`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.facts import Gathered, RunProgressed
from bot.domain.notice import NewNotice, Notice, Priority, Telling, live_key
from bot.services.ports import Attempt, Backlog
from tests.fakes.alerts import FakeAlerts
from tests.fakes.memory import Kept, Lease


@dataclass(slots=True)
class FakeOutbox(FakeAlerts):
    """See `Outbox`."""

    async def add(self, notices: Sequence[NewNotice], now: datetime) -> int:
        """See `Outbox`."""
        return self._write(notices, now)

    async def claim_channels(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[str]:
        """See `Outbox`."""
        due = sorted(self._due(now), key=lambda kept: kept.due_at)
        waiting = dict.fromkeys(kept.new.channel for kept in due)
        free = [channel for channel in waiting if self._channels[channel].is_free(now)][:limit]
        for channel in free:
            self._channels[channel] = Lease(owner, until, self._channels[channel].free_at)
        return free

    async def begin(
        self,
        channel: str,
        *,
        now: datetime,
        owner: str,
        until: datetime,
        settles_after: float = 0.0,
    ) -> Attempt | None:
        """See `Outbox`."""
        lease = self._channels.get(channel)
        if lease is None or lease.by != owner:
            return None
        lease.until = until
        due = [kept for kept in self._due(now) if kept.new.channel == channel]
        if not due:
            return None
        kept = min(due, key=lambda kept: (kept.new.priority, kept.id))
        kept.attempts += 1
        kept.unsettled_until = kept.settles(settles_after)
        kept.uncertain = kept.uncertain or kept.attempt_open
        kept.attempt_open = True
        kept.began_at = now
        return self._attempt(kept, settles_after)

    async def sent(
        self, attempt: Attempt, *, ts: str | None, live_due_at: datetime, now: datetime
    ) -> None:
        """See `Outbox`."""
        if attempt.telling.edits_live_message:
            self._leave_ts(attempt, ts)
        kept = self._kept(attempt)
        kept.attempt_open = kept.uncertain = False
        kept.last_error = None
        kept.not_before = live_due_at
        kept.message_ts = ts or kept.message_ts
        kept.sent_at = now
        if ts is not None:
            self._took_message(kept.new.channel)
        if kept.state == "pending" and kept.version > attempt.telling.notice.version:
            kept.due_at = live_due_at
        elif kept.state != "superseded":
            kept.state = "sent"

    async def found_live(self, attempt: Attempt, ts: str | None) -> None:
        """See `Outbox`."""
        self._leave_ts(attempt, ts)
        for kept in self.kept.values():
            if kept.id == attempt.live_notice_id:
                kept.uncertain = False
                kept.attempt_open = kept.attempt_open and kept is self._kept(attempt)

    async def retry(
        self,
        attempt: Attempt,
        *,
        at: datetime,
        why: str,
        uncertain: bool,
        told_aside: bool,
        settles_at: datetime | None = None,
    ) -> None:
        """See `Outbox`."""
        kept = self._kept(attempt)
        if kept.attempts == attempt.telling.notice.attempts:
            kept.due_at, kept.last_error, kept.attempt_open = at, why, False
            kept.uncertain = kept.uncertain or uncertain
            kept.told_aside = kept.told_aside or told_aside
            moments = [each for each in (kept.unsettled_until, settles_at) if each is not None]
            kept.unsettled_until = max(moments, default=None)

    async def drop(self, attempt: Attempt, *, why: str, now: datetime) -> None:
        """See `Outbox`."""
        kept = self._kept(attempt)
        if kept.attempts == attempt.telling.notice.attempts:
            kept.last_error, kept.attempt_open = why, False
            kept.state = "dropped" if kept.state == "pending" else kept.state

    async def release(self, channel: str, *, owner: str, free_at: datetime) -> None:
        """See `Outbox`."""
        lease = self._channels.get(channel)
        if lease is not None and lease.by == owner:
            self._channels[channel] = Lease(free_at=free_at)

    async def hasten(self, channel: str, now: datetime) -> None:
        """See `Outbox`."""
        for kept in self.kept.values():
            if kept.new.channel == channel and kept.state == "pending" and kept.due_at > now:
                kept.due_at = max(now, kept.not_before or now)

    async def backlog(self, now: datetime) -> Backlog:
        """See `Outbox`."""
        pending = [kept for kept in self.kept.values() if kept.state == "pending"]
        late = [
            kept.created_at
            for kept in pending
            if kept.attempts and kept.new.priority is Priority.FINAL
        ]
        late += [kept.due_at for kept in pending if kept.due_at <= now]
        return Backlog(
            len(pending), max(((now - since).total_seconds() for since in late), default=0.0)
        )

    def _kept(self, attempt: Attempt) -> Kept:
        return self.kept[attempt.telling.notice.dedupe_key]

    def _attempt(self, kept: Kept, settles_after: float) -> Attempt:
        watch = self._watches.get(kept.new.watch_id or "")
        run_id = watch.run_id if watch is not None else kept.new.run_id
        whole = not isinstance(kept.new.fact, RunProgressed)
        tracked = None if run_id is None else self._tracked(run_id, whole=whole)
        telling = Telling(
            notice=_notice(kept),
            watch=watch,
            tracked=tracked,
            rule=self._rules.get(kept.new.channel),
        )
        live = self.kept.get(live_key(watch.id)) if watch is not None else None
        if watch is None or live is None:
            return Attempt(
                telling, None, live_uncertain=False, unsettled_until=kept.unsettled_until
            )
        uncertain = live.uncertain or (live.attempt_open and live is not kept)
        return Attempt(
            telling,
            live.id,
            live_uncertain=uncertain and watch.live_ts is None,
            unsettled_until=kept.unsettled_until,
            live_unsettled_until=(
                live.unsettled_until if live is kept else live.settles(settles_after)
            ),
        )

    def _leave_ts(self, attempt: Attempt, ts: str | None) -> None:
        if attempt.telling.watch is not None and ts is not None:
            watch = self._watches[attempt.telling.watch.id]
            self._watches[watch.id] = replace(watch, live_ts=ts)


def _notice(kept: Kept) -> Notice:
    new = kept.new
    return Notice(
        id=kept.id,
        dedupe_key=new.dedupe_key,
        channel=new.channel,
        fact=new.fact,
        run_id=new.run_id,
        watch_id=new.watch_id,
        thread_ts=new.thread_ts,
        asked_by=new.asked_by,
        response_url=new.response_url,
        created_at=kept.created_at,
        version=kept.version,
        attempts=kept.attempts,
        uncertain=kept.uncertain,
        told_aside=kept.told_aside,
        edit_ts=kept.message_ts if isinstance(new.fact, Gathered) else new.edit_ts,
        is_alert=new.is_alert,
        revived_at=kept.revived_at,
    )
