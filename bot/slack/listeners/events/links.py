"""Links to runs: `link_shared` gets a preview, and what a message links to is watched."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.watch import TrackedRun
from bot.services.linking import Linked, LinkReason, LinkService
from bot.services.ports import Clock
from bot.services.watching import Looked
from bot.slack.blocks.unfurl import unfurl
from bot.slack.listeners.trouble import explain
from bot.slack.mentioned import mentioned_in
from bot.slack.web_errors import describe

_TROUBLE = frozenset({LinkReason.NOT_FOUND, LinkReason.REFUSED, LinkReason.UNVERIFIED})

_log = structlog.stdlib.get_logger("qarun.slack")


class LinkListener:
    """Nobody asked: whatever goes wrong is logged, and never said in the channel."""

    def __init__(self, client: AsyncWebClient, links: LinkService, clock: Clock) -> None:
        self._client = client
        self._links = links
        self._clock = clock
        self._failing: str | None = None

    def register(self, app: AsyncApp) -> None:
        app.event("link_shared")(self.listen)

    async def listen(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Preview the links of a message; not while it is being written, where no rule is known.

        The bot's own messages say more than a preview does.
        """
        channel, ts = str(event.get("channel", "")), str(event.get("message_ts", ""))
        is_own = bool(event.get("user")) and event["user"] == context.bot_user_id
        if event.get("source") == "composer" or is_own or not channel or not ts:
            return
        urls = [
            str(link["url"])
            for link in event.get("links") or ()
            if isinstance(link, dict) and link.get("url")
        ]
        try:
            previews = await self._links.previews(urls, channel)
            why = None if previews.error is None else str(previews.error)
            if previews.runs:
                await self._unfurl(channel, ts, previews.runs)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            why = describe(error)
        except Exception as error:  # noqa: BLE001 - the edge: one message must not stop the rest
            explain(error, "links_crashed", channel=channel)
            return
        self._note(channel, why)

    async def hear(self, event: Mapping[str, Any], context: AsyncBoltContext) -> None:
        """Watch the runs that a message links to, where the channel's rule says so."""
        try:
            mentioned = mentioned_in(event, bot_user=context.bot_user_id, bot_id=context.bot_id)
            for linked in () if mentioned is None else await self._links.hear(mentioned):
                _note_linked(linked, str(event.get("channel", "")))
        except Exception as error:  # noqa: BLE001 - the edge: one message must not stop the rest
            explain(error, "links_crashed", channel=event.get("channel"))

    async def _unfurl(self, channel: str, ts: str, runs: Mapping[str, Looked]) -> None:
        now = self._clock()
        unfurls = {
            url: {
                "blocks": list(
                    unfurl(TrackedRun.looked_at(one.key, one.url, one.run, now), now=now)
                )
            }
            for url, one in runs.items()
        }
        await self._client.chat_unfurl(channel=channel, ts=ts, unfurls=unfurls)

    def _note(self, channel: str, why: str | None) -> None:
        """A failure that repeats is logged once, and its end once (DESIGN §5.8)."""
        if why is not None and why != self._failing:
            _log.warning("previews_failing", channel=channel, why=why)
        if why is None and self._failing is not None:
            _log.info("previews_recovered", channel=channel)
        self._failing = why


def _note_linked(linked: Linked, channel: str) -> None:
    log = _log.warning if linked.reason in _TROUBLE else _log.info
    log("run_linked", run=str(linked.key), channel=channel, reason=linked.reason.value)
