"""The bench of the delivery's tests: an outbox, a Slack, a stepped clock."""

from dataclasses import dataclass, field

from bot.domain.facts import RunFinished
from bot.domain.notice import NewNotice, final_notices, progress_notice
from bot.domain.watch import NewWatch, Watch, WatchState
from bot.services.delivery import ATTEMPT_SECONDS, Delivery
from tests.domain.build import KEY, run
from tests.fakes.clock import SteppedClock
from tests.fakes.events import FakeEvents
from tests.fakes.messenger import FakeMessenger
from tests.fakes.store import FakeStore

LIVE, REPORT, VERDICT = "live:w1", "report:w1", "verdict:w1"


@dataclass(slots=True)
class Bench:
    """An outbox, a Slack, and the delivery of one replica."""

    store: FakeStore = field(default_factory=FakeStore)
    slack: FakeMessenger = field(default_factory=FakeMessenger)
    clock: SteppedClock = field(default_factory=SteppedClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    wakes: list[bool] = field(default_factory=list)

    def replica(self, owner: str = "one", *, attempt_seconds: float = ATTEMPT_SECONDS) -> Delivery:
        return Delivery(
            store=self.store,
            messenger=self.slack,
            clock=self.clock,
            owner=owner,
            wake=lambda: self.wakes.append(True),
            events=self.events,
            attempt_seconds=attempt_seconds,
        )

    async def deliver(self, *, after: float = 0.0) -> None:
        """What one tick delivers."""
        self.clock.step(after)
        delivery = self.replica()
        await delivery.deliver_due()
        await delivery.finish()

    async def drain(self, seconds: int = 5) -> None:
        """So many ticks, one second apart."""
        for _ in range(seconds):
            await self.deliver()
            self.clock.step(1)

    async def watch(self, watch_id: str = "w1", channel: str = "C1", *, live: bool = True) -> Watch:
        opened = await self.store.open_watch(
            NewWatch(id=watch_id, key=KEY, channel=channel, asked_by="U1", live=live),
            seen=run(),
            next_poll_at=self.clock(),
            notices_for=lambda watch: (progress_notice(watch),) if watch.live else (),
            now=self.clock(),
        )
        return opened.watch

    async def progress(self, watch: Watch) -> None:
        """The run went on: a newer version of the live message."""
        await self.store.add([progress_notice(watch)], self.clock())

    async def end(self, watch: Watch) -> None:
        """The run has ended: the watch ends with its report."""
        await self.store.end_watch(
            watch.id,
            state=WatchState.ENDED,
            notices=final_notices(watch),
            now=self.clock(),
        )

    async def live_ts(self, channel: str = "C1") -> str | None:
        found = await self.store.last_watch(KEY, channel)
        assert found is not None
        return found.watch.live_ts

    def told(self) -> list[tuple[str, str]]:
        """Each attempt: the notice, and whether it was posted, edited or a reply."""
        return [
            (call.key, "edit" if call.edit_ts else "reply" if call.thread_ts else "post")
            for call in self.slack.calls
        ]

    def state(self, key: str) -> str:
        return self.store.kept[key].state


def plain(key: str, channel: str = "C1") -> NewNotice:
    return NewNotice(dedupe_key=key, channel=channel, fact=RunFinished(), asked_by="U1")
