"""The reruns in memory: a part of `FakeStore`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import NewEntry
from bot.domain.short_id import RunKey
from bot.services.ports import RerunClaim
from tests.fakes.memory import KeptRerun, Memory


@dataclass(slots=True)
class FakeRerunLog(Memory):
    """See `RerunLog`."""

    async def begin_rerun(
        self,
        key: RunKey,
        *,
        failed_only: bool,
        asked_by: str,
        since: datetime,
        now: datetime,
        request_id: str | None = None,
        audit: Sequence[NewEntry] = (),
    ) -> RerunClaim:
        """See `RerunLog`."""
        self._run(key, now)
        for rerun in reversed(self.kept_reruns):
            is_alike = rerun.failed_only == failed_only and rerun.began_at > since
            is_this = request_id is not None and rerun.request_id == request_id
            if rerun.key == key and (is_alike or is_this) and not rerun.refused:
                return RerunClaim(None, rerun.asked_by, rerun.new_short_id)
        begun = KeptRerun(
            len(self.kept_reruns) + 1, key, failed_only, asked_by, now, request_id=request_id
        )
        self.kept_reruns.append(begun)
        self._enter(audit, now)
        return RerunClaim(begun.id, asked_by, None)

    async def end_rerun(
        self,
        rerun_id: int,
        *,
        new_short_id: str | None,
        refused: bool,
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> None:
        """See `RerunLog`."""
        self._enter(audit, now)
        rerun = self.kept_reruns[rerun_id - 1]
        rerun.new_short_id, rerun.refused = new_short_id, refused
