"""Saving polls: those that owe nobody anything share a transaction with others that wait."""

import asyncio
from collections.abc import Sequence

from bot.domain.notice import NewNotice
from bot.domain.watch import Watch
from bot.services.ports import Clock, NoticesBeside, NoticesFor, Polled, Polls

_MOST = 100
"""Polls of one transaction: others wait for it no longer than for a few."""


class Saving:
    """Saves what polls have found.

    While one transaction is being written, what comes in waits and is then written by one: a
    database takes as long for the beginning and the end of a transaction as for dozens of rows.
    A single poll is saved at once.
    """

    def __init__(self, store: Polls, *, owner: str, clock: Clock) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock
        self._waiting: list[tuple[Polled, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def save(
        self,
        polled: Polled,
        *,
        notices_for: NoticesFor,
        notices_beside: NoticesBeside | None = None,
    ) -> bool:
        """Save one poll, see `Polls.save_poll`; False when its lease is lost."""
        if polled.owes_nothing:
            future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            self._waiting.append((polled, future))
            if self._writing is None:
                self._writing = asyncio.create_task(self._write(), name="save polls")
            return await future
        return await self._store.save_poll(
            polled,
            owner=self._owner,
            notices_for=notices_for,
            notices_beside=notices_beside,
            now=self._clock(),
        )

    async def _write(self) -> None:
        try:
            while batch := self._waiting[:_MOST]:
                del self._waiting[:_MOST]
                await self._write_together(batch)
        finally:
            self._writing = None

    async def _write_together(self, batch: Sequence[tuple[Polled, asyncio.Future[bool]]]) -> None:
        try:
            saved = await self._store.save_quiet_polls(
                [polled for polled, _ in batch], owner=self._owner, now=self._clock()
            )
        except Exception:  # noqa: BLE001 - one bad poll must not keep the others from being saved
            for polled, future in batch:
                await self._write_alone(polled, future)
            return
        for polled, future in batch:
            if not future.done():
                future.set_result(polled.run_id in saved)

    async def _write_alone(self, polled: Polled, future: asyncio.Future[bool]) -> None:
        try:
            saved = await self._store.save_poll(
                polled, owner=self._owner, notices_for=_nothing, now=self._clock()
            )
        except Exception as error:  # noqa: BLE001 - raised where the poll is waited for
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(saved)


def _nothing(_: Watch) -> Sequence[NewNotice]:
    return ()
