"""The demo's page in a browser: what a newcomer does, and that it comes to what it should."""

import json
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.e2e.browser import NoBrowserError, Visitor, visiting


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    try:
        async with visiting(permissions=["clipboard-read", "clipboard-write"]) as person:
            yield person
            assert not person.complaints
    except NoBrowserError as error:
        pytest.skip(str(error))


async def speed_up(visitor: Visitor, steps: int = 3) -> None:
    slider = visitor.page.get_by_label("Speed of time")
    for _ in range(steps):
        await slider.press("ArrowRight")


async def ask_about_last_night(visitor: Visitor) -> None:
    await visitor.type("/qarun Bq7Tz")
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()


async def test_a_run_is_asked_for_followed_live_and_told_in_its_thread(visitor: Visitor) -> None:
    await visitor.type("/qarun UkxK")
    live = visitor.message("Run UkxK")
    await expect(live).to_contain_text("is in progress")
    await expect(live).to_contain_text(re.compile(r"[1-7] of 8 test cases finished"))
    await speed_up(visitor)
    await expect(live.get_by_role("heading")).to_have_text("✅ Run UkxK passed")
    await expect(live).to_contain_text("(edited)")
    await visitor.button("1 reply").click()
    await expect(visitor.page.locator("#thread li.message")).to_have_count(2)
    await expect(visitor.message("passed", thread=True)).to_contain_text("@ada")


async def test_a_failed_run_is_told_to_the_channel_too(visitor: Visitor) -> None:
    await speed_up(visitor, 5)
    await visitor.type("/qarun Rc4Lm")
    told = visitor.message("replied to a thread")
    await expect(told).to_contain_text("Rc4Lm")
    await told.locator(".broadcast button").click()
    reply = visitor.page.locator("#thread li.message").last
    await expect(reply).to_contain_text("Also sent to the channel")


async def test_commands_and_runs_complete_in_the_message_box(visitor: Visitor) -> None:
    box = visitor.page.locator("#conversation textarea")
    options = visitor.page.get_by_role("option")
    await box.press_sequentially("/")
    await expect(options.filter(has_text="/qarun failed <run>")).to_be_visible()
    await box.press_sequentially("qarun iss")
    await box.press("Tab")
    await expect(box).to_have_value("/qarun issues ")
    await box.press_sequentially("Bq")
    await box.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await box.press("Enter")
    await expect(box).to_have_value("/qarun issues Bq7Tz")
    await box.press_sequentially(" c")
    await box.press("Tab")
    await expect(box).to_have_value("/qarun issues Bq7Tz console")
    await box.press("Enter")
    answer = visitor.page.locator("li.message.ephemeral").last
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("console issues")
    await visitor.button("Dismiss", answer).click()
    await expect(answer).to_have_count(0)


async def test_the_failed_cases_open_with_details_on_top_and_give_the_focus_back(
    visitor: Visitor,
) -> None:
    await ask_about_last_night(visitor)
    await visitor.button("Failed cases").click()
    await expect(visitor.modal()).to_contain_text("Guest checkout with a card")
    await visitor.button("Next page", visitor.modal()).click()
    await expect(visitor.modal()).to_contain_text("Page 2 of 2")
    await visitor.button("Previous page", visitor.modal()).click()
    guest = "Details of Guest checkout with a card"
    await visitor.button(guest, visitor.modal()).click()
    await expect(visitor.modal().get_by_role("heading")).to_have_text("Test case")
    await expect(visitor.modal()).to_contain_text("A guest cannot finish an order.")
    await visitor.button("Back", visitor.modal()).click()
    await expect(visitor.modal().get_by_role("heading")).to_have_text("Failed cases")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.locator("dialog")).to_have_count(0)
    assert await visitor.focused() == "Failed cases"


async def test_the_accessibility_issues_can_be_filtered_by_severity(visitor: Visitor) -> None:
    await ask_about_last_night(visitor)
    await visitor.button("Accessibility").click()
    await expect(visitor.modal()).to_contain_text("Heading levels")
    await visitor.modal().get_by_role("combobox").select_option("critical")
    await expect(visitor.modal()).to_contain_text("Shown: critical only")
    await expect(visitor.modal()).not_to_contain_text("Heading levels")


async def test_a_question_in_the_thread_is_answered_and_a_choice_is_pressed(
    visitor: Visitor,
) -> None:
    await ask_about_last_night(visitor)
    await visitor.message("Run Bq7Tz failed").hover()
    await visitor.button("Reply").click()
    await visitor.type("why did checkout fail?", thread=True)
    await visitor.button("1. Guest checkout with a card").click()
    await expect(visitor.message("“Pay now” stayed grey", thread=True)).to_be_visible()
    await visitor.button("thanks!").click()
    await expect(visitor.page.locator("#thread .reaction")).to_be_visible()


async def test_a_rerun_is_confirmed_and_followed_in_the_thread(visitor: Visitor) -> None:
    await ask_about_last_night(visitor)
    await visitor.button("Rerun failed").click()
    await visitor.button("Cancel", visitor.modal()).click()
    await visitor.button("Rerun failed").click()
    wanted = visitor.modal().get_by_role("button", name=re.compile(r"Rerun \d test cases"))
    await wanted.click()
    await visitor.button("1 reply").or_(visitor.button("2 replies")).click()
    await expect(visitor.message("is in progress", thread=True)).to_be_visible()
    await expect(visitor.page.locator("#runs li", has_text="Rerun")).to_be_visible()


async def test_the_menu_of_a_message_works_by_keyboard(visitor: Visitor) -> None:
    await ask_about_last_night(visitor)
    await visitor.button("More actions").press("Enter")
    await visitor.page.keyboard.press("ArrowDown")
    assert await visitor.focused() == "Copy the run's ID"
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.message("The ID of this run")).to_contain_text("Bq7Tz")


async def test_the_home_shows_what_is_watched_and_looks_up_a_run(visitor: Visitor) -> None:
    await visitor.type("/qarun UkxK")
    await expect(visitor.message("Run UkxK")).to_be_visible()
    await visitor.button("qarun").click()
    home = visitor.page.locator("#home")
    await expect(home).to_contain_text("Watched for you")
    await expect(home).to_contain_text("UkxK")
    field = home.get_by_label("Look up a run")
    await field.fill("Bq7Tz")
    await field.press("Enter")
    await expect(visitor.modal()).to_contain_text("Run Bq7Tz failed")


async def test_a_modal_is_filled_in_and_submitted(visitor: Visitor) -> None:
    await visitor.type("/qarun alerts")
    await expect(visitor.modal().get_by_role("heading").first).to_have_text("Alerts")
    await visitor.modal().get_by_label("What is news").select_option(index=2)
    await (
        visitor.modal().get_by_label("When a test case of this name newly fails").fill("*checkout*")
    )
    await visitor.modal().get_by_label("@ben").check()
    await visitor.modal().get_by_label("Mute all alerts until").fill("2030-01-02T03:04")
    await visitor.button("Another row", visitor.modal()).click()
    # The bot has shown the view anew, and has heard what was filled in before.
    await expect(visitor.modal().get_by_label("2. Mention these people")).to_be_visible()
    await expect(visitor.modal().get_by_label("@ben").first).to_be_checked()
    await visitor.button("Save", visitor.modal()).click()
    told = visitor.page.locator("li.message.ephemeral").last
    await expect(told).to_contain_text("The rules of #qa are set.")
    await expect(told).to_contain_text("differently from the one before")
    await expect(told).to_contain_text("@ben")
    await expect(told).to_contain_text("3:04")


async def test_a_run_of_ones_own_is_made_and_asked_for(visitor: Visitor) -> None:
    form = visitor.page.locator(".own-run")
    for label, number in (("Test cases", 5), ("Failures", 6), ("Seconds", 2)):
        await form.get_by_label(label).fill(str(number))
    await visitor.button("Begin and ask").click()
    await expect(visitor.page.locator(".toast")).to_contain_text("Choose 0 to 5 failures.")
    await form.get_by_label("Failures").fill("1")
    await visitor.button("Begin and ask").click()
    own = visitor.page.locator("#runs li", has_text="Your run")
    report = visitor.message(f"Run {await own.locator('code').inner_text()}")
    await expect(report).to_contain_text("5 test cases: 1 failed")


async def test_every_request_is_shown_and_its_blocks_can_be_copied(visitor: Visitor) -> None:
    await ask_about_last_night(visitor)
    await visitor.page.locator("#inspector-toggle").click()
    await visitor.page.get_by_label("Which requests").select_option("qatech")
    asked = visitor.page.locator(".entry:visible", has_text="GET /v1/run/Bq7Tz").first
    await asked.click()
    await expect(visitor.page.locator("#detail pre")).to_contain_text('"method": "GET"')
    await visitor.page.get_by_label("Which requests").select_option("slack")
    await visitor.page.locator(".entry:visible", has_text="chat.postMessage").first.click()
    await visitor.button("Copy blocks", visitor.page.locator("#detail")).click()
    await expect(visitor.page.locator(".toast")).to_contain_text("Blocks copied")
    copied = json.loads(await visitor.page.evaluate("navigator.clipboard.readText()"))
    assert copied["blocks"][0]["text"]["text"] == "❌ Run Bq7Tz failed"


async def test_the_bot_is_invited_where_it_is_not(visitor: Visitor) -> None:
    await visitor.page.locator("#places button", has_text="random").click()
    await expect(visitor.page.locator(".heading").first).to_contain_text("is not here")
    await visitor.type("/invite @qarun")
    await expect(visitor.page.locator(".heading").first).to_contain_text("@qarun is here")
    await visitor.type("/qarun Bq7Tz")
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()


async def test_a_reload_shows_what_was_there(visitor: Visitor) -> None:
    await ask_about_last_night(visitor)
    await visitor.page.reload()
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()
