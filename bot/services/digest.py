"""Digest: each channel is told of a period's runs, once, when that period's digest is due."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.counting import Counting
from bot.domain.digest import Tally
from bot.domain.digest_rule import DigestRule, Period, due_period
from bot.domain.facts import DigestDue
from bot.domain.notice import NewNotice
from bot.domain.rules import Rule
from bot.services.ports import Clock, Outbox, Records, Rules, Wake

PAGE = 200
"""Runs that are in memory at once."""


class DigestOutcome(StrEnum):
    """What became of a digest that was due."""

    TOLD = "told"
    NO_RUNS = "no_runs"
    MUTED = "muted"
    """The channel is muted: it is told when the mute ends, unless that is too late."""
    KNOWN = "known"
    """It is in the outbox already: another process wrote it, or this one before it restarted."""


class DigestEvents(Protocol):
    """What the operator is told of digests; implemented by the log and the metrics."""

    def digest_decided(self, channel: str, period: Period, outcome: DigestOutcome) -> None: ...

    def digest_crashed(self, channel: str) -> None: ...


class DigestStore(Rules, Records, Outbox, Protocol):
    """What digests need of the database."""


class DigestService:
    """Looks often and tells seldom; every process of a deployment may do so.

    The outbox takes one notice for a channel and period, so that it is told once, whoever comes
    first. What has been decided is remembered only to save the work of deciding it again.

    Args:
        aliases: of the configured projects.
        retention: how long ended runs are remembered.
    """

    def __init__(
        self,
        *,
        store: DigestStore,
        aliases: Sequence[str],
        clock: Clock,
        wake: Wake,
        events: DigestEvents,
        retention: timedelta,
    ) -> None:
        self._store = store
        self._aliases = tuple(aliases)
        self._clock = clock
        self._wake = wake
        self._events = events
        self._retention = retention
        self._decided: dict[str, DigestOutcome] = {}

    async def tell_due(self) -> None:
        """Write every digest that is due and not written yet."""
        due: set[str] = set()
        for channel, rule in (await self._store.all_rules()).items():
            period = due_period(rule.digest, self._clock()) if rule.digest else None
            if rule.digest is None or period is None:
                continue
            key = f"digest:{channel}:{period.key}"
            due.add(key)
            try:
                await self._decide(key, channel, rule, rule.digest, period)
            except Exception:  # noqa: BLE001 - one channel's digest must not stop the others'
                self._events.digest_crashed(channel)
        self._forget(due)

    async def _decide(
        self, key: str, channel: str, rule: Rule, when: DigestRule, period: Period
    ) -> None:
        before = self._decided.get(key)
        if before not in {None, DigestOutcome.MUTED}:
            return
        outcome = await self._tell(key, channel, rule, when, period)
        if outcome is not before:
            self._decided[key] = outcome
            self._events.digest_decided(channel, period, outcome)

    async def _tell(
        self, key: str, channel: str, rule: Rule, when: DigestRule, period: Period
    ) -> DigestOutcome:
        now = self._clock()
        if rule.is_muted(now):
            return DigestOutcome.MUTED
        counting = await self._counted(channel, rule, period.start, period.end)
        if not counting.tally().runs:
            return DigestOutcome.NO_RUNS
        digest = counting.digest(
            before=await self._before(channel, rule, period, now),
            histories=[await self._store.history_of(newest) for newest in counting.newest],
            rule=rule,
            start=period.start,
        )
        fact = DigestDue(
            every=when.every,
            start=period.start,
            end=period.end,
            time_zone=when.time_zone,
            digest=digest,
        )
        notice = NewNotice(dedupe_key=key, channel=channel, fact=fact)
        if not await self._store.add([notice], now):
            return DigestOutcome.KNOWN
        self._wake()
        return DigestOutcome.TOLD

    async def _before(
        self, channel: str, rule: Rule, period: Period, now: datetime
    ) -> Tally | None:
        """The period before, unless a part of it has been forgotten."""
        if period.before < now - self._retention:
            return None
        return (await self._counted(channel, rule, period.before, period.start)).tally()

    async def _counted(
        self, channel: str, rule: Rule, since: datetime, until: datetime
    ) -> Counting:
        counting, offset = Counting(), 0
        while True:
            records = await self._store.ended_in(
                rule.projects or self._aliases,
                since=since,
                until=until,
                channel=channel if rule.only_watched else None,
                limit=PAGE,
                offset=offset,
            )
            counting.add(records)
            offset += PAGE
            if len(records) < PAGE:
                return counting

    def _forget(self, due: Collection[str]) -> None:
        self._decided = {key: outcome for key, outcome in self._decided.items() if key in due}
