"""Trend: the last runs that a channel hears of, shown where somebody asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.facts import TrendShown
from bot.domain.notice import NewNotice
from bot.domain.rules import Rule
from bot.domain.trend import MOST_RUNS, trend_of
from bot.services.ports import Clock, DirectMessages, Outbox, Records, Rules, Wake
from bot.services.watching import Asker


class TrendStore(Rules, Records, Outbox, Protocol):
    """What trends need of the database."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The trend is on its way to this conversation."""

    channel: str


@dataclass(frozen=True, slots=True)
class NothingToShow:
    """No run is remembered of those that the channel hears of; `only_watched` as its rule says."""

    only_watched: bool


class TrendService:
    """Writes trends into the outbox.

    A picture is public by its nature: Slack shows no file in a message for one person alone, so a
    private trend goes into the direct messages with who asked.

    Args:
        aliases: of the configured projects.
    """

    def __init__(
        self,
        *,
        store: TrendStore,
        aliases: Sequence[str],
        direct: DirectMessages,
        clock: Clock,
        wake: Wake,
    ) -> None:
        self._store = store
        self._aliases = tuple(aliases)
        self._direct = direct
        self._clock = clock
        self._wake = wake

    async def show(
        self, asker: Asker, asked: int, *, time_zone: str, private: bool
    ) -> Shown | NothingToShow:
        """Show the last `asked` runs, `MOST_RUNS` at the most.

        Args:
            asker: who asks, and where: the channel's rule says which runs it hears of.
            asked: at least 1.
            time_zone: of the table's moments, where the channel's rule names none.
            private: show it to the asker alone.

        Raises:
            SlackError: Slack does not let the bot write to this person.
        """
        now = self._clock()
        rule = await self._store.rule_of(asker.channel) or Rule()
        records = await self._store.ended_in(
            rule.projects or self._aliases,
            until=now,
            channel=asker.channel if rule.only_watched else None,
            limit=min(asked, MOST_RUNS),
        )
        if not records:
            return NothingToShow(only_watched=rule.only_watched)
        channel = await self._direct.open_direct(asker.user) if private else asker.channel
        fact = TrendShown(
            runs=trend_of(records),
            asked=asked,
            time_zone=rule.digest.time_zone if rule.digest else time_zone,
        )
        notice = NewNotice(
            dedupe_key=f"trend:{asker.request_id}",
            channel=channel,
            fact=fact,
            asked_by=asker.user,
            response_url=asker.response_url,
        )
        await self._store.add([notice], now)
        self._wake()
        return Shown(channel)
