"""The inbox: what Slack hands over is kept before it is acknowledged.

Slack asks again for nothing that was acknowledged. A process that dies between its acknowledgement
and its answer would lose the wish; here another one, or the same one after its restart, takes it up
and deals with it as if it had just come in.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncRespond
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.services.ports import Clock, Inbox
from bot.slack.blocks import problems
from bot.slack.blocks.commands import COMMAND
from bot.slack.listeners.events.messages import read_event
from bot.slack.mentioned import mentioned_in

LEASE_SECONDS = 30.0
"""Outlasts what a listener waits for; what its process has not dealt with by then is taken up."""
REQUEST_KEY = "qarun_request"
"""In Bolt's context: identifies a request, the same when it is taken up again."""
_RECEIVED_ID = "qarun_received_id"
_KEEPING_SECONDS = 2.5
"""Slack wants its acknowledgement within 3 s."""
_SAYING_SECONDS = 2.0
_AT_ONCE = 10
MOST_ATTEMPTS = 20
"""What ends the process each time that it is tried must not do so for ever."""

_log = structlog.stdlib.get_logger("qarun.slack")


class SlackInbox:
    """Middleware of the Bolt app, and what takes up the payloads that were left behind.

    Kept are the command, what people say to the bot or in threads, and messages with links to
    runs. Buttons and modals are not: who pressed sees that nothing happens, and presses again.
    """

    def __init__(self, app: AsyncApp, store: Inbox, *, clock: Clock, owner: str) -> None:
        self._app = app
        self._store = store
        self._clock = clock
        self._owner = owner
        self._is_closed = False
        self._failing = False

    def register(self) -> None:
        """To be called after every other middleware: what they refuse is not kept."""
        self._app.middleware(self.receive)

    async def receive(
        self,
        body: dict[str, Any],
        context: AsyncBoltContext,
        respond: AsyncRespond,
        next_: Callable[[], Awaitable[None]],
    ) -> BoltResponse | None:
        """Keep a payload; one that has been received before goes no further.

        A database that is slow keeps it from being acknowledged: Slack then tells the person, or
        hands an event over again. Where the database cannot be used at all, what the listener tries
        with it fails at once, and the person is told that.
        """
        key = None if _RECEIVED_ID in context else key_of(body, context)
        if key is not None:
            try:
                kept = await self._keep(key, body)
            except TimeoutError:
                self._note("too slow")
                await _say_try_again(respond)
                return BoltResponse(status=503, body="")
            except Exception as error:  # noqa: BLE001 - see above
                self._note(type(error).__name__)
            else:
                self._note(None)
                if kept is None:
                    return BoltResponse(status=200, body="")
                context[_RECEIVED_ID], context[REQUEST_KEY] = kept, key
        await next_()
        return None

    async def dealt_with(self, request: AsyncBoltRequest) -> None:
        """The listener of this request has ended."""
        received_id = request.context.get(_RECEIVED_ID)
        # Once the loop is closing, listeners end because they are cancelled.
        if received_id is None or self._is_closed:
            return
        try:
            await self._store.dealt_with(received_id, self._clock())
        except Exception:  # noqa: BLE001 - it will be taken up once more, and told once all the same
            _log.exception("inbox_crashed")

    async def take_up(self) -> None:
        """Deal with what others have received and left behind."""
        now = self._clock()
        left = await self._store.take_up(
            now=now,
            limit=_AT_ONCE,
            owner=self._owner,
            until=now + timedelta(seconds=LEASE_SECONDS),
        )
        for received in left:
            if received.attempts > MOST_ATTEMPTS:
                _log.error("request_given_up", request=received.key)
                await self._store.dealt_with(received.id, now)
                continue
            _log.warning("request_taken_up", request=received.key)
            request = AsyncBoltRequest(
                mode="socket_mode",
                body=json.loads(received.payload),
                context={_RECEIVED_ID: received.id, REQUEST_KEY: received.key},
            )
            await self._app.async_dispatch(request)

    def close(self) -> None:
        """What is under way from now on is left to the next process."""
        self._is_closed = True

    async def _keep(self, key: str, body: Mapping[str, Any]) -> int | None:
        now = self._clock()
        # Slack's token for verification is a secret, though an old-fashioned one.
        payload = json.dumps({name: value for name, value in body.items() if name != "token"})
        async with asyncio.timeout(_KEEPING_SECONDS):
            return await self._store.keep(
                key,
                payload,
                owner=self._owner,
                until=now + timedelta(seconds=LEASE_SECONDS),
                now=now,
            )

    def _note(self, why: str | None) -> None:
        """A failure that repeats is logged once, and its end once (DESIGN §5.8)."""
        if why is not None and not self._failing:
            _log.error("inbox_failing", why=why)
        if why is None and self._failing:
            _log.info("inbox_recovered")
        self._failing = why is not None


async def _say_try_again(respond: AsyncRespond) -> None:
    """To the person, in our words, beside Slack's own; an event has nobody to say it to."""
    message = problems.failure_of_ours()
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_SAYING_SECONDS):
            await respond(text=message.text, blocks=list(message.blocks), response_type="ephemeral")


def key_of(body: Mapping[str, Any], context: AsyncBoltContext) -> str | None:
    """What identifies a payload that is to be kept; None for all others.

    A command is handed over once, and is new each time. A sentence may come as two events, and an
    event twice.
    """
    if body.get("command") == COMMAND:
        return f"command:{uuid.uuid4().hex}"
    event = body.get("event")
    if not isinstance(event, dict) or event.get("type") not in {"message", "app_mention"}:
        return None
    said = read_event(event, context.bot_user_id)
    if said is not None and said.ts:
        return f"said:{said.channel}:{said.ts}:{'to the bot' if said.addressed else 'in a thread'}"
    if said is not None or event["type"] == "app_mention":
        return None
    linked = mentioned_in(event, bot_user=context.bot_user_id, bot_id=context.bot_id)
    return None if linked is None else f"linked:{linked.channel}:{linked.ts}"
