"""The demo's page for those who do not see it, do not use a mouse, or use a phone.

axe-core finds what can be found by rules; the keyboard, the focus and what is announced are tested
by hand.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests import npm
from tests.e2e.browser import PHONE, NoBrowserError, Visitor, visiting

AXE = "axe-core@4.14.1"
SUGGESTION = ".start .suggestion:nth-child(2)"
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's source."""
    try:
        modules = npm.install(AXE, "axe")
    except npm.NotInstalledError as error:
        pytest.skip(str(error))
    return (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(params=["light", "dark"])
async def visitor(request: pytest.FixtureRequest) -> AsyncIterator[Visitor]:
    async with arrived(color_scheme=request.param) as person:
        yield person


@pytest.fixture
async def on_a_phone() -> AsyncIterator[Visitor]:
    async with arrived(viewport=PHONE, has_touch=True) as person:
        yield person


@contextlib.asynccontextmanager
async def arrived(**options: Any) -> AsyncIterator[Visitor]:
    try:
        async with visiting(reduced_motion="reduce", **options) as person:
            yield person
    except NoBrowserError as error:
        pytest.skip(str(error))


async def grave_findings(visitor: Visitor, axe: str) -> list[str]:
    """What axe-core calls serious or critical, a line each."""
    await visitor.page.evaluate(axe)
    result = await visitor.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert result["passes"], "axe-core did not look at anything"
    return [
        f"{found['id']}: {node['html'][:200]} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


async def test_no_part_of_the_page_has_a_grave_violation(visitor: Visitor, axe: str) -> None:
    page = visitor.page
    assert await grave_findings(visitor, axe) == []

    await visitor.type("/qarun nonsense at all")
    await visitor.type("/qarun Bq7Tz")
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()
    await visitor.message("Run Bq7Tz failed").hover()
    await visitor.button("Reply", visitor.message("Run Bq7Tz failed")).click()
    await visitor.type("what failed?", thread=True)
    await expect(visitor.message("Guest checkout", thread=True)).to_be_visible()
    await page.get_by_role("switch", name="QA.tech is down").check(force=True)
    await expect(page.locator("#banner")).to_be_visible()
    await page.locator("#inspector-toggle").click()
    await page.locator(".entry").first.click()
    await page.locator("#conversation textarea").fill("/qarun ")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert await grave_findings(visitor, axe) == []

    await page.keyboard.press("Escape")
    await visitor.button("Repair").click()
    await page.locator("#inspector-toggle").click()
    await visitor.button("More actions", visitor.message("Run Bq7Tz failed", thread=True)).click()
    assert await grave_findings(visitor, axe) == []

    await page.keyboard.press("Escape")
    await visitor.button("Accessibility", visitor.message("Run Bq7Tz", thread=True)).click()
    await expect(visitor.modal().get_by_role("combobox")).to_be_visible()
    assert await grave_findings(visitor, axe) == []

    await page.keyboard.press("Escape")
    await expect(visitor.modal()).to_have_count(0)
    await page.locator("#conversation textarea").fill("")  # what was begun above
    await visitor.type("/qarun alerts")
    await expect(visitor.button("Save", visitor.modal())).to_be_visible()
    assert await grave_findings(visitor, axe) == []

    await page.keyboard.press("Escape")
    await expect(visitor.modal()).to_have_count(0)
    await visitor.button("qarun").click()
    await expect(page.get_by_label("Look up a run")).to_be_visible()
    assert await grave_findings(visitor, axe) == []


async def test_a_phone_shows_one_part_at_a_time_and_nothing_beside_it(
    on_a_phone: Visitor, axe: str
) -> None:
    page = on_a_phone.page
    for pane, seen in (("QA.tech", "#runs"), ("Requests", "#entries"), ("Slack", "textarea")):
        await page.locator("#panes button", has_text=pane).click()
        await expect(page.locator(seen).first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert await grave_findings(on_a_phone, axe) == []
    await on_a_phone.type("/qarun Bq7Tz")
    await on_a_phone.button("Failed cases").click()
    await expect(on_a_phone.modal()).to_contain_text("Guest checkout")
    box = await on_a_phone.modal().bounding_box()
    assert box is not None
    assert box["width"] <= PHONE["width"]
    await on_a_phone.button("Close", on_a_phone.modal()).last.click()
    await on_a_phone.button("Reply").click()
    await expect(page.locator("#thread textarea")).to_be_visible()
    await expect(page.locator("#conversation")).to_be_hidden()


async def test_everything_of_a_visit_can_be_done_by_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    await page.keyboard.press("Tab")
    assert await visitor.focused() == "Skip to the conversation"
    await page.keyboard.press("Enter")
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate(f"document.activeElement.matches({SUGGESTION!r})"):
            break
    await page.keyboard.press("Enter")
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()
    button = visitor.button("Failed cases")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(visitor.modal()).to_contain_text("Guest checkout")
    for _ in range(12):  # the focus stays in the window
        await page.keyboard.press("Tab")
        # Between its last and its first element the browser's own buttons have their turn.
        assert await page.evaluate("document.activeElement.matches('body, dialog *')")
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()


async def test_what_is_new_is_announced_once(visitor: Visitor) -> None:
    await visitor.page.evaluate(
        """() => {
            window.heard = [];
            const live = document.getElementById("live");
            new MutationObserver((changes) => {
                for (const change of changes)
                    for (const node of change.addedNodes) window.heard.push(node.textContent);
            }).observe(live, { childList: true });
        }"""
    )
    await visitor.page.get_by_label("Speed of time").press("End")
    await visitor.type("/qarun UkxK")
    await expect(visitor.message("Run UkxK passed")).to_be_visible()
    await expect(visitor.button("1 reply")).to_be_visible()
    heard = await visitor.page.evaluate("window.heard")
    assert sum("is in progress" in line for line in heard) <= 1
    assert any("Run UkxK passed" in line for line in heard)
    assert len(heard) == len(set(heard))
