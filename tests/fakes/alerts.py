"""Rules, records, refusals, alerts and the heartbeat in memory: a part of `FakeStore`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.audit import NewEntry
from bot.domain.facts import AlertLine, AlertsCollapsed, AlertsGrouped
from bot.domain.noise import WINDOW, Alerts, Fold, WaitingAlert, alert_line, group_key
from bot.domain.notice import NewNotice
from bot.domain.record import HISTORY_RUNS, RunRecord
from bot.domain.rules import Rule
from bot.domain.run import verdict
from bot.domain.short_id import RunKey
from bot.services.ports import USUAL_RUNS, Beat, Before, Pruned
from tests.fakes.memory import Kept, Memory


@dataclass(slots=True)
class FakeAlerts(Memory):
    """See `Rules`, `Records`, `Refusals`, `Quiet` and `Heartbeats`."""

    _records: dict[RunKey, RunRecord] = field(default_factory=dict)
    _refused: dict[str, str] = field(default_factory=dict)
    _beat_at: datetime | None = None
    _back_at: datetime | None = None

    async def rule_of(self, channel: str) -> Rule | None:
        """See `Rules`."""
        return self._rules.get(channel)

    async def save_rule(
        self, channel: str, rule: Rule, now: datetime, *, audit: Sequence[NewEntry] = ()
    ) -> None:
        """See `Rules`."""
        self._rules[channel] = rule
        self._enter(audit, now)

    async def all_rules(self) -> Mapping[str, Rule]:
        """See `Rules`."""
        return dict(sorted(self._rules.items()))

    async def rules_covering(self, project: str) -> Mapping[str, Rule]:
        """See `Rules`."""
        rules = await self.all_rules()
        return {channel: rule for channel, rule in rules.items() if rule.covers(project)}

    async def record(self, key: RunKey) -> RunRecord | None:
        """See `Records`."""
        return self._records.get(key)

    async def history(
        self, project: str, *, before: datetime, limit: int = HISTORY_RUNS
    ) -> Sequence[RunRecord]:
        """See `Records`."""
        return self._ended(project, before)[:limit]

    async def history_of(
        self, record: RunRecord, *, limit: int = HISTORY_RUNS
    ) -> Sequence[RunRecord]:
        """See `Records`."""
        return self._history(record.project, record.names, record.ended_at, limit)

    async def before(self, key: RunKey, names: Collection[str], *, now: datetime) -> Before:
        """See `Records`."""
        known = self._records.get(key)
        ended_at = known.ended_at if known else None
        history = self._history(key.project, names, ended_at or now, HISTORY_RUNS)
        return Before(ended_at, history, self._origin(key))

    async def ended_in(
        self,
        projects: Sequence[str],
        *,
        until: datetime,
        since: datetime | None = None,
        channel: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> Sequence[RunRecord]:
        """See `Records`."""
        found = [
            record
            for project in projects
            for record in self._ended(project, until)
            if (since is None or record.ended_at >= since)
            and (channel is None or self._is_known_in(channel, record))
        ]
        found.sort(key=lambda one: one.ended_at, reverse=True)
        return found[offset : offset + limit]

    async def usual_seconds(self, project: str, names: Collection[str]) -> Sequence[float]:
        """See `Records`."""
        alike = [
            one.seconds
            for one in sorted(self._records.values(), key=lambda one: one.ended_at, reverse=True)
            if one.project == project and one.names == set(names) and one.seconds is not None
        ]
        return alike[:USUAL_RUNS]

    def _history(
        self, project: str, names: Collection[str], before: datetime, limit: int
    ) -> Sequence[RunRecord]:
        ended = self._ended(project, before)
        alike = [one for one in ended if one.names == set(names)]
        others = [one for one in ended if one.names != set(names)]
        share = limit - limit // 2
        found = [*alike[:share], *others[: limit - len(alike[:share])]]
        found += alike[share : share + limit - len(found)]
        return sorted(found, key=lambda one: one.ended_at, reverse=True)

    def _origin(self, key: RunKey) -> RunRecord | None:
        for rerun in self.kept_reruns:
            if RunKey(rerun.key.project, rerun.new_short_id or "") == key:
                return self._records.get(rerun.key)
        return None

    async def prune(self, before: datetime) -> Pruned:
        """See `Records`."""
        records = [key for key, one in self._records.items() if one.ended_at < before]
        runs = [run_id for run_id in self._runs if self._is_old(run_id, before)]
        told = [
            key
            for key, kept in self.kept.items()
            if kept.new.run_id in runs
            or (kept.new.run_id is None and kept.state != "pending" and kept.created_at < before)
        ]
        beside = [key for key in told if self.kept[key].new.run_id is None]
        for key in records:
            del self._records[key]
        for watch in [each for each in self._watches.values() if each.run_id in runs]:
            del self._watches[watch.id]
        for name in told:
            del self.kept[name]
        for run_id in runs:
            del self._runs[run_id]
        return Pruned(records=len(records), runs=len(runs), notices=len(beside))

    async def refusals(self) -> Mapping[str, str]:
        """See `Refusals`."""
        return dict(sorted(self._refused.items()))

    async def note_refusal(
        self, channel: str, *, why: str, notices: Sequence[NewNotice], now: datetime
    ) -> bool:
        """See `Refusals`."""
        if channel in self._refused:
            return False
        self._refused[channel] = why
        self._write(notices, now)
        return True

    async def alerts(self, channel: str, *, now: datetime) -> Alerts:
        """See `Quiet`."""
        here = [kept for kept in self.kept.values() if kept.new.channel == channel]
        waiting = [
            WaitingAlert(kept.id, self._line(kept), kept.new.group)
            for kept in here
            if kept.new.is_alert
            and kept.state == "pending"
            and kept.due_at <= now
            and not (kept.attempt_open or kept.uncertain)
        ]
        if not waiting:
            return Alerts()
        collapsed = [kept for kept in here if isinstance(kept.new.fact, AlertsCollapsed)]
        groups = {group_key(channel, each.group): each.group for each in waiting if each.group}
        return Alerts(
            told_at=[
                kept.sent_at
                for kept in here
                if kept.new.is_alert
                and kept.state == "sent"
                and kept.sent_at is not None
                and kept.sent_at > now - WINDOW
            ],
            waiting=waiting,
            collapsed=_collapsed(collapsed[-1]) if collapsed else None,
            grouped={
                group: fact
                for key, group in groups.items()
                if key in self.kept and isinstance(fact := self.kept[key].new.fact, AlertsGrouped)
            },
        )

    async def fold(self, fold: Fold, *, channel: str, owner: str, now: datetime) -> bool:
        """See `Quiet`."""
        lease = self._channels.get(channel)
        if lease is None or lease.by != owner:
            return False
        for kept in self.kept.values():
            if kept.id in fold.ids and kept.state == "pending":
                kept.state = "folded"
        there = self.kept.get(fold.dedupe_key)
        if there is None:
            self._write([NewNotice(fold.dedupe_key, channel, fold.fact)], now)
            return True
        there.new = replace(there.new, fact=fold.fact)
        there.version += 1
        if there.state != "pending":
            there.state, there.due_at = "pending", max(now, there.not_before or now)
        return True

    async def beat(self, now: datetime, *, away_after: float) -> Beat:
        """See `Heartbeats`."""
        before, self._beat_at = self._beat_at, now
        if before is not None and before < now - timedelta(seconds=away_after):
            self._back_at = now
        return Beat(self._back_at, is_back=self._back_at == now)

    def _remember(self, record: RunRecord) -> None:
        key = RunKey(record.project, record.short_id)
        there = self._records.get(key)
        if there is None:
            self._records[key] = record
        elif record.cases:
            known = {"ended_at": there.ended_at, "seconds": there.seconds}
            self._records[key] = record.model_copy(update=known)

    def _took_message(self, channel: str) -> None:
        self._refused.pop(channel, None)

    def _ended(self, project: str, before: datetime) -> list[RunRecord]:
        found = [
            record
            for record in self._records.values()
            if record.project == project and record.ended_at < before
        ]
        return sorted(found, key=lambda one: one.ended_at, reverse=True)

    def _is_known_in(self, channel: str, record: RunRecord) -> bool:
        key = RunKey(record.project, record.short_id)
        ids = {run.id for run in self._runs.values() if run.key == key}
        return any(
            each.run_id in ids and each.channel == channel for each in self._watches.values()
        ) or any(
            kept.new.run_id in ids and kept.new.channel == channel for kept in self.kept.values()
        )

    def _is_old(self, run_id: int, before: datetime) -> bool:
        run = self._runs[run_id]
        mine = [watch for watch in self._watches.values() if watch.run_id == run_id]
        told = [kept for kept in self.kept.values() if kept.new.run_id == run_id]
        return not (
            run.active
            or (self._run_ended_at.get(run_id) or run.changed_at) >= before
            or any(self._ended_at.get(watch.id, before) >= before for watch in mine)
            or any(kept.state == "pending" or kept.created_at >= before for kept in told)
        )

    def _line(self, kept: Kept) -> AlertLine:
        run = self._runs[kept.new.run_id or 0]
        return alert_line(
            run.key,
            verdict(run.status, run.result),
            kept.new.fact,
            at=kept.created_at,
            url=run.url,
            asked_by=kept.new.asked_by,
        )


def _collapsed(kept: Kept) -> tuple[str, AlertsCollapsed] | None:
    fact = kept.new.fact
    return (kept.new.dedupe_key, fact) if isinstance(fact, AlertsCollapsed) else None
