"""`/qarun alerts`: the rules of a channel are shown, tried, refused, saved and obeyed."""

import time

from bot.playground.qatech_script import Case, Script
from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Channel
from tests.e2e.rules_form import choose, opened, saved, words
from tests.e2e.stage import Installation, report_of, whole_text


async def ended(installation: Installation, *runs: str) -> None:
    """Two runs that have been told in another channel, the first failed, the second passed."""
    elsewhere = installation.channel("elsewhere")
    for number, run in enumerate(runs):
        make = three_failed if number == 0 else all_passed
        installation.stage.qatech.add(make(run, duration=100 + number))
        await installation.type(run, where=elsewhere)
        await installation.live(run, elsewhere)
        installation.runs.step(101 + number)
        await installation.told(run, elsewhere)


async def test_the_rules_are_tried_saved_and_obeyed(everywhere: Installation) -> None:
    await ended(everywhere, "Fail1", "Pass1")
    view = await opened(everywhere)
    assert "Nobody has set rules" in words(view)
    await everywhere.slack.press_in_view(view, "notify_on", "all")
    await everywhere.until(lambda: "2 of the last 2 runs" in words(view))
    choose(view, "notify_on", "failures")
    await everywhere.slack.press_in_view(view, "rules_preview")
    await everywhere.until(lambda: "1 of the last 2 runs" in words(view))
    confirmation = await saved(everywhere, {"notify_on": "all"})
    assert "are set" in confirmation
    assert "Every run that ends" in confirmation
    await ended_again(everywhere)
    report = await everywhere.told("Pass2")
    assert "passed" in report.text


async def ended_again(installation: Installation) -> None:
    elsewhere = next(c for c in installation.slack.channels.values() if c.name == "elsewhere")
    installation.stage.qatech.add(all_passed("Pass2", duration=100))
    await installation.type("Pass2", where=elsewhere)
    await installation.live("Pass2", elsewhere)
    installation.runs.step(101)


async def test_what_is_muted_is_not_told_and_messages_say_so(installation: Installation) -> None:
    await opened(installation)
    await saved(installation, {"notify_on": "all"})
    told = await installation.answer_to("mute 2h")
    assert "Alerts here are muted until" in told.text
    await ended(installation, "Fail1")
    assert "muted until" in (await installation.answer_to("list")).text
    await installation.type("Fail1")
    report = await installation.told("Fail1")
    assert "Alerts here are muted until" in report.text
    assert "muted" in (await installation.answer_to("unmute")).text
    assert "Nothing is muted" in (await installation.answer_to("unmute")).text
    await ended_again(installation)
    assert "muted" not in (await installation.told("Pass2")).text


async def test_a_muted_test_case_is_no_news_until_it_is_unmuted(installation: Installation) -> None:
    await opened(installation)
    await saved(installation, {"notify_on": "failures"})
    elsewhere = installation.channel("elsewhere")
    await fails(installation, "One1", elsewhere)
    await installation.told("One1")
    muted = await installation.answer_to("mute checkout 3d")
    assert "Muted test cases: Checkout until" in muted.text
    await fails(installation, "One2", elsewhere)
    assert "is news again" in (await installation.answer_to("unmute CHECKOUT")).text
    await fails(installation, "One3", elsewhere)
    await installation.told("One3")
    assert report_of("One2", installation.qa) is None


async def fails(installation: Installation, run: str, where: Channel) -> None:
    """A run whose only test case, “Checkout”, fails; asked for and told there."""
    checkout = Case("Checkout", result="FAILED", error_code="TEST_FAILED")
    installation.stage.qatech.add(Script(run, (checkout,), duration=100))
    await installation.type(run, where=where)
    await installation.live(run, where)
    installation.runs.step(101)
    await installation.told(run, where)


async def test_what_is_wrong_in_the_form_is_said_at_its_field(installation: Installation) -> None:
    view = await opened(installation)
    over = int(time.time()) - 60
    delivery = await installation.slack.submit(
        installation.ada, {"pattern_1": "*checkout*", "muted_until": over}
    )
    assert delivery.problem is None
    assert set(view.errors) == {"people_1", "muted_until"}


async def test_rows_can_be_added_without_losing_what_was_filled_in(
    installation: Installation,
) -> None:
    group = installation.slack.add_usergroup("web-team", [installation.ben])
    view = await opened(installation)
    view.values["people_1"]["people_1"]["selected_users"] = [installation.ben.id]
    await installation.slack.press_in_view(view, "rules_row")
    await installation.until(lambda: "people_2" in view.values)
    told = await saved(
        installation, {"pattern_2": "*check*", "groups_2": [group.id], "severity_2": "major"}
    )
    assert f"<@{installation.ben.id}> when anything newly fails" in told
    assert f"<!subteam^{group.id}> when a test case like" in told
    await ended(installation, "Fail1")
    assert f"<@{installation.ben.id}>" in whole_text(await installation.told("Fail1"))


async def test_the_app_home_shows_the_rules_of_my_channels(installation: Installation) -> None:
    await opened(installation)
    await saved(installation, {"notify_on": "changes"})
    await installation.slack.open_home(installation.ada)
    home = await installation.until(lambda: installation.slack.views.homes.get(installation.ada.id))
    assert "Runs that end differently" in words(home)
    assert installation.qa.id in words(home)


async def test_who_sets_rules_where_the_bot_is_missing_is_told_so(
    installation: Installation,
) -> None:
    private = installation.channel("secret", private=True, with_bot=False)
    await opened(installation, private)
    assert "I am not in this channel" in await saved(installation, {"notify_on": "all"}, private)
