"""In which time zone a person lives, as Slack tells it."""

import asyncio

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.time_zones import is_time_zone
from bot.slack.web_errors import describe

FALLBACK = "UTC"
_SECONDS = 2.0

_log = structlog.stdlib.get_logger("qarun.slack")


class TimeZones:
    """Asks Slack."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def of(self, user: str) -> str:
        """The person's time zone; UTC where Slack does not tell one in time. Never raises."""
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await self._client.users_info(user=user)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.warning("time_zone_unknown", user=user, why=describe(error))
            return FALLBACK
        name = (answer.get("user") or {}).get("tz")
        return name if isinstance(name, str) and is_time_zone(name) else FALLBACK
