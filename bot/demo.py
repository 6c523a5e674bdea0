"""`qarun demo`: the real bot, a temporary database, and the two neighbours simulated."""

import asyncio
import contextlib
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from rich.console import Console

from bot.app import Bot
from bot.config import given_settings
from bot.domain.errors import StartupError
from bot.playground.page import HOST, serving_page
from bot.playground.page_feed import Feed
from bot.playground.page_scene import Scene
from bot.playground.stage import Stage, setting
from bot.playground.visit import LIVE_EDIT_SECONDS, POLL_SECONDS, Visit
from bot.slack.blocks.commands import COMMANDS
from bot.store.database import Database

USUAL_PORT = 7357
"""The page's, where it is free: a tab that is still open finds the demo again."""
VISITOR_SECONDS = 3.0
"""How long a demo that nobody can stop waits for somebody to open its page, before it shows the
visit and ends: all of it in less than 30 s."""

_LOOK_SECONDS = 0.5
_CONNECT_SECONDS = 10.0
_PAGE_EDIT_SECONDS = 2.0
"""Two live messages at once stay below the 50 edits a minute that Slack allows."""


async def visit(stop: asyncio.Event, *, stay: bool) -> None:
    """Run the scripted visit in the terminal; with `stay`, go on until `stop` is set.

    Raises:
        StartupError: the visit did not see what it should have seen.
    """
    async with setting() as stage:
        shown = Visit(stage, Console())
        async with _bot_on(stage, LIVE_EDIT_SECONDS):
            try:
                await shown.wait_for_bot(_CONNECT_SECONDS)
                await shown.run()
            except TimeoutError as error:
                raise StartupError(f"The demo did not go as it should: {error}.") from error
            if stay:
                shown.say("The bot goes on until Ctrl+C.")
                await stop.wait()


async def show_page(
    stop: asyncio.Event,
    *,
    port: int | None,
    open_browser: bool,
    can_be_stopped: bool,
    say: Callable[[str], None],
    visitor_seconds: float = VISITOR_SECONDS,
    otherwise: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serve the page until `stop` is set.

    Args:
        stop: ends it.
        port: where; None takes the usual one, or any that is free.
        open_browser: open the page in a browser, where there is one with windows.
        can_be_stopped: somebody will end it. Where nobody does, the demo ends by itself
            once the page was not open in any browser for `visitor_seconds`.
        say: prints a line.
        visitor_seconds: as above.
        otherwise: done before it ends by itself, while the page is still served.

    Raises:
        StartupError: the port is taken.
    """
    async with setting() as stage:
        scene = Scene(stage)
        async with _bot_on(stage, _PAGE_EDIT_SECONDS) as bot:
            forms = [{"usage": form.usage, "does": form.does} for form in COMMANDS]
            feed = Feed(scene, health=bot.problems, commands=forms)
            async with _served(feed, port) as address:
                say(f"The demo is at {address}")
                if open_browser and can_be_stopped:
                    await asyncio.to_thread(_open_in_browser, address)
                if can_be_stopped:
                    say("Ctrl+C ends it.")
                    await stop.wait()
                else:
                    await _until_nobody_looks(feed, stop, visitor_seconds)
                    if otherwise is not None and not stop.is_set():
                        await otherwise()
                        await _until_nobody_looks(feed, stop, visitor_seconds)


@contextlib.asynccontextmanager
async def _served(feed: Feed, port: int | None) -> AsyncIterator[str]:
    async with contextlib.AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(
                serving_page(feed, USUAL_PORT if port is None else port)
            )
        except OSError as error:
            if port is not None:
                raise StartupError(
                    f"--port: cannot listen on {HOST}:{port} ({error.strerror}); choose another."
                ) from None
            address = await stack.enter_async_context(serving_page(feed))
        yield address


async def _until_nobody_looks(feed: Feed, stop: asyncio.Event, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    last_seen = loop.time()
    while not stop.is_set() and loop.time() - last_seen < seconds:
        if feed.readers:
            last_seen = loop.time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await stop.wait()


def _open_in_browser(address: str) -> None:
    with contextlib.suppress(webbrowser.Error):
        browser = webbrowser.get()
        # A browser within the terminal would take the terminal over.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(address)


@contextlib.asynccontextmanager
async def _bot_on(stage: Stage, live_edit_seconds: float) -> AsyncIterator[Bot]:
    """The bot on this stage, started, with a database that goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="qarun-demo-") as directory:
        settings = given_settings(
            {
                **stage.settings(),
                "QARUN_POLL_MIN_SECONDS": str(POLL_SECONDS),
                "QARUN_POLL_MAX_SECONDS": str(POLL_SECONDS),
                "QARUN_DATABASE_URL": f"sqlite:///{Path(directory) / 'demo.db'}",
            }
        )
        async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
            await database.migrate()
            bot = Bot(settings, database, live_edit_seconds=live_edit_seconds)
            ended = asyncio.Event()
            running = asyncio.create_task(bot.run(ended), name="bot")
            try:
                yield bot
            finally:
                ended.set()
                await running
                await bot.close()
