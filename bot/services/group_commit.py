"""Group commit: what waits while one transaction is written is written by the next one, together.

A database takes as long for the beginning and the end of a transaction as for dozens of rows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.domain.errors import DatabaseError

T = TypeVar("T")
R = TypeVar("R")

_MOST = 100
"""Of one transaction: others wait for it no longer than for a few."""


class GroupCommit(Generic[T, R]):
    """Writes what it is given; a single one at once."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]], name: str) -> None:
        """Writes nothing yet.

        Args:
            write: one transaction; returns an outcome for each that it is given, in their order.
            name: of the task that writes, for whoever looks at the tasks.
        """
        self._write = write
        self._name = name
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, one: T) -> R:
        """Its outcome, once the transaction is committed; raises what `write` raises."""
        outcome: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, outcome))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name=self._name)
        return await outcome

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:_MOST]
                del self._waiting[:_MOST]
                await self._write_batch(batch)
        finally:
            self._writing = None

    async def _write_batch(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        # Who does not wait any more is taken to have given it up.
        batch = [each for each in batch if not each[1].done()]
        if not batch:
            return
        try:
            outcomes = await self._write([one for one, _ in batch])
            if len(outcomes) != len(batch):
                raise AssertionError(f"{len(outcomes)} outcomes for {len(batch)}")
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            if len(batch) > 1 and not isinstance(error, DatabaseError | TimeoutError):
                # One that is bad must not keep the others from being written.
                for each in batch:
                    await self._write_batch([each])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
