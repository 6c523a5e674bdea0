"""A browser at the demo's page: Debian's Chromium, driven by Playwright."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    async_playwright,
    expect,
)

from bot.demo import show_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 20_000
"""For what must happen; far more than it takes, for busy machines."""
expect.set_options(timeout=PATIENCE_MS)
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


class NoBrowserError(Exception):
    """There is no Chromium on this machine; `str(error)` says so."""


@dataclass
class Visitor:
    """A person at the page.

    Attributes:
        complaints: what the page's scripts and the browser's policy complained of.
    """

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", self._crashed)
        self.page.on("console", self._complained)

    def _crashed(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _complained(self, message: ConsoleMessage) -> None:
        # A refused action answers with a status that the browser logs; the page tells the person.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.complaints.append(message.text)

    async def arrive(self) -> None:
        """Open the page and wait until it can be used."""
        await self.page.goto(self.address)
        await self.page.locator(".start").wait_for()

    async def type(self, text: str, *, thread: bool = False) -> None:
        """Type a line into the message box, key by key, and send it."""
        box = self.page.locator("#thread textarea" if thread else "#conversation textarea")
        await box.press_sequentially(text)
        await box.press("Escape")  # what is suggested is not wanted
        await box.press("Enter")

    def message(self, words: str, *, thread: bool = False) -> Locator:
        """The newest message with these words, in the channel or in the thread."""
        pane = "#thread" if thread else "#conversation"
        return self.page.locator(f"{pane} li.message", has_text=words).last

    def modal(self) -> Locator:
        return self.page.locator("dialog[open]").last

    def button(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page.locator("body")).get_by_role("button", name=name, exact=True)

    async def focused(self) -> str:
        """The text of what has the focus."""
        return str(await self.page.evaluate("document.activeElement.textContent"))


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser without windows.

    Raises:
        NoBrowserError: there is none.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise NoBrowserError(f"none of {', '.join(BROWSERS)} is on this machine")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield chromium
        finally:
            await chromium.close()


@contextlib.asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """`qarun demo --no-browser` in this process; yields the page's address."""
    said: asyncio.Queue[str] = asyncio.Queue()
    stop = asyncio.Event()
    task = asyncio.create_task(
        show_page(stop, port=0, open_browser=False, can_be_stopped=True, say=said.put_nowait),
        name="demo",
    )
    first = asyncio.create_task(said.get(), name="address")
    await asyncio.wait({task, first}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        first.cancel()
        await task
    try:
        yield (await first).rpartition(" ")[2]
    finally:
        stop.set()
        await task


@contextlib.asynccontextmanager
async def visiting(**options: Any) -> AsyncIterator[Visitor]:
    """A person who has just opened the demo's page; options are those of Playwright's context.

    Raises:
        NoBrowserError: there is no Chromium.
    """
    async with browser() as chromium, demo() as address:
        context = await chromium.new_context(**{"viewport": DESK, **options})
        visitor = Visitor(await context.new_page(), address)
        await visitor.arrive()
        yield visitor
