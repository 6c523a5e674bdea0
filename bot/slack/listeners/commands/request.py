"""One slash command, understood: who asks, where, and with which words."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.errors import UserError
from bot.services.ports import AuditTrail
from bot.services.rerunning import RerunService
from bot.services.ruling import RulingService
from bot.services.trend import TrendService
from bot.services.watching import Asker, WatchService
from bot.slack.blocks.message import Message
from bot.slack.listeners.views.alerts import RulesModal
from bot.slack.membership import Memberships

PRIVATE = "private"

_WORD = re.compile(r"<[^>]*>|\S+")


@dataclass(frozen=True, slots=True)
class Request:
    """A command as its handler needs it.

    Attributes:
        words: what stands after the subcommand.
        private: whether the word `private` stood among them; it is taken out.
        trigger_id: the right to open one modal, within 3 s.
    """

    asker: Asker
    words: tuple[str, ...]
    private: bool = False
    trigger_id: str = field(default="", repr=False)

    def only_word(self, missing: str) -> str:
        """The one word that must be there.

        Raises:
            UserError: there is none (`missing` is the sentence), or more than one.
        """
        if not self.words:
            raise UserError(missing)
        if len(self.words) > 1:
            raise UserError(f"I expected one run and nothing more than {self.words[0]}.")
        return self.words[0]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the handlers of commands are given to work with."""

    watching: WatchService
    rerunning: RerunService
    permalink: Callable[[str, str], Awaitable[str | None]]
    ruling: RulingService
    rules_modal: RulesModal
    memberships: Memberships
    trends: TrendService
    time_zone_of: Callable[[str], Awaitable[str]]
    trail: AuditTrail


Handler = Callable[[Desk, Request], Awaitable[Message | None]]
"""Answers the asker with a message, or with None where the channel sees all there is to say."""


def split_words(text: str) -> list[str]:
    """The words of a command; Slack's `<url|label>` is one, whatever its label holds."""
    return _WORD.findall(text)


def take_page(words: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """The words without a page number at their end, and that number (1 where there is none).

    Raises:
        UserError: the number is no page.
    """
    if len(words) > 1 and words[-1].isdecimal():
        page = int(words[-1][:9])
        if page < 1:
            raise UserError("Pages are counted from 1.")
        return words[:-1], page
    return words, 1
