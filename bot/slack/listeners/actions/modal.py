"""Opening a modal in time: a loading view first, for a `trigger_id` lives 3 s, then its content."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import QATechError, UserError
from bot.domain.short_id import RunKey
from bot.slack.blocks import problems
from bot.slack.blocks.message import Message
from bot.slack.blocks.pressing import old_button
from bot.slack.blocks.views import loading_view, problem_view
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply
from bot.slack.listeners.trouble import explain
from bot.slack.web_errors import describe, error_code

_log = structlog.stdlib.get_logger("qarun.slack")

View = dict[str, Any]
Build = Callable[[], Awaitable[View]]


class Show(Protocol):
    """A way to show a view: `Modal.show` or `Modal.turn`."""

    def __call__(
        self, press: Press, reply: Reply, *, title: str, key: RunKey, build: Build
    ) -> Awaitable[None]: ...


_TOO_LATE = "Slack gave me too little time to open this. Please press again."
_STACK_FULL = "No more windows can be opened on top of each other; close one and press again."


class Modal:
    """Shows one view to one person; a failure becomes a view that explains it."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def show(
        self, press: Press, reply: Reply, *, title: str, key: RunKey, build: Build
    ) -> None:
        """Open a modal (on top of the one that was pressed in, if any), then fill it."""
        view_id = await self._open(press, reply, loading_view(title))
        if view_id is not None:
            await self._fill(view_id, title, key, build)

    async def explain(self, press: Press, reply: Reply, *, title: str, message: Message) -> None:
        """Open a modal that says why there is nothing to show."""
        await self._open(press, reply, problem_view(title, message))

    async def turn(
        self, press: Press, reply: Reply, *, title: str, key: RunKey, build: Build
    ) -> None:
        """Put other content into the modal that was pressed in."""
        if press.view_id is None:  # no version of this bot has put such a button into a message
            await reply(old_button(key))
            return
        await self._fill(press.view_id, title, key, build)

    async def _open(self, press: Press, reply: Reply, view: View) -> str | None:
        """The ID of the view that now stands open; None where Slack did not open it."""
        in_modal = (press.view or {}).get("type") == "modal"
        opening = self._client.views_push if in_modal else self._client.views_open
        try:
            answer = await opening(trigger_id=press.trigger_id, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.warning("view_not_opened", channel=press.channel, why=describe(error))
            full = error_code(error) == "push_limit_reached"
            await reply(problems.user_error(_STACK_FULL if full else _TOO_LATE))
            return None
        return str(answer["view"]["id"])

    async def _fill(self, view_id: str, title: str, key: RunKey, build: Build) -> None:
        try:
            view = await build()
        except UserError as error:
            view = problem_view(title, problems.user_error(str(error)))
        except QATechError as error:
            view = problem_view(title, problems.qatech_problem(error, key, stored=False))
        except Exception as error:  # noqa: BLE001 - a view that loads for ever would be worse
            view = problem_view(title, explain(error, "view_crashed", run=str(key)))
        try:
            await self._client.views_update(view_id=view_id, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if error_code(error) == "not_found":
                return  # closed in the meantime
            _log.error("view_refused", run=str(key), why=describe(error))
            await self._give_up(view_id, title, key)

    async def _give_up(self, view_id: str, title: str, key: RunKey) -> None:
        view = problem_view(title, problems.failure_of_ours())
        try:
            await self._client.views_update(view_id=view_id, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.error("view_lost", run=str(key), why=describe(error))
