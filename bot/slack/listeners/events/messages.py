"""What people say: messages in threads, mentions, direct messages."""

from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import UserError
from bot.services.answering import AnswerService
from bot.services.reading import Said
from bot.slack.blocks import problems
from bot.slack.blocks.message import Message
from bot.slack.listeners.events.links import LinkListener
from bot.slack.listeners.trouble import explain
from bot.slack.web_errors import describe, error_code

THANKS_REACTION = "heart"

_SAID = frozenset({None, "thread_broadcast", "file_share", "me_message"})
"""The subtypes that are something a person said; all others are edits, joins, other apps."""

_log = structlog.stdlib.get_logger("qarun.slack")


class MessageListener:
    """Hands what people say to the answering; of what other bots say, only links count.

    A mention comes twice, as `message` and as `app_mention`, with different event IDs: the
    answering tells them for one by the message's `ts`.
    """

    def __init__(
        self, answering: AnswerService, client: AsyncWebClient, links: LinkListener
    ) -> None:
        self._answering = answering
        self._client = client
        self._links = links

    def register(self, app: AsyncApp) -> None:
        app.event("message")(self.listen)
        app.event("app_mention")(self.listen)

    async def listen(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        said = read_event(event, context.bot_user_id)
        if said is not None:
            ours = said.addressed or event.get("parent_user_id") == context.bot_user_id
            await self._hear(said, ours=ours)
        if event.get("type") == "message" and not (said and said.addressed):
            # A link that is said to the bot is a question about that run.
            await self._links.hear(event, context)

    async def _hear(self, said: Said, *, ours: bool) -> None:
        """`ours`: as far as Slack can tell, it is said to the bot, or below a message of it."""
        try:
            if await self._answering.hear(said):
                await self._thank(said)
        except UserError as error:
            await self._tell_aside(said, problems.user_error(str(error)))
        except Exception as error:  # noqa: BLE001 - the edge: one message must not stop the rest
            why = explain(error, "message_crashed", channel=said.channel)
            if ours:
                await self._tell_aside(said, why)

    async def _tell_aside(self, said: Said, message: Message) -> None:
        try:
            await self._client.chat_postEphemeral(
                channel=said.channel,
                user=said.user,
                thread_ts=said.thread_ts,
                text=message.text,
                blocks=list(message.blocks),
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.error("answer_lost", channel=said.channel, why=describe(error))

    async def _thank(self, said: Said) -> None:
        try:
            await self._client.reactions_add(
                channel=said.channel, timestamp=said.ts, name=THANKS_REACTION
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if error_code(error) != "already_reacted":
                _log.warning("reaction_failed", channel=said.channel, why=describe(error))


def read_event(event: dict[str, Any], bot_user: str | None) -> Said | None:
    """The sentence in an event; None where no person said anything that could be for the bot."""
    user, text = event.get("user"), event.get("text")
    if not user or user == bot_user or event.get("bot_id") or event.get("subtype") not in _SAID:
        return None
    if not isinstance(text, str) or not text.strip() or event.get("edited"):
        return None
    mentioned = bool(bot_user) and f"<@{bot_user}" in text
    addressed = mentioned or event.get("channel_type") == "im" or event["type"] == "app_mention"
    ts, thread_ts = str(event.get("ts", "")), event.get("thread_ts")
    if thread_ts == ts:
        thread_ts = None
    if thread_ts is None and not addressed:
        return None
    return Said(
        channel=str(event.get("channel", "")),
        ts=ts,
        thread_ts=thread_ts,
        user=user,
        text=text,
        addressed=addressed,
    )
