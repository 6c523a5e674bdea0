"""`/qarun trend [n]`, and with `private` in the direct messages."""

from bot.domain.errors import SlackError, UserError
from bot.domain.trend import SHOWN_RUNS
from bot.services.trend import NothingToShow
from bot.slack.blocks import answers
from bot.slack.blocks import trend as blocks
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import PRIVATE, Desk, Request

_EXPECTED = "Type `/qarun trend`, or how many runs: `/qarun trend 10`; with `private` only to you."


async def trend(desk: Desk, request: Request) -> Message | None:
    """The last runs as a picture and a table, in the channel."""
    words = [word for word in request.words if word.lower() != PRIVATE]
    private = len(words) < len(request.words)
    asked = _number(words)
    asker = request.asker
    try:
        shown = await desk.trends.show(
            asker, asked, time_zone=await desk.time_zone_of(asker.user), private=private
        )
    except SlackError as error:
        return answers.no_direct_message(error.code)
    if isinstance(shown, NothingToShow):
        return blocks.nothing_to_show(only_watched=shown.only_watched)
    return blocks.sent_directly() if shown.channel != asker.channel else None


def _number(words: list[str]) -> int:
    """How many runs.

    Raises:
        UserError: it is no number, or there is more than one.
    """
    if not words:
        return SHOWN_RUNS
    if len(words) > 1 or not words[0].isdecimal():
        raise UserError(_EXPECTED)
    number = int(words[0][:9])
    if number < 1:
        raise UserError("At least one run, please.")
    return number
