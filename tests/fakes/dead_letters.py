"""The notices that were given up, in memory: a part of `FakeStore`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import BY_OPERATOR, Act, NewEntry
from bot.domain.notice import Priority
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.ports import DeadLetter, Revival
from tests.fakes.memory import Kept, Memory


@dataclass(slots=True)
class FakeDeadLetters(Memory):
    """See `DeadLetters`."""

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """See `DeadLetters`."""
        dropped = [kept for kept in self.kept.values() if kept.state == "dropped"]
        return [self._letter(kept) for kept in sorted(dropped, key=lambda kept: kept.id)[-limit:]]

    async def count_dead_letters(self, since: datetime) -> int:
        """See `DeadLetters`."""
        dropped = [kept for kept in self.kept.values() if kept.state == "dropped"]
        return sum(kept.created_at >= since for kept in dropped)

    async def revive(self, ids: Sequence[int], *, now: datetime) -> Mapping[int, Revival]:
        """See `DeadLetters`."""
        outcomes = {}
        for one in ids:
            kept = next((each for each in self.kept.values() if each.id == one), None)
            outcomes[one] = self._revived(kept, now)
        return outcomes

    def _revived(self, kept: Kept | None, now: datetime) -> Revival:
        if kept is None:
            return Revival.UNKNOWN
        watch = self._watches.get(kept.new.watch_id or "")
        is_over = watch is None or watch.state is not WatchState.ACTIVE
        is_superseded = kept.state == "dropped" and kept.new.priority is Priority.LIVE and is_over
        if kept.state == "superseded" or is_superseded:
            return Revival.SUPERSEDED
        if kept.state != "dropped":
            return Revival.NOT_DROPPED
        letter = self._letter(kept)
        kept.state, kept.due_at, kept.revived_at = "pending", now, now
        kept.uncertain, kept.attempt_open = kept.uncertain or kept.attempts > 0, False
        detail = f"notice {kept.id}: {letter.kind}, given up: {letter.why}"
        self._enter(
            [NewEntry(Act.NOTICE_RETRIED, BY_OPERATOR, letter.channel, letter.run, detail)], now
        )
        return Revival.PUT_BACK

    def _letter(self, kept: Kept) -> DeadLetter:
        watch = self._watches.get(kept.new.watch_id or "")
        run: RunKey | None = watch.key if watch else None
        if run is None and kept.new.run_id is not None:
            run = self._runs[kept.new.run_id].key
        return DeadLetter(
            id=kept.id,
            channel=kept.new.channel,
            kind=kept.new.fact.kind,
            run=run,
            attempts=kept.attempts,
            created_at=kept.created_at,
            why=kept.last_error or "",
        )
