"""What one process does for the whole deployment, now and then: whose turn it is."""

from datetime import datetime, timedelta

from sqlalchemy import update

from bot.store.database import Database
from bot.store.notices import insert_unless_there
from bot.store.tables import heartbeats


class SqlTurns:
    """Turns, kept among the heartbeats: when something was last done, by whichever process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_turn(self, name: str, *, now: datetime, every: timedelta) -> bool:
        """Whether the caller is to do it: nobody has begun with it for so long.

        Who dies in the middle of it does not get another turn; the next one begins when it is due.
        """
        async with self._database.writing() as connection:
            first = {"name": name, "at": now}
            if await insert_unless_there(connection, heartbeats, ["name"], first):
                return True
            taken = await connection.execute(
                update(heartbeats)
                .where(heartbeats.c.name == name, heartbeats.c.at <= now - every)
                .values(at=now)
            )
            return taken.rowcount > 0
