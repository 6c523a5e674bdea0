"""`app_home_opened`: what is watched now, and what ended last, for one person."""

from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.ports import Clock, Conversations, Rules, Watches
from bot.slack.blocks.home import home_view, problem_home
from bot.slack.blocks.rule_lines import home_rules
from bot.slack.listeners.trouble import explain
from bot.slack.web_errors import describe

_PAGE = 200
_MOST_PAGES = 10
"""Nobody waits for more than 2,000 channels to be listed."""
_MOST_RESULTS = 10

_log = structlog.stdlib.get_logger("qarun.slack")


class HomeListener:
    """Publishes the App Home whenever somebody opens it."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        watches: Watches,
        conversations: Conversations,
        rules: Rules,
        clock: Clock,
    ) -> None:
        self._client = client
        self._watches = watches
        self._conversations = conversations
        self._rules = rules
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        app.event("app_home_opened")(self.listen)

    async def listen(self, event: dict[str, Any]) -> None:
        """The tab of messages opens too; only the home tab is ours to fill."""
        user = str(event.get("user", ""))
        if event.get("tab", "home") != "home" or not user:
            return
        try:
            view = await self._view(user)
        except Exception as error:  # noqa: BLE001 - the edge: an old view would be believed
            view = problem_home(explain(error, "home_crashed"))
        try:
            await self._client.views_publish(user_id=user, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.error("home_refused", why=describe(error))

    async def _view(self, user: str) -> dict[str, Any]:
        channels = await self._channels_of(user)
        mine = await self._conversations.watches_by(user)
        ours = [
            watched
            for watched in await self._watches.watches_in(None)
            if watched.watch.channel in channels and watched.watch.asked_by != user
        ]
        rules = await self._rules.all_rules()
        my_rules = {channel: rule for channel, rule in rules.items() if channel in channels}
        return home_view(
            watched_by_me=mine,
            watched_in_my_channels=ours,
            last_results=await self._conversations.results_in(sorted(channels), _MOST_RESULTS),
            now=self._clock(),
            rules=home_rules(my_rules, self._clock()),
        )

    async def _channels_of(self, user: str) -> frozenset[str]:
        """The channels of this person; as many as Slack tells."""
        found: set[str] = set()
        cursor: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                answer = await self._client.users_conversations(
                    user=user,
                    types="public_channel,private_channel",
                    exclude_archived=True,
                    limit=_PAGE,
                    cursor=cursor,
                )
                found |= {str(channel["id"]) for channel in answer.get("channels") or ()}
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    break
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.warning("channels_unknown", why=describe(error))
        return frozenset(found)
