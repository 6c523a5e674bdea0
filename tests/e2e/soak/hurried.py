"""The bot under test: `qarun serve`, with the one pace that no setting names made faster too."""

import asyncio
import signal
import sys

from bot.app import Bot
from bot.config import load_settings
from bot.domain.cadence import LIVE_EDIT_SECONDS
from bot.logs import configure_logs
from bot.store.database import Database


async def serve(speed: float) -> None:
    settings = load_settings()
    configure_logs(settings.qarun_log_format, settings.qarun_log_level)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
        await database.migrate()
        bot = Bot(settings, database, live_edit_seconds=LIVE_EDIT_SECONDS / speed)
        try:
            await bot.run(stop)
        finally:
            await bot.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
