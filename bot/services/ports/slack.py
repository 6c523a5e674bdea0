"""What the services need of Slack, as Protocols."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.notice import Telling


@dataclass(frozen=True, slots=True)
class Sent:
    """Told. `ts` is None where only the asker was told, through `response_url`."""

    ts: str | None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not told; worth another try.

    Attributes:
        after: seconds that Slack asked to wait; None leaves it to the delivery's own back-off.
        uncertain: nobody knows whether Slack posted it.
        told_aside: the asker has now been told that the bot is missing in the channel.
        whole_channel: nothing else can be posted there before either.
        refused: the channel does not take messages of the bot, as far as it can see.
        operator: only whoever runs the bot can cure it: token or scope.
        unsettled: no answer came at all: Slack may still do what it was asked for.
    """

    after: float | None
    why: str
    uncertain: bool = False
    told_aside: bool = False
    whole_channel: bool = False
    refused: bool = False
    operator: bool = False
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """Cannot be told, now or later. `refused`: because the channel does not take it."""

    why: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The message to edit does not exist any more or cannot be edited: it must be posted anew."""

    why: str


TellResult = Sent | Retry | Dropped | Gone


@dataclass(frozen=True, slots=True)
class Found:
    """The message that carries a notice's id: its `ts`, None when the channel has none."""

    ts: str | None


class Messenger(Protocol):
    """Slack, for public words."""

    async def tell(
        self, telling: Telling, *, edit_ts: str | None, now: datetime, before: datetime
    ) -> TellResult:
        """Tell a notice: edit message `edit_ts` into it where given, else post it.

        Nothing is asked of Slack from `before` on: by the time it is done, the channel may be
        another sender's.

        Never raises for anything that Slack answers; a message that is too large or refused is
        sent again in a simpler form.
        """
        ...

    async def find(
        self,
        *,
        notice_key: str,
        channel: str,
        thread_ts: str | None,
        since: datetime,
        until: datetime | None = None,
    ) -> Found | Retry:
        """Look for the message that tells the notice of this `dedupe_key`.

        It was sent after `since` and, where that is known, before `until`.
        """
        ...


class DirectMessages(Protocol):
    """Slack's conversations of the bot with one person."""

    async def open_direct(self, user: str) -> str:
        """The ID (`D…`) of the conversation with this person.

        Raises:
            SlackError: Slack does not let the bot open it.
        """
        ...
