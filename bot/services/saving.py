"""Saving polls: those that owe nobody anything share a transaction with others that wait."""

from collections.abc import Sequence

from bot.domain.observe import Observation, Step
from bot.domain.record import RunRecord
from bot.domain.watch import WatchState
from bot.services.group_commit import GroupCommit
from bot.services.ports import Clock, NoticesBeside, NoticesFor, Polled, Polls


class Saving:
    """Saves what polls have found."""

    def __init__(self, store: Polls, *, owner: str, clock: Clock) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock
        self._quietly = GroupCommit(self._save_quiet, name="save polls")

    async def save(
        self,
        step: Step,
        *,
        notices_for: NoticesFor,
        record: RunRecord | None = None,
        notices_beside: NoticesBeside | None = None,
    ) -> bool:
        """Save one poll, see `Polls.save_poll`; False when its lease is lost."""
        polled = _polled(step, record)
        if polled.owes_nothing:
            return await self._quietly(polled)
        return await self._store.save_poll(
            polled,
            owner=self._owner,
            notices_for=notices_for,
            notices_beside=notices_beside,
            now=self._clock(),
        )

    async def _save_quiet(self, polls: Sequence[Polled]) -> Sequence[bool]:
        saved = await self._store.save_quiet_polls(polls, owner=self._owner, now=self._clock())
        return [polled.run_id in saved for polled in polls]


def _watches_end(step: Step) -> WatchState | None:
    if step.ends is not None:
        return WatchState.GIVEN_UP
    return WatchState.ENDED if step.observation is Observation.FINISHED else None


def _polled(step: Step, record: RunRecord | None) -> Polled:
    tracked = step.tracked
    return Polled(
        run_id=tracked.id,
        status=tracked.status,
        result=tracked.result,
        progress=tracked.progress,
        run=tracked.run,
        active=tracked.active,
        watches_end=_watches_end(step),
        changed=step.is_news,
        changed_at=tracked.changed_at,
        cases_seen_at=tracked.cases_seen_at,
        next_poll_at=tracked.next_poll_at,
        polls=tracked.polls,
        failures=tracked.failures,
        missing=tracked.missing,
        refusals=tracked.refusals,
        final_failures=tracked.final_failures,
        pace=tracked.pace,
        record=record,
    )
