"""Saving polls: those that owe nobody anything share a transaction with others that wait."""

from collections.abc import Sequence

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
        polled: Polled,
        *,
        notices_for: NoticesFor,
        notices_beside: NoticesBeside | None = None,
    ) -> bool:
        """Save one poll, see `Polls.save_poll`; False when its lease is lost."""
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
