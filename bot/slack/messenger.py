"""The messenger: notices become Slack messages here, and Slack's refusals become values."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.facts import RunProgressed
from bot.domain.notice import Notice, Telling
from bot.services.ports import Clock, Dropped, Found, Gone, Retry, Sent, TellResult
from bot.slack.blocks.message import Message, simpler
from bot.slack.blocks.notices import render
from bot.slack.blocks.problems import cannot_post, not_in_channel
from bot.slack.standing import Standing
from bot.slack.uploads import Uploads, is_not_ready, shows_file
from bot.slack.web_errors import (
    Refusal,
    describe,
    error_code,
    has_answered,
    refusal,
    retry_after,
)

METADATA_EVENT = "qarun_notice"
"""`event_type` of the metadata by which a message carries the key of its notice."""

_RESPONSE_URL_LIFE = timedelta(minutes=29)
"""Slack takes a `response_url` for 30 minutes; the last one is left for the clocks."""
_CLOCK_SKEW = timedelta(minutes=5)
_TOO_LATE = "the channel may be another sender's by now"
_PAGE = 100
_PAGES = 10
_OPERATOR_SECONDS = 60.0
_NOT_A_MEMBER_SECONDS = 60.0
_RATE_LIMITED_SECONDS = 30.0


class _TooLateError(Exception):
    """The time in which Slack may be asked for something is over."""


class SlackMessenger:
    """Implements `Messenger` over the Web API."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        bot_name: Callable[[], str],
        webhook: Callable[[str], AsyncWebhookClient],
        uploads: Uploads,
        clock: Clock,
        standing: Standing | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._bot_name = bot_name
        self._webhook = webhook
        self._standing = standing or Standing(client.auth_test)
        self._uploads = uploads

    async def tell(
        self, telling: Telling, *, edit_ts: str | None, now: datetime, before: datetime
    ) -> TellResult:
        """Tell a notice, in a simpler form when Slack refuses the full one."""
        whole = render(telling, now=now, bot_name=self._bot_name())
        form, *others = await self._uploads.forms(whole)
        while True:
            try:
                sent = Sent(await self._send_when_ready(telling, form, edit_ts, before))
                self._standing.accepted()
                return sent
            except _TooLateError:
                return Retry(None, _TOO_LATE)
            except Exception as error:  # noqa: BLE001 - all that the client raises becomes a value
                if refusal(error) is not Refusal.TOO_COMPLEX:
                    return await self._refused(telling, whole.without_picture(), error, before)
                plainer = others.pop(0) if others else simpler(form)
                if plainer is None:
                    return Dropped(f"Slack refuses even plain text: {error_code(error)}")
                form = plainer

    async def _send_when_ready(
        self, telling: Telling, form: Message, edit_ts: str | None, before: datetime
    ) -> str:
        """Send a message; one that shows a new file as soon as Slack is done with the file."""
        *pauses, last = self._uploads.pauses if shows_file(form) else (0.0,)
        for pause in pauses:
            await asyncio.sleep(pause)
            try:
                return await self._send(telling, form, edit_ts, before)
            except SlackApiError as error:
                if not is_not_ready(error):
                    raise
        await asyncio.sleep(last)
        return await self._send(telling, form, edit_ts, before)

    async def _send(
        self, telling: Telling, form: Message, edit_ts: str | None, before: datetime
    ) -> str:
        notice = telling.notice
        # At the last moment: whatever took its time, or stood still, has done so by now.
        if self._clock() >= before:
            raise _TooLateError
        if edit_ts is not None:
            await self._client.chat_update(
                channel=notice.channel, ts=edit_ts, text=form.text, blocks=list(form.blocks)
            )
            return edit_ts
        thread_ts = telling.thread_ts
        answer = await self._client.chat_postMessage(
            channel=notice.channel,
            text=form.text,
            blocks=list(form.blocks) or None,
            thread_ts=thread_ts,
            reply_broadcast=(telling.broadcast or None) if thread_ts else None,
            metadata={"event_type": METADATA_EVENT, "event_payload": {"notice": notice.dedupe_key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def _refused(
        self, telling: Telling, form: Message, error: Exception, before: datetime
    ) -> TellResult:
        why = describe(error)
        match refusal(error):
            case Refusal.RATE_LIMITED:
                after = retry_after(error) or _RATE_LIMITED_SECONDS
                return Retry(after, why, whole_channel=True)
            case Refusal.NOT_SENT:
                return Retry(None, why)
            case Refusal.GONE:
                return Gone(why)
            case Refusal.OPERATOR:
                self._standing.refused(error)
                return Retry(_OPERATOR_SECONDS, why, operator=True)
            case Refusal.NOT_A_MEMBER:
                return await self._without_membership(telling.notice, form, why, before)
            case Refusal.FINAL | Refusal.TOO_COMPLEX:
                return await self._without_permission(telling.notice, form, why, before)
            case Refusal.UNCERTAIN:
                return Retry(None, why, uncertain=True, unsettled=not has_answered(error))

    async def _without_membership(
        self, notice: Notice, form: Message, why: str, before: datetime
    ) -> TellResult:
        """Answer the asker alone where the bot is not in the channel, and say what is missing.

        What is final has thereby been told. A live message goes on waiting for the invitation.
        """
        waits = Retry(_NOT_A_MEMBER_SECONDS, why, told_aside=notice.told_aside, refused=True)
        if notice.told_aside:
            return waits
        message = not_in_channel(form, bot_name=self._bot_name(), channel=notice.channel)
        if not await self._tell_aside(notice, message, before):
            return waits
        if isinstance(notice.fact, RunProgressed):
            return Retry(waits.after, why, told_aside=True)
        return Sent(None)

    async def _without_permission(
        self, notice: Notice, form: Message, why: str, before: datetime
    ) -> TellResult:
        """Answer the asker alone where no invitation would help, and say why.

        It is given up all the same: once the channel is open, the operator can send it again.
        """
        await self._tell_aside(notice, cannot_post(form, channel=notice.channel, why=why), before)
        return Dropped(why, refused=True)

    async def _tell_aside(self, notice: Notice, message: Message, before: datetime) -> bool:
        """Whether the person who asked could be told alone."""
        now = self._clock()
        if now >= before:
            return False
        blocks = list(message.blocks)
        try:
            if notice.response_url and now - notice.created_at < _RESPONSE_URL_LIFE:
                answer = await self._webhook(notice.response_url).send(
                    text=message.text, blocks=blocks, response_type="ephemeral"
                )
                return answer.status_code == 200
            if notice.asked_by and not isinstance(notice.fact, RunProgressed):
                await self._client.chat_postMessage(
                    channel=notice.asked_by, text=message.text, blocks=blocks
                )
                return True
        except Exception:  # noqa: BLE001 - the aside is the second best way; the first is kept
            return False
        return False

    async def find(
        self,
        *,
        notice_key: str,
        channel: str,
        thread_ts: str | None,
        since: datetime,
        until: datetime | None = None,
    ) -> Found | Retry:
        """Look for the message that carries this notice's key, in the thread where it has one.

        Where Slack does not let the bot read the channel, it counts as not posted: telling twice
        is the lesser evil beside not telling.
        """
        oldest = f"{(since - _CLOCK_SKEW).timestamp():.6f}"
        latest = None if until is None else f"{(until + _CLOCK_SKEW).timestamp():.6f}"
        cursor: str | None = None
        try:
            for _ in range(_PAGES):
                if thread_ts is not None:
                    answer = await self._client.conversations_replies(
                        channel=channel,
                        ts=thread_ts,
                        oldest=oldest,
                        latest=latest,
                        include_all_metadata=True,
                        limit=_PAGE,
                        cursor=cursor,
                    )
                else:
                    answer = await self._client.conversations_history(
                        channel=channel,
                        oldest=oldest,
                        latest=latest,
                        include_all_metadata=True,
                        limit=_PAGE,
                        cursor=cursor,
                    )
                for message in answer.get("messages") or ():
                    if _notice_key(message) == notice_key:
                        return Found(str(message["ts"]))
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    break
        except SlackApiError as error:
            if refusal(error) in {Refusal.RATE_LIMITED, Refusal.NOT_SENT, Refusal.UNCERTAIN}:
                return Retry(retry_after(error), describe(error), uncertain=True)
            return Found(None)
        except Exception as error:  # noqa: BLE001 - as in `tell`
            return Retry(None, describe(error), uncertain=True)
        return Found(None)


def _notice_key(message: dict[str, object]) -> object:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != METADATA_EVENT:
        return None
    payload = metadata.get("event_payload")
    return payload.get("notice") if isinstance(payload, dict) else None
