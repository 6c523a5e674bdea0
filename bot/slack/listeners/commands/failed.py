"""`/qarun failed <run> [page]`."""

from bot.domain.errors import QATechError
from bot.services.ports import Look
from bot.slack.blocks import paged, problems
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import Desk, Request, take_page

FAILED_CASES = Look(test_cases="failed")
"""Failed, skipped and errored test cases: all that this answer shows (`facts/QATECH.md`)."""


async def failed(desk: Desk, request: Request) -> Message:
    """The test cases that did not pass, to the asker alone."""
    words, page = take_page(request.words)
    word = Request(request.asker, words).only_word(
        "Which run? Type `/qarun failed UkxK` with the short ID or the link of yours."
    )
    key, _ = desk.watching.resolve(word)
    try:
        looked = await desk.watching.look(word, FAILED_CASES)
    except QATechError as error:
        return problems.qatech_problem(error, key, stored=False)
    return paged.failed_cases(looked.run, key=looked.key, url=looked.url, page=page)
