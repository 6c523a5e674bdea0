"""`/qarun alerts`."""

from bot.domain.errors import UserError
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import Desk, Request


async def alerts(desk: Desk, request: Request) -> Message | None:
    """Open the rules of this channel."""
    if request.words:
        raise UserError("`/qarun alerts` needs no further words: it opens this channel's rules.")
    asker = request.asker
    return await desk.rules_modal.open(
        trigger_id=request.trigger_id,
        channel=asker.channel,
        user=asker.user,
        response_url=asker.response_url,
    )
