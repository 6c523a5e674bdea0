"""What threads, buttons and the App Home ask of the store in memory: a part of `FakeStore`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.facts import RunFinished
from bot.domain.short_id import RunKey
from bot.domain.watch import HomeResult, TrackedRun, Watch, WatchedRun, WatchState
from bot.services.ports import ThreadRun
from tests.fakes.memory import Memory


@dataclass(slots=True)
class FakeConversations(Memory):
    """See `Conversations`."""

    async def run_in_thread(self, channel: str, thread_ts: str) -> ThreadRun | None:
        """See `Conversations`."""
        for watch in reversed(self._watches.values()):
            if watch.channel == channel and thread_ts in {watch.live_ts, watch.thread_ts}:
                return ThreadRun(self._tracked(watch.run_id, whole=True), watch)
        for kept in reversed(self.kept.values()):
            new = kept.new
            is_here = (new.channel, kept.message_ts) == (channel, thread_ts)
            if is_here and isinstance(new.fact, RunFinished) and new.run_id is not None:
                watched = self._watches.get(new.watch_id or "")
                return ThreadRun(self._tracked(new.run_id, whole=True), watched)
        return None

    async def known_run(self, key: RunKey) -> TrackedRun | None:
        """See `Conversations`."""
        ids = (run.id for run in self._runs.values() if run.key == key)
        return next((self._tracked(run_id, whole=True) for run_id in ids), None)

    async def watches_by(self, user: str) -> Sequence[WatchedRun]:
        """See `Conversations`."""
        return self._with_runs(watch for watch in self._active() if watch.asked_by == user)

    async def results_in(self, channels: Sequence[str], limit: int) -> Sequence[HomeResult]:
        """See `Conversations`."""
        ended = [
            watch
            for watch in self._watches.values()
            if watch.state is WatchState.ENDED and watch.channel in channels
        ]
        newest_first = sorted(ended, key=lambda watch: self._ended_at[watch.id], reverse=True)
        return [self._result(watch) for watch in newest_first[:limit]]

    def _result(self, watch: Watch) -> HomeResult:
        run = self._runs[watch.run_id]
        return HomeResult(
            key=run.key,
            status=run.status,
            result=run.result,
            channel=watch.channel,
            ended_at=self._ended_at[watch.id],
            url=run.url,
        )

    def _with_runs(self, watches: Iterable[Watch]) -> list[WatchedRun]:
        return [WatchedRun(watch, self._tracked(watch.run_id, whole=False)) for watch in watches]
