"""Telling: one attempt at one notice, as an edit or as a message, and never a second time."""

from dataclasses import replace
from datetime import datetime

from bot.domain.facts import Gathered, RunProgressed
from bot.domain.notice import Notice, Telling, live_key
from bot.domain.watch import Watch
from bot.services.ports import (
    Attempt,
    Clock,
    Dropped,
    Found,
    Gone,
    Messenger,
    Outbox,
    Retry,
    Sent,
    TellResult,
)

_NOT_YET = "Slack may still do what it was asked for"


class Teller:
    """Asks Slack to post or to edit.

    What may stand in Slack is looked for. Not found, it is only posted once Slack cannot do any
    more what it was asked for before; and nothing final is written over while an edit of unknown
    outcome may still come.
    """

    def __init__(self, store: Outbox, messenger: Messenger, *, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock

    async def tell(self, attempt: Attempt, *, before: datetime) -> tuple[TellResult, bool]:
        """The result, and whether a new message may have come into the channel.

        Nothing is asked of Slack from `before` on.
        """
        telling = attempt.telling
        watch = telling.watch
        live_ts = watch.live_ts if watch else None
        if watch and attempt.live_uncertain and live_ts is None:
            found = await self._find_live(attempt, watch)
            if isinstance(found, Retry):
                return found, False
            await self._store.found_live(attempt, found.ts)
            live_ts = found.ts
            telling = replace(telling, watch=replace(watch, live_ts=live_ts))
            if telling.notice.dedupe_key == live_key(watch.id):
                # It has just been looked for.
                telling = replace(telling, notice=replace(telling.notice, uncertain=False))
        if telling.is_reply and live_ts is None:
            return Dropped("its message was never told here"), False
        edit_ts = live_ts if telling.edits_live_message else telling.notice.edit_ts
        if edit_ts is not None:
            result = await self._edit(attempt, telling, edit_ts, before)
            if not isinstance(result, Gone):
                return result, False
        return await self._post(attempt, telling, before), True

    async def _edit(
        self, attempt: Attempt, telling: Telling, edit_ts: str, before: datetime
    ) -> TellResult:
        if early := self._too_early(_written_over_until(attempt)):
            return early
        return await self._ask(telling, edit_ts, before)

    async def _post(self, attempt: Attempt, telling: Telling, before: datetime) -> TellResult:
        notice = telling.notice
        if notice.uncertain:
            found = await self._find(
                notice.dedupe_key, notice, telling.thread_ts, attempt.unsettled_until
            )
            if isinstance(found, Retry):
                return found
            if found.ts is not None and isinstance(notice.fact, Gathered):
                # More may have come in since it was posted.
                return await self._edit(attempt, telling, found.ts, before)
            if found.ts is not None:
                return Sent(found.ts)
            if early := self._too_early(attempt.unsettled_until):
                return early
        return await self._ask(telling, None, before)

    async def _ask(self, telling: Telling, edit_ts: str | None, before: datetime) -> TellResult:
        return await self._messenger.tell(
            telling, edit_ts=edit_ts, now=self._clock(), before=before
        )

    async def _find_live(self, attempt: Attempt, watch: Watch) -> Found | Retry:
        unsettled_until = attempt.live_unsettled_until
        found = await self._find(live_key(watch.id), watch, watch.thread_ts, unsettled_until)
        if isinstance(found, Found) and found.ts is None:
            return self._too_early(unsettled_until) or found
        return found

    async def _find(
        self,
        notice_key: str,
        place: Notice | Watch,
        thread_ts: str | None,
        until: datetime | None,
    ) -> Found | Retry:
        return await self._messenger.find(
            notice_key=notice_key,
            channel=place.channel,
            thread_ts=thread_ts,
            since=place.created_at,
            until=until,
        )

    def _too_early(self, unsettled_until: datetime | None) -> Retry | None:
        """Wait, where Slack may still do what an attempt of unknown outcome asked for."""
        now = self._clock()
        if unsettled_until is None or unsettled_until <= now:
            return None
        return Retry((unsettled_until - now).total_seconds(), _NOT_YET, uncertain=True)


def _written_over_until(attempt: Attempt) -> datetime | None:
    """Until when an earlier edit may still come, and undo what this one says.

    A live message in progress has its next edit soon; a report that is told again says the same.
    """
    fact = attempt.telling.notice.fact
    if isinstance(fact, Gathered):
        return attempt.unsettled_until
    return None if isinstance(fact, RunProgressed) else attempt.live_unsettled_until
