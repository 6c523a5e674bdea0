"""What `qarun doctor` asks Slack."""

from collections.abc import Iterable
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity, fetch_identity
from bot.slack.scopes import SCOPES
from bot.slack.web_errors import Refusal, describe, refusal

_FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Failed:
    """Why Slack did not do what it was asked; `is_refusal` when it answered that it will not."""

    why: str
    is_refusal: bool


async def examine_bot_token(client: AsyncWebClient) -> Identity | Failed:
    """Who the bot is, or why Slack does not say."""
    try:
        return await fetch_identity(client)
    except _FAILURES as error:
        return _failed(error)


async def examine_app_token(client: AsyncWebClient, app_token: str) -> Failed | None:
    """Why a socket cannot be opened; None when it can."""
    try:
        await client.apps_connections_open(app_token=app_token)
    except _FAILURES as error:
        return _failed(error)
    return None


def missing_scopes(identity: Identity) -> list[str]:
    """The scopes that the token lacks; none where Slack did not name those it has."""
    if identity.scopes is None:
        return []
    return [scope for scope in SCOPES if scope not in identity.scopes]


async def examine_channels(client: AsyncWebClient, channels: Iterable[str]) -> dict[str, str]:
    """The channels that the bot cannot post in as a member, each with why not.

    Its own direct messages (`D…`) are not asked for: it is in them, and may not read of them.
    """
    found = {}
    for channel in channels:
        if channel.startswith("D"):
            continue
        try:
            answer = await client.conversations_info(channel=channel)
        except _FAILURES as error:
            found[channel] = describe(error)
            continue
        info = answer.get("channel") or {}
        if info.get("is_archived"):
            found[channel] = "it is archived"
        elif not info.get("is_member"):
            found[channel] = "the bot is not a member"
    return found


def _failed(error: Exception) -> Failed:
    return Failed(describe(error), refusal(error) in {Refusal.OPERATOR, Refusal.FINAL})
