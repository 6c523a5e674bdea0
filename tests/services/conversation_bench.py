"""The bench of the conversation's tests: a store, a QA.tech, a stepped clock, no Slack."""

import uuid
from dataclasses import dataclass, field

from bot.domain.facts import QuestionAnswered, RunFinished
from bot.domain.notice import NewNotice
from bot.domain.record import record_of
from bot.domain.reply import Reply
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, Watch, WatchState
from bot.qatech.projects import ConfiguredProjects
from bot.services.answering import AnswerService
from bot.services.known_runs import KnownRuns
from bot.services.reading import Said
from bot.services.rerunning import RerunService
from bot.services.watching import WatchService
from bot.services.wishes import WishService
from tests.domain.build import KEY
from tests.fakes.clock import SteppedClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

ROOT = "1700000000.000100"


@dataclass(slots=True)
class Allowed:
    """Who may rerun; everyone where None."""

    users: frozenset[str] | None = None

    async def may_rerun(self, user: str) -> bool:
        """See `Permissions`."""
        return self.users is None or user in self.users


@dataclass(slots=True)
class ConversationBench:
    """One replica's services; `ROOT` begins the thread that is spoken in."""

    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    clock: SteppedClock = field(default_factory=SteppedClock)
    allowed: Allowed = field(default_factory=Allowed)
    wakes: list[bool] = field(default_factory=list)
    said: int = 0

    def replica(self) -> AnswerService:
        """The answering of one process, which remembers nothing of the others."""
        projects = ConfiguredProjects({"default": "shop"})
        runs = KnownRuns(conversations=self.store, qatech=self.qatech, projects=projects)
        watching = WatchService(
            store=self.store,
            qatech=self.qatech,
            projects=projects,
            direct=FakeMessenger(),
            clock=self.clock,
            poll_min_seconds=5,
            wake=lambda: self.wakes.append(True),
        )
        wishes = WishService(
            records=self.store,
            projects=projects,
            runs=runs,
            watching=watching,
            rerunning=self.rerunning(),
            clock=self.clock,
        )
        return AnswerService(
            conversations=self.store,
            outbox=self.store,
            qatech=self.qatech,
            runs=runs,
            wishes=wishes,
            clock=self.clock,
            wake=lambda: self.wakes.append(True),
        )

    def rerunning(self) -> RerunService:
        """The rerunning of one process."""
        return RerunService(
            log=self.store,
            store=self.store,
            qatech=self.qatech,
            permissions=self.allowed,
            clock=self.clock,
            wake=lambda: self.wakes.append(True),
        )

    async def reported(self, run: Run, *, key: RunKey = KEY, ts: str = ROOT) -> None:
        """A run that has ended and been reported; QA.tech is not to be asked for it again."""
        await self.store.save_ended(
            key,
            run=run,
            url=None,
            notice_for=lambda run_id: NewNotice(
                dedupe_key=f"report:{ts}", channel="C1", fact=RunFinished(), run_id=run_id
            ),
            now=self.clock(),
            record=record_of(run, key.project, self.clock()),
        )
        self.store.kept[f"report:{ts}"].message_ts = ts

    async def followed(
        self, run: Run, *, key: RunKey = KEY, ended: bool = False, ts: str = ROOT
    ) -> Watch:
        """A run that is watched in the thread; `ended`: it has been."""
        self.qatech.put(key, run)
        opened = await self.store.open_watch(
            NewWatch(
                id=uuid.uuid4().hex,
                key=key,
                channel="C1",
                asked_by="U1",
                live=True,
                thread_ts=ts,
            ),
            seen=run,
            next_poll_at=self.clock(),
            notices_for=lambda watch: (),
            now=self.clock(),
        )
        if ended:
            await self.store.end_watch(
                opened.watch.id, state=WatchState.ENDED, notices=(), now=self.clock()
            )
        return opened.watch

    def sentence(
        self, text: str, *, addressed: bool = False, ts: str = "", thread: str | None = ROOT
    ) -> Said:
        """Something that is said in the thread, each time anew."""
        self.said += 1
        return Said("C1", ts or f"17000{self.said:05}.000200", thread, "U1", text, addressed)

    async def ask(self, text: str, *, addressed: bool = False) -> Reply | None:
        """The reply to a sentence; None where there is none."""
        before = len(self.replies())
        await self.replica().hear(self.sentence(text, addressed=addressed))
        return next(iter(self.replies()[before:]), None)

    def replies(self) -> list[Reply]:
        """The replies in the outbox, in order."""
        facts = [kept.new.fact for kept in self.store.kept.values()]
        return [fact.reply for fact in facts if isinstance(fact, QuestionAnswered)]
