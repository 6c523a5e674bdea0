"""`qarun demo`: the real bot, a temporary database, and the two neighbours simulated."""

import asyncio
import tempfile
from pathlib import Path

from rich.console import Console

from bot.app import Bot
from bot.config import Settings, given_settings
from bot.domain.errors import StartupError
from bot.playground.stage import setting
from bot.playground.visit import LIVE_EDIT_SECONDS, POLL_SECONDS, Visit
from bot.store.database import Database

_CONNECT_SECONDS = 10.0


async def demo(stop: asyncio.Event, *, stay: bool) -> None:
    """Run the scripted visit in the terminal; with `stay`, go on until `stop` is set.

    Raises:
        StartupError: the visit did not see what it should have seen.
    """
    with tempfile.TemporaryDirectory(prefix="qarun-demo-") as directory:
        async with setting() as stage:
            pace = {
                "QARUN_POLL_MIN_SECONDS": str(POLL_SECONDS),
                "QARUN_POLL_MAX_SECONDS": str(POLL_SECONDS),
            }
            file = {"QARUN_DATABASE_URL": f"sqlite:///{Path(directory) / 'demo.db'}"}
            settings = given_settings({**stage.settings(), **pace, **file})
            visit = Visit(stage, Console())
            await _accompany(settings, visit, stop, stay=stay)


async def _accompany(settings: Settings, visit: Visit, stop: asyncio.Event, *, stay: bool) -> None:
    async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
        await database.migrate()
        bot = Bot(settings, database, live_edit_seconds=LIVE_EDIT_SECONDS)
        ended = asyncio.Event()
        running = asyncio.create_task(bot.run(ended), name="bot")
        try:
            await visit.wait_for_bot(_CONNECT_SECONDS)
            await visit.run()
            if stay:
                visit.say("The bot goes on until Ctrl+C.")
                await stop.wait()
        except TimeoutError as error:
            raise StartupError(f"The demo did not go as it should: {error}.") from error
        finally:
            ended.set()
            await running
            await bot.close()
