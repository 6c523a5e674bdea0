"""Which notice a channel tells next, and all that telling it needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Double,
    and_,
    case,
    exists,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.domain.facts import RunProgressed
from bot.domain.notice import Notice, Priority, Telling, live_key
from bot.domain.watch import TrackedRun, Watch
from bot.services.ports import Attempt
from bot.store import rows
from bot.store.columns import Instant
from bot.store.rules import read_rule
from bot.store.tables import NoticeState, notices, tracked_runs, watches

_UNREADABLE = "this version of qarun does not know the fact that it tells"

_first = notices.alias("first")
_WAITS = exists().where(
    _first.c.watch_id == notices.c.watch_id,
    _first.c.state == NoticeState.PENDING,
    _first.c.priority == int(Priority.FINAL),
    _first.c.id < notices.c.id,
)
"""For a final notice of the same watch that comes first."""


def is_due(now: datetime) -> ColumnElement[bool]:
    """It waits for its time only, see `_WAITS`."""
    return and_(notices.c.state == NoticeState.PENDING, notices.c.due_at <= now, ~_WAITS)


async def begin(
    connection: AsyncConnection, channel: str, now: datetime, settles_after: float
) -> Attempt | None:
    """Open an attempt at the next notice of a channel that the caller holds.

    A notice that this version cannot read is dropped with the reason and the next one is taken.
    """
    while True:
        found = await connection.execute(_take_next(channel, now, settles_after))
        row = found.mappings().one_or_none()
        if row is None:
            return None
        notice = rows.notice(row)
        if notice is not None:
            return await _attempt(connection, notice, row["unsettled_until"], settles_after)
        await connection.execute(
            update(notices)
            .where(notices.c.id == row["id"])
            .values(state=NoticeState.DROPPED, last_error=_UNREADABLE, attempt_open=False)
        )


def _take_next(
    channel: str, now: datetime, settles_after: float
) -> ReturningUpdate[tuple[object, ...]]:
    chosen = (
        select(notices.c.id)
        .where(notices.c.channel == channel, is_due(now))
        .order_by(notices.c.priority, notices.c.id)
        .limit(1)
        .with_for_update(of=notices)
        .scalar_subquery()
    )
    # The state stands here again: the watch may have ended since the notice was chosen.
    return (
        update(notices)
        .where(notices.c.id == chosen, notices.c.state == NoticeState.PENDING)
        .values(
            attempts=notices.c.attempts + 1,
            uncertain=or_(notices.c.uncertain, notices.c.attempt_open),
            attempt_open=True,
            began_at=now,
            unsettled_until=_unsettled_until(settles_after),
        )
        .returning(*notices.c)
    )


def _unsettled_until(settles_after: float) -> ColumnElement[datetime | None]:
    """Until when Slack may still do what the attempts so far asked for."""
    began_at = type_coerce(notices.c.began_at, Double)
    return case(
        (notices.c.attempt_open, type_coerce(began_at + settles_after, Instant)),
        else_=notices.c.unsettled_until,
    )


async def _attempt(
    connection: AsyncConnection,
    notice: Notice,
    unsettled_until: datetime | None,
    settles_after: float,
) -> Attempt:
    rule = await read_rule(connection, notice.channel)
    watched = await _watch_row(connection, notice)
    run_id = notice.run_id if watched is None else watched["run_id"]
    tracked = None if run_id is None else await _tracked(connection, notice, run_id)
    if watched is None or tracked is None:
        telling = Telling(notice=notice, watch=None, tracked=tracked, rule=rule)
        return Attempt(
            telling, live_notice_id=None, live_uncertain=False, unsettled_until=unsettled_until
        )
    watch = rows.watch(watched, tracked.key)
    telling = Telling(notice=notice, watch=watch, tracked=tracked, rule=rule)
    if notice.dedupe_key == live_key(watch.id):
        return Attempt(
            telling,
            live_notice_id=notice.id,
            live_uncertain=notice.uncertain and watch.live_ts is None,
            unsettled_until=unsettled_until,
            live_unsettled_until=unsettled_until,
        )
    live = await _live_message(connection, watch, settles_after)
    return Attempt(
        telling,
        live_notice_id=live.id if live else None,
        live_uncertain=bool(live and live.uncertain) and watch.live_ts is None,
        unsettled_until=unsettled_until,
        live_unsettled_until=live.unsettled_until if live else None,
    )


@dataclass(frozen=True, slots=True)
class _LiveMessage:
    """What is known of the notice of a watch's live message.

    Attributes:
        uncertain: whether Slack may have it without our knowing.
    """

    id: int
    uncertain: bool
    unsettled_until: datetime | None


async def _live_message(
    connection: AsyncConnection, watch: Watch, settles_after: float
) -> _LiveMessage | None:
    found = await connection.execute(
        select(
            notices.c.id,
            or_(notices.c.uncertain, notices.c.attempt_open).label("uncertain"),
            type_coerce(_unsettled_until(settles_after), Instant).label("unsettled_until"),
        ).where(notices.c.dedupe_key == live_key(watch.id))
    )
    row = found.one_or_none()
    return None if row is None else _LiveMessage(row.id, row.uncertain, row.unsettled_until)


async def _watch_row(connection: AsyncConnection, notice: Notice) -> rows.Row | None:
    if notice.watch_id is None:
        return None
    found = await connection.execute(select(watches).where(watches.c.id == notice.watch_id))
    return found.mappings().one()


async def _tracked(connection: AsyncConnection, notice: Notice, run_id: int) -> TrackedRun:
    """The run; without its snapshot, which may be megabytes, where only progress is shown."""
    is_progress = isinstance(notice.fact, RunProgressed)
    columns = rows.RUN_COLUMNS if is_progress else rows.WHOLE_RUN_COLUMNS
    found = await connection.execute(select(*columns).where(tracked_runs.c.id == run_id))
    return rows.tracked_run(found.mappings().one())
