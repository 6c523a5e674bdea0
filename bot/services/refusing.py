"""Refusing: a channel that does not take alerts is noted, and who wanted them there is told."""

from datetime import datetime

from bot.domain.facts import ChannelRefused
from bot.domain.notice import NewNotice, Telling
from bot.services.ports import Refusals


class RefusalNotes:
    """Notes which channels refuse alerts; one word to one person, until the channel takes some."""

    def __init__(self, store: Refusals) -> None:
        self._store = store

    async def note(self, telling: Telling, why: str, now: datetime) -> bool:
        """Note that Slack refused this notice for good; returns whether it is news.

        Who asked by a command sees that nothing comes; of an alert nobody else would know.
        """
        channel = telling.notice.channel
        if not telling.is_unasked or isinstance(telling.notice.fact, ChannelRefused):
            return False
        rule = telling.rule
        asked_by = telling.watch.asked_by if telling.watch else None
        person = (rule.set_by if rule else None) or asked_by
        notices = _notices(channel, why, person, now)
        return await self._store.note_refusal(channel, why=why, notices=notices, now=now)


def _notices(channel: str, why: str, person: str | None, now: datetime) -> list[NewNotice]:
    """The word to the person who wanted alerts in a channel, in their direct messages."""
    if person is None:
        return []
    key = f"refused:{channel}:{now.timestamp():.0f}"
    return [NewNotice(key, channel=person, fact=ChannelRefused(channel=channel, why=why))]
