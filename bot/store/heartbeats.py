"""When the bot, in any of its processes, was last at work."""

from datetime import datetime, timedelta

from sqlalchemy import case, literal, update

from bot.services.ports import Beat
from bot.store.columns import Instant
from bot.store.database import Database
from bot.store.notices import insert_unless_there
from bot.store.tables import heartbeats

_HEART = "bot"


class SqlHeartbeats:
    """See `Heartbeats`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def beat(self, now: datetime, *, away_after: float) -> Beat:
        came_back = heartbeats.c.at < now - timedelta(seconds=away_after)
        async with self._database.writing() as connection:
            found = await connection.execute(
                update(heartbeats)
                .where(heartbeats.c.name == _HEART)
                .values(
                    at=now,
                    back_at=case((came_back, literal(now, Instant())), else_=heartbeats.c.back_at),
                )
                .returning(heartbeats.c.at, heartbeats.c.back_at)
            )
            row = found.one_or_none()
            if row is None:
                first = {"name": _HEART, "at": now}
                await insert_unless_there(connection, heartbeats, ["name"], first)
                return Beat()
            return Beat(back_at=row.back_at, is_back=row.back_at == row.at)
