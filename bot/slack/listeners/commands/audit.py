"""`/qarun audit [page]`."""

from bot.domain.errors import UserError
from bot.slack.blocks.audit import PER_PAGE, audit_page, pages_of
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import Desk, Request


async def audit(desk: Desk, request: Request) -> Message:
    """Who did what in this channel, to the asker alone.

    Whoever may type here may see it: all of it was done before the eyes of this channel.
    """
    if len(request.words) > 1 or not all(word.isdecimal() for word in request.words):
        raise UserError("After `audit` I understand only the number of a page.")
    page = int(request.words[0][:9]) if request.words else 1
    channel = request.asker.channel
    found = await desk.trail.audit(channel, limit=PER_PAGE, offset=max(page - 1, 0) * PER_PAGE)
    if not 1 <= page <= pages_of(found.total):
        raise UserError(f"There is no page {page:,}; the last one is {pages_of(found.total):,}.")
    return audit_page(found.entries, total=found.total, page=page, channel=channel)
