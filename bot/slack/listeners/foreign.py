"""People of other workspaces: whatever they type or press is refused, and nothing is done."""

import re
from collections.abc import Callable, Collection
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks import problems
from bot.slack.blocks.modal import problem_view
from bot.slack.identity import Identity
from bot.slack.listeners.actions.press import read_press
from bot.slack.listeners.reply import Reply
from bot.slack.teams import is_foreign

_ANYTHING = re.compile(".*", re.DOTALL)
_TITLE = "Not for you"

_log = structlog.stdlib.get_logger("qarun.slack")


class _Listener:
    """Of people of other workspaces.

    Args:
        home: who the bot is, as far as Slack has said.
        allowed: see `is_foreign`.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        home: Callable[[], Identity | None],
        allowed: Collection[str] | None,
    ) -> None:
        self._client = client
        self._home = home
        self._allowed = allowed

    async def is_foreign(self, body: dict[str, Any]) -> bool:
        """Whether it comes from somebody whom the bot does not serve."""
        return is_foreign(body, home=self._home(), allowed=self._allowed)


class ForeignCommand(_Listener):
    """Register it before everything else that hears commands."""

    def register(self, app: AsyncApp) -> None:
        app.command(_ANYTHING, matchers=[self.is_foreign])(self.typed)

    async def typed(self, ack: AsyncAck, command: dict[str, str], respond: AsyncRespond) -> None:
        """A command."""
        await ack()
        channel, user = command.get("channel_id", ""), command.get("user_id", "")
        _log.info("foreign_refused", what="command", team=command.get("team_id"), user=user)
        await Reply(self._client, respond, channel=channel, user=user)(problems.other_workspace())


class ForeignListener(_Listener):
    """Register it before everything else that hears anything but commands."""

    def register(self, app: AsyncApp) -> None:
        only = [self.is_foreign]
        app.action(_ANYTHING, matchers=only)(self.pressed)
        app.view(_ANYTHING, matchers=only)(self.submitted)
        app.event(_ANYTHING, matchers=only)(self.heard)

    async def pressed(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond
    ) -> None:
        """A button, a menu, a field."""
        await ack()
        press = read_press(body, action)
        _log.info("foreign_refused", what="action", team=_team(body), user=press.user)
        reply = Reply(self._client, respond, channel=press.channel, user=press.user)
        await reply(problems.other_workspace())

    async def submitted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A modal."""
        _log.info("foreign_refused", what="view", team=_team(body))
        refused = problem_view(_TITLE, problems.other_workspace())
        await ack(response_action="update", view=refused)

    async def heard(
        self, body: dict[str, Any], event: dict[str, Any], respond: AsyncRespond
    ) -> None:
        """An event; only who speaks to the bot is told, others never asked it anything.

        A mention comes as two events, of which the inbox lets the first one through.
        """
        _log.debug("foreign_refused", what=event.get("type"), team=event.get("user_team"))
        user, channel = event.get("user"), event.get("channel")
        home = self._home()
        is_addressed = not event.get("subtype") and (
            event.get("type") == "app_mention"
            or event.get("channel_type") == "im"
            or (home is not None and f"<@{home.user_id}>" in str(event.get("text", "")))
        )
        if is_addressed and user and channel and not event.get("bot_id"):
            reply = Reply(self._client, respond, channel=str(channel), user=str(user))
            await reply(problems.other_workspace())


def _team(body: dict[str, Any]) -> Any:
    return (body.get("user") or {}).get("team_id")
