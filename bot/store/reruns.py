"""Reruns that were asked of QA.tech."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, false, insert, or_, select, update

from bot.domain.audit import NewEntry
from bot.domain.short_id import RunKey
from bot.services.ports import RerunClaim
from bot.store import runs
from bot.store.audit import write_entries
from bot.store.database import Database
from bot.store.tables import reruns


class RerunState(StrEnum):
    ASKED = "asked"
    """QA.tech has been asked; when it stays so, nobody knows whether the rerun was started."""
    STARTED = "started"
    REFUSED = "refused"


class SqlRerunLog:
    """See `RerunLog`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        async with self._database.writing() as connection:
            # The run's row is locked: of two who press at once, the second sees the first's.
            run = await runs.lock_or_insert(connection, key, now)
            earlier = (
                select(reruns.c.asked_by, reruns.c.new_short_id)
                .where(
                    reruns.c.run_id == run["id"],
                    or_(
                        and_(reruns.c.failed_only == failed_only, reruns.c.started_at > since),
                        false() if request_id is None else reruns.c.request_id == request_id,
                    ),
                    reruns.c.state != RerunState.REFUSED,
                )
                .order_by(reruns.c.started_at.desc())
                .limit(1)
            )
            if first := (await connection.execute(earlier)).one_or_none():
                return RerunClaim(None, first.asked_by, first.new_short_id)
            inserted = await connection.execute(
                insert(reruns)
                .values(
                    run_id=run["id"],
                    failed_only=failed_only,
                    asked_by=asked_by,
                    started_at=now,
                    state=RerunState.ASKED,
                    request_id=request_id,
                )
                .returning(reruns.c.id)
            )
            await write_entries(connection, audit, now)
            return RerunClaim(inserted.scalar_one(), asked_by, None)

    async def end_rerun(
        self,
        rerun_id: int,
        *,
        new_short_id: str | None,
        refused: bool,
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> None:
        state = RerunState.REFUSED if refused else RerunState.STARTED
        if new_short_id is None and not refused:
            state = RerunState.ASKED
        async with self._database.writing() as connection:
            await connection.execute(
                update(reruns)
                .where(reruns.c.id == rerun_id)
                .values(state=state, new_short_id=new_short_id)
            )
            await write_entries(connection, audit, now)
