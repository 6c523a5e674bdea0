"""A Slack workspace to talk to: `slack_sdk` and Bolt use it unmodified, by their `base_url`.

It serves the end-to-end tests and `qarun demo`. What it knows of Slack is in `facts/SLACK.md`;
where that is silent it is strict, so that what passes here passes there.
"""

import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.routing import Route, Router, WebSocketRoute
from starlette.types import ASGIApp

from bot.playground import slack_interactions as interactions
from bot.playground.slack_delivery import Delivery
from bot.playground.slack_response_url import ResponseUrls
from bot.playground.slack_signed_http import SignedHttp
from bot.playground.slack_talk import Talk, Where, Who, id_of
from bot.playground.slack_uploads import UploadUrls
from bot.playground.slack_views import View
from bot.playground.slack_web_api import WebApi
from bot.serving import serving


class Workspace(Talk):
    """A workspace with the hands of the people in it.

    Payloads travel over the app's websockets, or by signed HTTP after `connect_http`.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, **more: str) -> None:
        super().__init__(clock=clock, **more)

    def connect_http(self, url: str, signing_secret: str) -> None:
        """Deliver by signed HTTP to this request URL from now on, instead of by websocket."""
        self.courier.transport = SignedHttp(url, signing_secret)

    @property
    def deliveries(self) -> list[Delivery]:
        return self.courier.deliveries

    async def aclose(self) -> None:
        """End what is under way: deliveries, requests that hang, websockets."""
        self.faults.clear()
        self.sockets.is_refusing = True  # or the app would be back before the server is gone
        await self.courier.aclose()
        await self.sockets.cut()

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver the same event again, with the same `event_id`."""
        return await self.courier.redeliver(delivery)

    async def command(
        self, user: Who, channel: Where, text: str = "", *, command: str = "/qarun"
    ) -> Delivery:
        """Type a slash command."""
        return await interactions.command(self, id_of(user), self.where(channel), command, text)

    async def press(
        self,
        user: Who,
        channel: Where,
        message_ts: str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
    ) -> Delivery:
        """Use an element of a message, an ephemeral one included.

        Raises:
            LookupError: no such message, element or option.
        """
        message = self.find_message(self.where(channel).id, message_ts)
        if message is None or message.visible_to not in (None, id_of(user)):
            raise LookupError(f"{id_of(user)} sees no message {message_ts!r} there")
        return await interactions.press_in_message(
            self, id_of(user), message, action_id, value, block_id=block_id
        )

    async def press_in_view(
        self, view: View, action_id: str, value: Any = None, block_id: str | None = None
    ) -> Delivery:
        """Use an element of a modal or of an App Home."""
        return await interactions.press_in_view(self, view, action_id, value, block_id)

    def fill_in(self, view: View, values: Mapping[str, Any]) -> None:
        """Type and choose in a modal: by action ID, or by block ID and action ID."""
        interactions.fill_in(view, dict(values))

    def modal(self, user: Who) -> View:
        """The modal that this person has on top.

        Raises:
            LookupError: none is open.
        """
        stack = self.views.modals.get(id_of(user))
        if not stack:
            raise LookupError(f"{id_of(user)} has no modal open")
        return stack[-1]

    async def submit(
        self, user: Who, values: Mapping[str, Any] | None = None, view_id: str | None = None
    ) -> Delivery:
        """Fill in and submit the modal on top; `view_id` insists on which one that is."""
        return await interactions.submit(self, self._top(user, view_id), dict(values or {}))

    async def close(self, user: Who, view_id: str | None = None) -> Delivery | None:
        """Close the modal on top; None where the app did not want to know."""
        return await interactions.close(self, self._top(user, view_id))

    def _top(self, user: Who, view_id: str | None) -> View:
        view = self.modal(user)
        if view_id not in (None, view.id):
            raise LookupError(f"{view_id} is not on top; {view.id} is")
        return view


def slack_app(workspace: Workspace) -> ASGIApp:
    """The workspace as an ASGI application: Web API, websockets, response and upload URLs."""
    return Router(
        [
            Route("/api/{method}", WebApi(workspace)),
            Route("/response/{token}", ResponseUrls(workspace)),
            Route("/upload/v1/{token}", UploadUrls(workspace)),
            WebSocketRoute("/link", workspace.sockets.endpoint),
        ]
    )


@contextlib.asynccontextmanager
async def serving_slack(workspace: Workspace, listener: socket.socket) -> AsyncIterator[str]:
    """Serve the workspace on a listening socket; yields what belongs into `SLACK_API_URL`."""
    async with serving(slack_app(workspace), listener) as base_url:
        workspace.base_url = base_url
        try:
            yield f"{base_url}/api/"
        finally:
            await workspace.aclose()
