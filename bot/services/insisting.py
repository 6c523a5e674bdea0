"""Writing down what is known already, although the database is away for a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.errors import DatabaseError

PAUSE_SECONDS = 0.5

T = TypeVar("T")


async def insist(write: Callable[[], Awaitable[T]], *, seconds: float) -> T:
    """What `write` returns, tried again for so many seconds while the database cannot be used.

    Only for what may be written twice: the first try may have been kept although it failed.

    Raises:
        DatabaseError: it could not be used in all that time.
    """
    loop = asyncio.get_running_loop()
    give_up = loop.time() + seconds
    while True:
        try:
            return await write()
        except DatabaseError:
            if loop.time() + PAUSE_SECONDS > give_up:
                raise
        await asyncio.sleep(PAUSE_SECONDS)
