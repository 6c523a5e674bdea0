"""The bench of the polling's tests: a store, a QA.tech, a stepped clock."""

import uuid
from dataclasses import dataclass, field

from bot.domain.cadence import Bounds
from bot.domain.notice import progress_notice
from bot.domain.observe import Observation
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch, WatchState
from bot.services.alerting import Alerting
from bot.services.polling import Polling
from bot.services.ports import Look
from tests.domain.build import KEY, case, run
from tests.fakes.clock import SteppedClock
from tests.fakes.events import FakeEvents
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)
HALF_DONE = run(run_test_cases=(case("a"), case("b", status="RUNNING", result=None)))
DONE = run("COMPLETED", "PASSED", run_test_cases=(case("a"), case("b")), issues=())


@dataclass(slots=True)
class PollingBench:
    """A store, a QA.tech, and the polling of one replica."""

    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    clock: SteppedClock = field(default_factory=SteppedClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    wakes: list[bool] = field(default_factory=list)
    sweeps_in: list[float] = field(default_factory=list)
    _replicas: dict[str, Polling] = field(default_factory=dict)

    def replica(self, owner: str) -> Polling:
        """The process of this name: begun with its first use, at work from then on."""
        if owner not in self._replicas:
            self._replicas[owner] = self._polling(owner)
        return self._replicas[owner]

    def restart(self) -> None:
        """Every process ends; with the next use a new one begins."""
        self._replicas.clear()

    def _polling(self, owner: str) -> Polling:
        return Polling(
            store=self.store,
            qatech=self.qatech,
            bounds=BOUNDS,
            clock=self.clock,
            owner=owner,
            wake=lambda: self.wakes.append(True),
            events=self.events,
            alerting=Alerting(
                store=self.store,
                clock=self.clock,
                wake=lambda: self.wakes.append(True),
                events=self.events,
            ),
            max_rps=10,
            sweep_in=self.sweeps_in.append,
        )

    async def watch(
        self,
        channel: str = "C1",
        *,
        key: RunKey = KEY,
        live: bool = True,
        seen: Run | None = HALF_DONE,
    ) -> Watch:
        opened = await self.store.open_watch(
            NewWatch(id=uuid.uuid4().hex, key=key, channel=channel, asked_by="U1", live=live),
            seen=seen,
            next_poll_at=self.clock(),
            notices_for=lambda watch: (progress_notice(watch),) if watch.live else (),
            now=self.clock(),
        )
        return opened.watch

    async def poll(self, after: float = 0.0) -> list[Observation]:
        """One sweep to its end; what its polls came to."""
        before = len(self.events.observations)
        self.clock.step(after)
        polling = self.replica("one")
        await polling.sweep()
        await polling.finish()
        return [observation for _, observation, _ in self.events.observations[before:]]

    async def tracked(self, channel: str = "C1", key: RunKey = KEY) -> TrackedRun:
        found = await self.store.last_watch(key, channel)
        assert found is not None
        return found.tracked

    async def state(self, channel: str = "C1") -> WatchState:
        found = await self.store.last_watch(KEY, channel)
        assert found is not None
        return found.watch.state

    def looks(self) -> list[Look]:
        return [look for _, look in self.qatech.asked]

    def kinds(self) -> list[str]:
        """Each notice's kind, in the order in which they were written."""
        return [kept.new.fact.kind for kept in self.store.kept.values()]
