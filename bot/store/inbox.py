"""What Slack has handed over and nobody has dealt with yet."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from sqlalchemy import ColumnElement, Double, and_, delete, or_, select, type_coerce, update

from bot.services.ports import Payload, Received
from bot.store.database import Database
from bot.store.tables import inbox
from bot.store.upserting import insert_into


class SqlInbox:
    """See `Inbox`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, new: Sequence[Payload], *, owner: str, until: datetime, now: datetime
    ) -> Sequence[int | None]:
        async with self._database.writing() as connection:
            kept = await connection.execute(
                insert_into(connection, inbox)
                .on_conflict_do_nothing(index_elements=["key"])
                .returning(inbox.c.key, inbox.c.id),
                [
                    {
                        "key": each.key,
                        "payload": each.text,
                        "attempts": 1,
                        "leased_by": owner,
                        "leased_until": until,
                        "received_at": now,
                    }
                    # In one order: two replicas may be handed the same, and wait for each other.
                    for each in sorted(new, key=attrgetter("key"))
                ],
            )
            ids = {row.key: row.id for row in kept}
        # Of two with one key the first is the one that was kept.
        return [ids.pop(each.key, None) for each in new]

    async def take_up(
        self, *, now: datetime, limit: int, owner: str, until: datetime
    ) -> Sequence[Received]:
        left = _is_left(now)
        async with self._database.reading() as connection:
            if await connection.scalar(select(inbox.c.id).where(left).limit(1)) is None:
                return []  # as it is most often; no need for the one right to write
        chosen = (
            select(inbox.c.id)
            .where(left)
            .order_by(inbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("chosen")
        )
        async with self._database.writing() as connection:
            # As in `SqlPolls.claim_runs`: not as a sub-select, and the condition stands here again.
            taken = await connection.execute(
                update(inbox)
                .where(inbox.c.id.in_(select(chosen.c.id)), left)
                .values(leased_by=owner, leased_until=until, attempts=inbox.c.attempts + 1)
                .returning(
                    inbox.c.id,
                    inbox.c.key,
                    inbox.c.payload,
                    inbox.c.attempts,
                    inbox.c.received_at,
                )
            )
            return sorted((Received(*row) for row in taken), key=lambda each: each.id)

    async def dealt_with(self, received_ids: Sequence[int], now: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(inbox)
                .where(inbox.c.id.in_(received_ids))
                .values(payload=None, done_at=now, leased_by=None, leased_until=None)
            )

    async def forget(self, before: datetime) -> int:
        async with self._database.writing() as connection:
            return (
                await connection.execute(delete(inbox).where(inbox.c.done_at < before))
            ).rowcount


def _is_left(now: datetime) -> ColumnElement[bool]:
    attempts = type_coerce(inbox.c.attempts, Double)
    again_at = type_coerce(inbox.c.received_at, Double) + attempts * attempts
    return and_(
        inbox.c.done_at.is_(None),
        again_at <= now.timestamp(),
        or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= now),
    )
