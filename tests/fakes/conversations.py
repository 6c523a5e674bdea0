"""What threads, buttons and the App Home ask of the store in memory: a part of `FakeStore`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import QuestionAnswered, RunFinished
from bot.domain.question import NotUnderstood
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

    async def was_not_understood(self, channel: str, thread_ts: str, *, besides: str) -> bool:
        """See `Conversations`."""
        return any(
            isinstance(kept.new.fact, QuestionAnswered)
            and isinstance(kept.new.fact.reply, NotUnderstood)
            and (kept.new.channel, kept.new.thread_ts) == (channel, thread_ts)
            for key, kept in self.kept.items()
            if key != besides
        )

    async def known_run(self, key: RunKey) -> TrackedRun | None:
        """See `Conversations`."""
        ids = (run.id for run in self._runs.values() if run.key == key)
        return next((self._tracked(run_id, whole=True) for run_id in ids), None)

    async def watches_by(self, user: str) -> Sequence[WatchedRun]:
        """See `Conversations`."""
        return self._with_runs(watch for watch in self._active() if watch.asked_by == user)

    async def results_in(self, channels: Sequence[str], limit: int) -> Sequence[HomeResult]:
        """See `Conversations`."""
        ended = {
            (watch.run_id, watch.channel): self._ended_at[watch.id]
            for watch in self._watches.values()
            if watch.state is WatchState.ENDED
        }
        for kept in self.kept.values():
            new = kept.new
            if isinstance(new.fact, RunFinished) and new.watch_id is None and new.run_id:
                ended.setdefault((new.run_id, new.channel), self._run_ended_at[new.run_id])
        newest_first = sorted(ended.items(), key=lambda one: one[1], reverse=True)
        here = [(place, at) for place, at in newest_first if place[1] in channels]
        return [self._result(*place, at) for place, at in here[:limit]]

    def _result(self, run_id: int, channel: str, ended_at: datetime) -> HomeResult:
        run = self._runs[run_id]
        return HomeResult(
            key=run.key,
            status=run.status,
            result=run.result,
            channel=channel,
            ended_at=ended_at,
            url=run.url,
        )

    def _with_runs(self, watches: Iterable[Watch]) -> list[WatchedRun]:
        return [WatchedRun(watch, self._tracked(watch.run_id, whole=False)) for watch in watches]
