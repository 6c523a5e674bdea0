"""The notices not yet told, shared out channel by channel (DESIGN §5.1, §5.3, §5.12)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import NewNotice, Priority
from bot.services.ports import Attempt, Backlog
from bot.store import attempts
from bot.store.columns import Instant
from bot.store.database import Database
from bot.store.notices import write_notices
from bot.store.refusals import took_message
from bot.store.tables import NoticeState, channels, notices, watches


class SqlOutbox:
    """See `Outbox`, which says what each method promises.

    An attempt is known by the notice and its number of attempts: what a sender that has lost its
    channel reports of a refusal is not written over the attempt of its successor. What it reports
    as told is told, whoever holds the channel.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, notices: Sequence[NewNotice], now: datetime) -> int:
        async with self._database.writing() as connection:
            return await write_notices(connection, notices, now)

    async def claim_channels(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[str]:
        waiting = (
            select(notices.c.channel, func.min(notices.c.due_at).label("since"))
            .where(attempts.is_due(now))
            .group_by(notices.c.channel)
            .subquery("waiting")
        )
        free = (
            select(channels.c.channel)
            .join(waiting, waiting.c.channel == channels.c.channel)
            .where(_is_free(now))
            .order_by(waiting.c.since)
            .limit(limit)
            .with_for_update(skip_locked=True, of=channels)
            .cte("free")
        )
        # As in `SqlPolls.claim_runs`: not as a sub-select, and the condition stands here again.
        claim = (
            update(channels)
            .where(channels.c.channel.in_(select(free.c.channel)), _is_free(now))
            .values(leased_by=owner, leased_until=until)
            .returning(channels.c.channel)
        )
        async with self._database.writing() as connection:
            return list(await connection.scalars(claim))

    async def begin(
        self,
        channel: str,
        *,
        now: datetime,
        owner: str,
        until: datetime,
        settles_after: float = 0.0,
    ) -> Attempt | None:
        async with self._database.writing() as connection:
            # An expired lease that nobody has taken is renewed.
            held = await connection.execute(
                update(channels)
                .where(channels.c.channel == channel, channels.c.leased_by == owner)
                .values(leased_until=until)
            )
            if not held.rowcount:
                return None
            return await attempts.begin(connection, channel, now, settles_after)

    async def sent(
        self, attempt: Attempt, *, ts: str | None, live_due_at: datetime, now: datetime
    ) -> None:
        told = attempt.telling.notice
        renewed = and_(notices.c.state == NoticeState.PENDING, notices.c.version > told.version)
        async with self._database.writing() as connection:
            if ts is not None:
                # Before the notices: in this order everybody locks the two.
                await took_message(connection, told.channel)
            if attempt.telling.edits_live_message:
                await _leave_ts(connection, attempt, ts)
            await connection.execute(
                update(notices)
                .where(notices.c.id == told.id)
                .values(
                    state=case(
                        (renewed, NoticeState.PENDING),
                        (notices.c.state == NoticeState.SUPERSEDED, NoticeState.SUPERSEDED),
                        else_=NoticeState.SENT,
                    ),
                    due_at=case((renewed, literal(live_due_at, Instant())), else_=notices.c.due_at),
                    not_before=live_due_at,
                    message_ts=func.coalesce(ts, notices.c.message_ts),
                    sent_at=now,
                    last_error=None,
                    attempt_open=False,
                    uncertain=False,
                )
            )

    async def found_live(self, attempt: Attempt, ts: str | None) -> None:
        async with self._database.writing() as connection:
            await _leave_ts(connection, attempt, ts)
            # Where the live message itself is being attempted, that attempt goes on.
            own = notices.c.id == attempt.telling.notice.id
            await connection.execute(
                update(notices)
                .where(notices.c.id == attempt.live_notice_id)
                .values(uncertain=False, attempt_open=and_(own, notices.c.attempt_open))
            )

    async def retry(
        self,
        attempt: Attempt,
        *,
        at: datetime,
        why: str,
        uncertain: bool,
        told_aside: bool,
        settles_at: datetime | None = None,
    ) -> None:
        # What was uncertain before stays so: the search for it may have been what failed.
        async with self._database.writing() as connection:
            await connection.execute(
                update(notices)
                .where(_is_this(attempt))
                .values(
                    due_at=at,
                    last_error=why,
                    attempt_open=False,
                    uncertain=or_(notices.c.uncertain, literal(uncertain)),
                    told_aside=or_(notices.c.told_aside, literal(told_aside)),
                    unsettled_until=_later(notices.c.unsettled_until, settles_at),
                )
            )

    async def drop(self, attempt: Attempt, *, why: str, now: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(notices)
                .where(_is_this(attempt))
                .values(
                    state=case(
                        (notices.c.state == NoticeState.PENDING, NoticeState.DROPPED),
                        else_=notices.c.state,
                    ),
                    last_error=why,
                    attempt_open=False,
                )
            )

    async def release(self, channel: str, *, owner: str, free_at: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(channels)
                .where(channels.c.channel == channel, channels.c.leased_by == owner)
                .values(leased_by=None, leased_until=None, free_at=free_at)
            )

    async def hasten(self, channel: str, now: datetime) -> None:
        # A live message that was edited a moment ago keeps its pause.
        earliest = case(
            (notices.c.not_before > now, notices.c.not_before), else_=literal(now, Instant())
        )
        async with self._database.writing() as connection:
            await connection.execute(
                update(notices)
                .where(
                    notices.c.channel == channel,
                    notices.c.state == NoticeState.PENDING,
                    notices.c.due_at > now,
                )
                .values(due_at=earliest)
            )

    async def backlog(self, now: datetime) -> Backlog:
        tried = and_(notices.c.attempts > 0, notices.c.priority == int(Priority.FINAL))
        late_since = case(
            (tried, notices.c.created_at),
            (notices.c.due_at <= now, notices.c.due_at),
            else_=None,
        )
        waiting = select(func.count(), func.min(late_since, type_=Instant())).where(
            notices.c.state == NoticeState.PENDING
        )
        async with self._database.reading() as connection:
            depth, since = (await connection.execute(waiting)).one()
        return Backlog(depth, 0.0 if since is None else (now - since).total_seconds())


def _is_free(now: datetime) -> ColumnElement[bool]:
    return and_(
        or_(channels.c.leased_until.is_(None), channels.c.leased_until <= now),
        or_(channels.c.free_at.is_(None), channels.c.free_at <= now),
    )


def _later(
    column: ColumnElement[datetime | None], other: datetime | None
) -> ColumnElement[datetime | None]:
    if other is None:
        return column
    moment = literal(other, Instant())
    return case((column > moment, column), else_=moment)


def _is_this(attempt: Attempt) -> ColumnElement[bool]:
    notice = attempt.telling.notice
    return and_(notices.c.id == notice.id, notices.c.attempts == notice.attempts)


async def _leave_ts(connection: AsyncConnection, attempt: Attempt, ts: str | None) -> None:
    watch = attempt.telling.watch
    if watch is not None and ts is not None:
        await connection.execute(update(watches).where(watches.c.id == watch.id).values(live_ts=ts))
