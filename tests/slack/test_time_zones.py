"""The time zone of a person, as far as Slack tells it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Workspace, serving_slack
from bot.serving import listen
from bot.slack.time_zones import TimeZones


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    workspace = Workspace()
    async with serving_slack(workspace, listen("127.0.0.1", 0)):
        yield workspace


def zones(slack: Workspace) -> TimeZones:
    return TimeZones(
        AsyncWebClient(token=slack.bot_token, base_url=f"{slack.base_url}/api/", retry_handlers=[])
    )


async def test_it_is_the_one_in_the_persons_profile(slack: Workspace) -> None:
    ada = slack.add_user("ada")
    slack.users[ada.id] = replace(ada, time_zone="America/New_York")
    assert await zones(slack).of(ada.id) == "America/New_York"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus"])
async def test_one_that_is_missing_or_unknown_is_utc(slack: Workspace, zone: str) -> None:
    ada = slack.add_user("ada")
    slack.users[ada.id] = replace(ada, time_zone=zone)
    assert await zones(slack).of(ada.id) == "UTC"


async def test_where_slack_does_not_tell_it_is_utc(slack: Workspace) -> None:
    assert await zones(slack).of("U0NOBODY") == "UTC"
    ada = slack.add_user("ada")
    slack.scopes.discard("users:read")
    assert await zones(slack).of(ada.id) == "UTC"
    slack.faults.add("users.info", "drop")
    assert await zones(slack).of(ada.id) == "UTC"
