"""Who may do something: everyone, the people who are named, the members of user groups."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Workspace, serving_slack
from bot.serving import listen
from bot.slack.permissions import AllowedPeople


@pytest.fixture
async def client() -> AsyncIterator[tuple[Workspace, AsyncWebClient]]:
    slack = Workspace()
    async with (
        serving_slack(slack, listen("127.0.0.1", 0)) as url,
        aiohttp.ClientSession() as session,
    ):
        yield (
            slack,
            AsyncWebClient(token=slack.bot_token, base_url=url, session=session, retry_handlers=[]),
        )


async def test_everyone_may_where_nobody_is_named(
    client: tuple[Workspace, AsyncWebClient],
) -> None:
    assert await AllowedPeople(client[1], None).include("U1")
    assert not await AllowedPeople(client[1], []).include("U1")
    assert await AllowedPeople(client[1], ["U1"]).include("U1")
    assert not await AllowedPeople(client[1], ["U1"]).include("U2")


async def test_the_members_of_a_group_may_and_are_remembered_for_a_while(
    client: tuple[Workspace, AsyncWebClient],
) -> None:
    slack, web = client
    ada, ben = slack.add_user("ada"), slack.add_user("ben")
    group = slack.add_usergroup("testers", [ada])
    moment = [0.0]
    permissions = AllowedPeople(web, [group.id], clock=lambda: moment[0])
    assert await permissions.include(ada.id)
    assert not await permissions.include(ben.id)
    assert len(slack.calls) == 1
    moment[0] = 301.0
    slack.faults.add("usergroups.users.list", "error", error="internal_error")
    assert await permissions.include(ada.id), "those who are known stay known"
    assert len(slack.calls) == 2


async def test_a_group_that_slack_does_not_tell_lets_nobody_in(
    client: tuple[Workspace, AsyncWebClient],
) -> None:
    slack, web = client
    slack.faults.add("usergroups.users.list", "error", error="missing_scope")
    assert not await AllowedPeople(web, ["S404"]).include("U1")
