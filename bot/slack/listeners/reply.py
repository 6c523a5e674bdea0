"""An answer to the one person who typed or pressed."""

import structlog
from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks.message import Message, simpler
from bot.slack.outgoing import webhook
from bot.slack.web_errors import describe

_log = structlog.stdlib.get_logger("qarun.slack")


class Reply:
    """Answers one person, in a simpler form when Slack refuses the full one.

    Through `response_url`, which works where the bot is not a member; where that fails, by
    `chat.postEphemeral`; where there is no channel, in a direct message. It never raises: a
    failure is logged.
    """

    def __init__(
        self, client: AsyncWebClient, respond: AsyncRespond, *, channel: str | None, user: str
    ) -> None:
        self._client = client
        self._respond = respond
        self._channel = channel
        self._user = user

    async def __call__(self, message: Message) -> None:
        why = await self._by_response_url(message)
        if why is None:
            return
        try:
            if self._channel:
                await self._client.chat_postEphemeral(
                    channel=self._channel, user=self._user, text=message.text
                )
            else:
                await self._client.chat_postMessage(
                    channel=self._user, text=message.text, blocks=list(message.blocks)
                )
        except Exception as error:  # noqa: BLE001 - the person cannot be reached at all
            _log.error("answer_lost", channel=self._channel, why=why, then=describe(error))

    async def _by_response_url(self, message: Message) -> str | None:
        """Why it did not work, None when it did."""
        url = self._respond.response_url
        if not url:
            return "no response_url"
        why = ""
        form: Message | None = message
        while form is not None:
            try:
                answer = await webhook(self._client, url).send(
                    text=form.text,
                    blocks=list(form.blocks),
                    response_type="ephemeral",
                    replace_original=False,
                )
            except Exception as error:  # noqa: BLE001 - whatever it was, the other way is tried
                return describe(error)
            if answer.status_code == 200:
                return None
            why = f"HTTP {answer.status_code}: {answer.body[:100]}"
            if answer.status_code >= 500:
                break
            form = simpler(form)
        return why
