"""Whether the bot can tell a conversation anything."""

from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import SlackError
from bot.services.ports import DirectMessages
from bot.slack.web_errors import error_code


class Membership(StrEnum):
    """What stands between the bot and a conversation, if anything does."""

    MEMBER = "member"
    MISSING = "missing"
    """It is not there, or the conversation is private and it cannot even see it."""
    ARCHIVED = "archived"
    UNKNOWN = "unknown"
    """Slack did not say."""


class Memberships:
    """Asks Slack."""

    def __init__(self, client: AsyncWebClient, direct: DirectMessages) -> None:
        self._client = client
        self._direct = direct

    async def of(self, channel: str, *, user: str) -> Membership:
        """The bot's membership in a conversation; `user` is who asks, for direct messages."""
        try:
            if channel.startswith("D"):
                # Only the conversation with this very person can be the bot's own.
                is_ours = await self._direct.open_direct(user) == channel
                return Membership.MEMBER if is_ours else Membership.MISSING
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            is_hidden = error_code(error) == "channel_not_found"
            return Membership.MISSING if is_hidden else Membership.UNKNOWN
        except (SlackError, aiohttp.ClientError, TimeoutError):
            return Membership.UNKNOWN
        shown = answer.get("channel") or {}
        if shown.get("is_archived"):
            return Membership.ARCHIVED
        return Membership.MEMBER if shown.get("is_member") else Membership.MISSING
