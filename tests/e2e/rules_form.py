"""The form of a channel's rules, as a person uses it: opened, chosen in, saved."""

from typing import Any

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


async def saved(
    installation: Installation, values: dict[str, Any], where: Channel | None = None
) -> str:
    """Fill in the open form, save it, and read the confirmation."""
    place = (where or installation.qa).id
    before = len(installation.slack.ephemeral_for(installation.ada, place))
    delivery = await installation.slack.submit(installation.ada, values)
    assert delivery.acknowledged
    assert delivery.problem is None
    told = await installation.until(
        lambda: installation.slack.ephemeral_for(installation.ada, place)[before:]
    )
    return told[0].text


async def rule(installation: Installation, where: Channel | None = None, **values: Any) -> str:
    """Set the rules of a channel; the confirmation."""
    await opened(installation, where)
    return await saved(installation, values, where)
