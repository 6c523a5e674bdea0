"""Whatever no other listener knows: buttons of versions before or after this one."""

import re

from slack_bolt.async_app import AsyncApp

from bot.slack.blocks.buttons import OPEN_RUN
from bot.slack.blocks.pressing import old_button
from bot.slack.listeners.actions.listener import ActionListener
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply


class UnknownAction(ActionListener):
    """Register it last: it hears every action."""

    def register(self, app: AsyncApp) -> None:
        app.action(re.compile(".*"))(self.listen)

    async def answer(self, press: Press, reply: Reply) -> None:
        """A link button opens its link by itself; anything else explains why it cannot."""
        if not press.action_id.startswith(OPEN_RUN):
            await reply(old_button(None))
