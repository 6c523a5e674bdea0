"""`/qarun alerts`: the rules of a channel are shown, tried, refused, saved and obeyed."""

from typing import Any

from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Channel
from bot.playground.slack_views import View
from tests.e2e.stage import Installation


async def opened(installation: Installation, where: Channel | None = None) -> View:
    """The form of the channel's rules, filled."""
    await installation.type("alerts", where=where)
    return await installation.until(lambda: ready(installation))


def ready(installation: Installation) -> View | None:
    """The modal on top, once it shows more than that it loads."""
    stack = installation.slack.views.modals.get(installation.ada.id)
    return stack[-1] if stack and "Loading" not in words(stack[-1]) else None


def words(view: View) -> str:
    """What its sections say."""
    return "\n".join(b["text"]["text"] for b in view.blocks if "text" in b)


def choose(view: View, name: str, value: str) -> None:
    """Choose an option in the open form, as a person does before pressing a button."""
    _, element = view.element(name)
    option = next(each for each in element["options"] if each["value"] == value)
    view.values[name][name]["selected_option"] = option


async def saved(installation: Installation, values: dict[str, Any]) -> str:
    """Fill in the open form, save it, and read the confirmation."""
    before = len(installation.slack.ephemeral_for(installation.ada, installation.qa.id))
    delivery = await installation.slack.submit(installation.ada, values)
    assert delivery.acknowledged
    assert delivery.problem is None
    told = await installation.until(
        lambda: installation.slack.ephemeral_for(installation.ada, installation.qa.id)[before:]
    )
    return told[0].text


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
    choose(view, "notify_on", "all")
    await everywhere.slack.press_in_view(view, "rules_preview")
    await everywhere.until(lambda: "2 of the last 2 runs" in words(view))
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
