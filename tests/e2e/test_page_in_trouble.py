"""The demo's page where something is broken, hostile or foreign."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from bot.playground.page_guard import HEADERS
from tests.e2e.browser import NoBrowserError, Visitor, visiting


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    try:
        async with visiting() as person:
            yield person
            assert not person.complaints
    except NoBrowserError as error:
        pytest.skip(str(error))


async def test_the_bot_copes_while_qatech_is_down(visitor: Visitor) -> None:
    await visitor.page.locator(".start .suggestion", has_text="Break QA.tech").click()
    await expect(visitor.page.locator("#banner")).to_contain_text("QA.tech is down")
    live = visitor.message("Run Rc4Lm")
    await expect(live).to_contain_text("waiting for QA.tech")
    await visitor.button("Repair").click()
    await expect(live).to_contain_text("is in progress")
    await expect(visitor.page.locator("#banner")).to_be_hidden()
    await expect(visitor.page.locator("#hint")).to_contain_text("nothing was lost")


async def test_a_cut_socket_is_told_and_comes_back(visitor: Visitor) -> None:
    switch = visitor.page.get_by_role("switch", name="The socket is cut")
    await switch.check(force=True)
    await expect(visitor.page.locator("#health")).to_contain_text("the socket is closed")
    await visitor.type("/qarun UkxK")
    await expect(visitor.page.locator(".toast")).to_contain_text("dispatch_failed")
    await switch.uncheck(force=True)
    await expect(visitor.page.locator("#health")).to_have_text("Bot is ready")
    await visitor.type("")  # what was refused still stands in the box
    await expect(visitor.message("Run UkxK")).to_contain_text("is in progress")


async def test_slack_in_a_hurry_delays_what_is_told_and_loses_nothing(visitor: Visitor) -> None:
    await visitor.page.get_by_role("switch", name="Slack says 429").check(force=True)
    await visitor.type("/qarun Bq7Tz")
    await visitor.page.locator("#inspector-toggle").click()
    await expect(visitor.page.locator(".note.bad").first).to_contain_text("429 ratelimited")
    await visitor.button("Repair").click()
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()


async def test_hostile_words_are_shown_and_do_nothing(visitor: Visitor) -> None:
    """The monster's names, and what a person types; the policy would stop it a second time."""
    await visitor.type("/qarun M9nstr")
    report = visitor.message("Run M9nstr failed")
    await expect(report).to_contain_text("<!channel> everybody look")
    await visitor.type("<img src=x onerror=document.title='gone'><script>1</script>")
    await expect(visitor.message("<img src=x")).to_be_visible()
    assert await visitor.page.title() == "qarun demo"
    assert await visitor.page.locator("main :is(img, script, iframe, style)").count() == 0
    assert await report.locator(".mention.loud").count() == 0
    hrefs = await report.locator("a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(hrefs) <= {"https:"}
    with pytest.raises(Exception, match="TrustedHTML"):
        await visitor.page.evaluate("document.body.innerHTML = '<b>x</b>'")
    assert "TrustedHTML" in visitor.complaints.pop()


async def test_nothing_is_fetched_from_elsewhere(visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    await visitor.page.reload()
    await expect(visitor.page.locator(".start")).to_be_visible()
    assert asked
    assert all(url.startswith(visitor.address) for url in asked)
    answer = await visitor.page.request.get(visitor.address)
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
