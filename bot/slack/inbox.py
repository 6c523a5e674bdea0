"""The inbox: what Slack hands over is kept before it is acknowledged.

Slack asks again for nothing that was acknowledged. A process that dies between its acknowledgement
and its answer would lose the wish; here another one, or the same one after its restart, takes it up
and deals with it as if it had just come in.
"""

import asyncio
import itertools
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.services.group_commit import GroupCommit
from bot.services.ports import Clock, Inbox, Payload
from bot.slack.blocks.commands import COMMAND
from bot.slack.listeners.events.messages import read_event
from bot.slack.mentioned import mentioned_in

LEASE_SECONDS = 30.0
"""Outlasts what a listener waits for; what its process has not dealt with by then is taken up."""
REQUEST_KEY = "qarun_request"
"""In Bolt's context: identifies a request, the same when it is taken up again."""
_KEEPING = "qarun_keeping"
"""In Bolt's context: the future of what has become of the payload."""
_KEEPING_SECONDS = 2.0
"""Slack wants its acknowledgement within 3 s."""
_AT_ONCE = 10
GIVEN_UP_AFTER = timedelta(days=1)
_PROCESS, _commands = uuid.uuid4().hex, itertools.count(1)
"""A command is known by the process that received it, and by its number there."""

_log = structlog.stdlib.get_logger("qarun.slack")


class SlackInbox(AsyncMiddleware):
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
        self._keep_together = GroupCommit(self._write_kept, name="keep payloads")
        self._forget = GroupCommit(self._write_forgotten, name="forget payloads")

    def register(self) -> None:
        """To be called after every other middleware: what they refuse is not kept."""
        self._app.middleware(self)

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name for it
    ) -> BoltResponse | None:
        """Keep a payload; one that has been received before goes no further.

        A command is acknowledged here, before its listener begins: Bolt would look only every
        10 ms whether the listener has done it.

        Where the database does not keep it in time, it is acknowledged all the same: the listener
        tries what it can, and says so where nothing could be stored.
        """
        context, body = req.context, req.body
        key = None if _KEEPING in context else key_of(body, context)
        if key is not None:
            context[REQUEST_KEY] = key
            context[_KEEPING] = keeping = asyncio.create_task(self._keep(key, body))
            if (await self._in_time(keeping)).is_known:
                return BoltResponse(status=200, body="")
            if "command" in body:
                await context.ack()
        await next()
        return None

    async def dealt_with(self, request: AsyncBoltRequest) -> None:
        """The listener of this request has ended."""
        keeping = request.context.get(_KEEPING)
        # Once the loop is closing, listeners end because they are cancelled.
        if keeping is None or self._is_closed:
            return
        received_id = (await keeping).received_id
        if received_id is None:
            return
        try:
            await self._forget(received_id)
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
            if now - received.received_at > GIVEN_UP_AFTER:
                _log.error("request_given_up", request=received.key)
                await self._forget(received.id)
                continue
            _log.warning("request_taken_up", request=received.key)
            kept: asyncio.Future[_Kept] = asyncio.get_running_loop().create_future()
            kept.set_result(_Kept(received.id))
            request = AsyncBoltRequest(
                mode="socket_mode",
                body=json.loads(received.payload),
                context={_KEEPING: kept, REQUEST_KEY: received.key},
            )
            await self._app.async_dispatch(request)

    def close(self) -> None:
        """What is under way from now on is left to the next process."""
        self._is_closed = True

    async def _keep(self, key: str, body: Mapping[str, Any]) -> "_Kept":
        # Slack's token for verification is a secret, though an old-fashioned one.
        text = json.dumps({name: value for name, value in body.items() if name != "token"})
        try:
            received_id = await self._keep_together(Payload(key, text))
        except Exception as error:  # noqa: BLE001 - see `async_process`
            return _Kept(why_not=type(error).__name__)
        return _Kept(received_id, is_known=received_id is None)

    async def _in_time(self, keeping: "asyncio.Task[_Kept]") -> "_Kept":
        """What has become of it, as far as is known when it must be acknowledged."""
        done, _ = await asyncio.wait({keeping}, timeout=_KEEPING_SECONDS)
        kept = keeping.result() if done else _Kept(why_not="TimeoutError")
        self._note(kept.why_not)
        return kept

    async def _write_kept(self, new: Sequence[Payload]) -> Sequence[int | None]:
        now = self._clock()
        until = now + timedelta(seconds=LEASE_SECONDS)
        async with asyncio.timeout(_KEEPING_SECONDS):
            return await self._store.keep(new, owner=self._owner, until=until, now=now)

    async def _write_forgotten(self, received_ids: Sequence[int]) -> Sequence[None]:
        await self._store.dealt_with(received_ids, self._clock())
        return [None] * len(received_ids)

    def _note(self, why: str | None) -> None:
        """A failure that repeats is logged once, and its end once (DESIGN §5.8)."""
        if why is not None and not self._failing:
            _log.error("inbox_failing", why=why)
        if why is None and self._failing:
            _log.info("inbox_recovered")
        self._failing = why is not None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What has become of a payload.

    Attributes:
        received_id: its number in the inbox; None where it is not there.
        is_known: whether it has been received before.
        why_not: the error for which it is not there; None where there was none.
    """

    received_id: int | None = None
    is_known: bool = False
    why_not: str | None = None


def key_of(body: Mapping[str, Any], context: AsyncBoltContext) -> str | None:
    """What identifies a payload that is to be kept; None for all others.

    A command is handed over once, and is new each time. A sentence may come as two events, and an
    event twice.
    """
    if body.get("command") == COMMAND:
        return f"command:{_PROCESS}:{next(_commands)}"
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
