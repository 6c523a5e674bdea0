"""What the doctor reads from Slack's answers, beyond what the simulated Slack gives."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Workspace, serving_slack
from bot.playground.slack_faults import FaultKind
from bot.serving import listen
from bot.slack.examination import (
    Failed,
    examine_app_token,
    examine_bot_token,
    examine_channels,
    missing_scopes,
)
from bot.slack.identity import Identity
from bot.slack.scopes import SCOPES


@pytest.fixture
def slack() -> Workspace:
    return Workspace()


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with serving_slack(slack, listen("127.0.0.1", 0)) as url:
        yield AsyncWebClient(token=slack.bot_token, base_url=url, timeout=5, retry_handlers=[])


def _identity(scopes: frozenset[str] | None) -> Identity:
    return Identity("U1", "B1", "qarun", "T1", "Team", "https://team.slack.com/", scopes)


async def test_the_bot_is_told_with_its_scopes(slack: Workspace, client: AsyncWebClient) -> None:
    identity = await examine_bot_token(client)
    assert isinstance(identity, Identity)
    assert (identity.user_id, identity.name) == (slack.bot.id, "qarun")
    assert identity.url.endswith("/")
    assert identity.scopes == frozenset(slack.scopes)


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        ("token_expired", Failed("token_expired", is_refusal=True)),
        ("not_allowed_token_type", Failed("not_allowed_token_type", is_refusal=True)),
        ("internal_error", Failed("internal_error", is_refusal=False)),
    ],
)
async def test_a_refused_token_is_told_from_a_slack_in_trouble(
    slack: Workspace, client: AsyncWebClient, error: str, failed: Failed
) -> None:
    slack.faults.add("*", FaultKind.ERROR, error=error, times=2)
    assert await examine_bot_token(client) == failed
    assert await examine_app_token(client, slack.app_token) == failed


async def test_a_connection_that_breaks_is_no_refusal(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.faults.add("*", FaultKind.DROP, times=None)
    failed = await examine_bot_token(client)
    assert isinstance(failed, Failed)
    assert not failed.is_refusal
    assert list(await examine_channels(client, ["C1"])) == ["C1"]


def test_scopes_that_slack_does_not_name_are_not_missing() -> None:
    assert missing_scopes(_identity(None)) == []
    assert missing_scopes(_identity(frozenset(SCOPES))) == []
    assert missing_scopes(_identity(frozenset())) == list(SCOPES)


async def test_the_bots_own_direct_messages_are_not_asked_for(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.scopes -= {"im:read"}
    assert await examine_channels(client, ["D00000001"]) == {}
