"""`member_joined_channel`: the bot was invited, so what waited for that can be told now."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.services.ports import Clock, Outbox, Wake
from bot.slack.listeners.trouble import explain


class MembershipListener:
    """Hastens the notices of a channel that the bot has just joined."""

    def __init__(self, outbox: Outbox, *, clock: Clock, wake: Wake) -> None:
        self._outbox = outbox
        self._clock = clock
        self._wake = wake

    def register(self, app: AsyncApp) -> None:
        app.event("member_joined_channel")(self.listen)

    async def listen(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Others join channels too; only the bot's own joining matters."""
        if event.get("user") == context.bot_user_id:
            channel = str(event.get("channel", ""))
            try:
                await self._outbox.hasten(channel, self._clock())
            except Exception as error:  # noqa: BLE001 - the edge: it is told later by itself
                explain(error, "joining_crashed", channel=channel)
            self._wake()
