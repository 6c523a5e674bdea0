"""The reruns in memory: a part of `FakeStore`."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.short_id import RunKey
from bot.services.ports import RerunClaim
from tests.fakes.memory import KeptRerun, Memory


@dataclass(slots=True)
class FakeRerunLog(Memory):
    """See `RerunLog`."""

    async def begin_rerun(
        self, key: RunKey, *, failed_only: bool, asked_by: str, since: datetime, now: datetime
    ) -> RerunClaim:
        """See `RerunLog`."""
        self._run(key, now)
        for rerun in reversed(self.kept_reruns):
            is_same = (rerun.key, rerun.failed_only) == (key, failed_only)
            if is_same and rerun.began_at > since and not rerun.refused:
                return RerunClaim(None, rerun.asked_by, rerun.new_short_id)
        begun = KeptRerun(len(self.kept_reruns) + 1, key, failed_only, asked_by, now)
        self.kept_reruns.append(begun)
        return RerunClaim(begun.id, asked_by, None)

    async def end_rerun(self, rerun_id: int, *, new_short_id: str | None, refused: bool) -> None:
        """See `RerunLog`."""
        rerun = self.kept_reruns[rerun_id - 1]
        rerun.new_short_id, rerun.refused = new_short_id, refused
