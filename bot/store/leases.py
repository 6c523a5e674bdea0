"""Leases of processes that are gone."""

from collections.abc import Callable, Sequence

from sqlalchemy import select, update

from bot.store.database import Database
from bot.store.tables import channels, inbox, tracked_runs

_LEASED = (tracked_runs, channels, inbox)


class SqlLeases:
    """Gives back what dead processes hold, so that nobody waits for their leases to expire."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def release_leases(self, is_dead: Callable[[str], bool]) -> Sequence[str]:
        """Release every lease whose owner is dead; returns those owners."""
        async with self._database.writing() as connection:
            owners: set[str] = set()
            for table in _LEASED:
                held = select(table.c.leased_by).where(table.c.leased_by.is_not(None)).distinct()
                owners.update(await connection.scalars(held))
            dead = sorted(owner for owner in owners if is_dead(owner))
            for table in _LEASED:
                await connection.execute(
                    update(table)
                    .where(table.c.leased_by.in_(dead))
                    .values(leased_by=None, leased_until=None)
                )
        return dead
