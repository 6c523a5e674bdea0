"""The README's screenshots of the demo's page: `python -m docs.screenshots` (`make screenshots`).

A visitor does in the real demo what a newcomer would, once by day and once by night. Needs
Chromium and an emoji font.
"""

import asyncio
import re
import sys
from pathlib import Path

from playwright.async_api import expect

from tests.e2e.browser import NoBrowserError, Visitor, visiting

DIRECTORY = Path(__file__).parent
SHOTS = tuple(DIRECTORY / f"demo-{scheme}.png" for scheme in ("light", "dark"))
MOST_BYTES = 300_000
_VIEW = {"width": 1320, "height": 800}


async def visit(visitor: Visitor) -> None:
    """A run in progress, one that has failed, and a question in its thread."""
    await visitor.type("/qarun Bq7Tz")
    report = visitor.message("Run Bq7Tz failed")
    await expect(report).to_be_visible()
    await visitor.type("/qarun Rc4Lm")
    slider = visitor.page.get_by_label("Speed of time")
    for _ in range(2):
        await slider.press("ArrowRight")
    progress = re.compile(r"\b[4-9] of 24 test cases finished")
    await expect(visitor.message("Run Rc4Lm")).to_contain_text(progress)
    await report.hover()
    await visitor.button("Reply", report).click()
    await visitor.type("why did guest checkout fail?", thread=True)
    answer = visitor.message("Pay now", thread=True)
    await expect(answer).to_contain_text("stayed grey")
    await visitor.page.mouse.move(2, 2)
    await visitor.page.evaluate("document.activeElement.blur()")
    await visitor.page.locator("#conversation .scroll").evaluate("it => it.scrollTo(0, 1e6)")


async def shoot() -> None:
    """Write the screenshots.

    Raises:
        NoBrowserError: there is no Chromium.
        ValueError: one is too large for a README.
    """
    for target in SHOTS:
        scheme = target.stem.removeprefix("demo-")
        async with visiting(viewport=_VIEW, color_scheme=scheme, locale="en-US") as visitor:
            await visit(visitor)
            await visitor.page.screenshot(path=target)
        size = target.stat().st_size
        print(f"{target.name}: {size:,} bytes")
        if size > MOST_BYTES:
            raise ValueError(f"{target.name} has more than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    try:
        asyncio.run(shoot())
    except NoBrowserError as error:
        sys.exit(f"No screenshots: {error}.")
