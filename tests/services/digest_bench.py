"""The bench of the digests' and trends' tests: remembered runs, rules, a stepped clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.digest_rule import DigestRule, Every
from bot.domain.facts import DigestDue, RunFinished
from bot.domain.notice import NewNotice
from bot.domain.record import CaseRecord, RunRecord
from bot.domain.rules import Rule
from bot.domain.run import Outcome, Run, Verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch
from bot.services.digest import DigestService
from tests.fakes.clock import SteppedClock
from tests.fakes.events import FakeEvents
from tests.fakes.store import FakeStore

DAILY = DigestRule(every=Every.DAILY, hour=9, time_zone="Europe/Stockholm")


@dataclass(slots=True)
class DigestBench:
    """A database and a clock; a replica of the service for whoever asks for one."""

    clock: SteppedClock
    store: FakeStore = field(default_factory=FakeStore)
    events: FakeEvents = field(default_factory=FakeEvents)
    wakes: list[bool] = field(default_factory=list)
    retention: timedelta = timedelta(days=90)

    def replica(self) -> DigestService:
        return DigestService(
            store=self.store,
            aliases=["default", "app"],
            clock=self.clock,
            wake=lambda: self.wakes.append(True),
            events=self.events,
            retention=self.retention,
        )

    async def rule(self, rule: Rule, channel: str = "C1") -> None:
        await self.store.save_rule(channel, rule, self.clock())

    async def ended(
        self,
        short_id: str,
        at: datetime,
        verdict: Verdict = Verdict.PASSED,
        *,
        project: str = "default",
        watched_in: str | None = None,
    ) -> None:
        """A run that ended at this moment is remembered."""
        key = RunKey(project, short_id)
        if watched_in is not None:
            new = NewWatch(
                id=f"w-{key}", key=key, channel=watched_in, asked_by=None, live=False, source="api"
            )
            await self.store.open_watch(
                new, seen=None, next_poll_at=at, notices_for=lambda _: (), now=at
            )
        outcome = Outcome.PASSED if verdict is Verdict.PASSED else Outcome.FAILED
        case = CaseRecord(short_id=f"{short_id}-1", name="Login", outcome=outcome)
        await self.store.save_ended(
            key,
            run=Run(short_id=short_id, status="COMPLETED"),
            url=None,
            notice_for=lambda run_id: NewNotice(f"seen:{key}", "C0ELSE", RunFinished(), run_id),
            now=at,
            record=RunRecord(
                project=project, short_id=short_id, verdict=verdict, ended_at=at, cases=(case,)
            ),
        )

    def digests(self, channel: str = "C1") -> list[DigestDue]:
        """Those in the outbox for a channel, in order."""
        facts = [kept.new.fact for kept in self.store.kept.values() if kept.new.channel == channel]
        return [fact for fact in facts if isinstance(fact, DigestDue)]
