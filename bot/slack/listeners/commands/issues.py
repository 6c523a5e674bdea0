"""`/qarun issues <run> [category] [page]`."""

from typing import get_args

from rapidfuzz import process

from bot.domain.errors import QATechError, UserError
from bot.domain.run import IssueCategory
from bot.services.ports import Look
from bot.slack.blocks import paged, problems
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import Desk, Request, take_page

CATEGORIES: tuple[IssueCategory, ...] = get_args(IssueCategory)
_OTHER_WORDS: dict[str, IssueCategory] = {
    "a11y": "accessibility",
    "accessability": "accessibility",
    "axe": "accessibility",
    "js": "console",
    "host": "hosting",
    "failed": "failed_test",
    "failed-test": "failed_test",
    "failed-tests": "failed_test",
    "failed_tests": "failed_test",
}
_ALIKE = 70


async def issues(desk: Desk, request: Request) -> Message:
    """The issues found in a run, or those of one category, to the asker alone."""
    words, page = take_page(request.words)
    if not words:
        raise UserError("Which run? Type `/qarun issues UkxK` with the short ID or link of yours.")
    if len(words) > 2:
        raise UserError(f"I expected a run and at most one category: {', '.join(CATEGORIES)}.")
    category = _category(words[1]) if len(words) == 2 else None
    key, _ = desk.watching.resolve(words[0])
    try:
        looked = await desk.watching.look(words[0], Look(issues=category or "all"))
    except QATechError as error:
        return problems.qatech_problem(error, key, stored=False)
    return paged.issues(looked.run, key=key, url=looked.url, category=category, page=page)


def _category(word: str) -> IssueCategory | None:
    """The category that a word means; None for `all`.

    Raises:
        UserError: it means none.
    """
    word = word.lower()
    if word == "all":
        return None
    if word in _OTHER_WORDS:
        return _OTHER_WORDS[word]
    if near := process.extractOne(word, CATEGORIES, score_cutoff=_ALIKE):
        return CATEGORIES[near[2]]
    raise UserError(f"There is no such category of issues. There are: {', '.join(CATEGORIES)}.")
