"""Channels that refuse what the bot tells there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import NewNotice
from bot.store.database import Database
from bot.store.notices import insert_unless_there, write_notices
from bot.store.tables import channels


class SqlRefusals:
    """See `Refusals`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refusals(self) -> Mapping[str, str]:
        query = (
            select(channels.c.channel, channels.c.refused_why)
            .where(channels.c.refused_at.is_not(None))
            .order_by(channels.c.channel)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).all()
        return {row.channel: row.refused_why or "" for row in found}

    async def note_refusal(
        self, channel: str, *, why: str, notices: Sequence[NewNotice], now: datetime
    ) -> bool:
        async with self._database.writing() as connection:
            await insert_unless_there(connection, channels, ["channel"], {"channel": channel})
            noted = await connection.execute(
                update(channels)
                .where(channels.c.channel == channel, channels.c.refused_at.is_(None))
                .values(refused_at=now, refused_why=why)
            )
            if not noted.rowcount:
                return False
            await write_notices(connection, notices, now)
            return True


async def took_message(connection: AsyncConnection, channel: str) -> None:
    """The channel has taken a message: what it refused before is over."""
    await connection.execute(
        update(channels)
        .where(channels.c.channel == channel, channels.c.refused_at.is_not(None))
        .values(refused_at=None, refused_why=None)
    )
