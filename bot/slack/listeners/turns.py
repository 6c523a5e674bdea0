"""Turns: how many answers are worked on at once, so that none holds up an acknowledgement.

Slack's three seconds are for the acknowledgement. What comes after it, reading the database,
asking QA.tech, rendering, shares one thread with the acknowledgements of others.
"""

import asyncio
from collections import deque

AT_ONCE = 16
"""Answers worked on at once. More wait; they have been acknowledged."""
_BURST = 10
_BURST_SECONDS = 0.05
"""So many within so short a time are a burst. While it lasts, one answer is worked on at a time,"""
_REST_SECONDS = 0.1
"""and after each the acknowledgements have the thread to themselves for so long."""


class Turns:
    """Used as `async with turns:` around the work of one answer; first come, first served."""

    def __init__(self) -> None:
        self._at_work = 0
        self._recent = 0
        self._rested_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        self._recent += 1
        asyncio.get_running_loop().call_later(_BURST_SECONDS, self._forget_one)
        if self._waiting or not self._is_free():
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._give_back()
                raise
        else:
            self._at_work += 1

    async def __aexit__(self, *_: object) -> None:
        self._give_back()

    def _is_free(self) -> bool:
        if self._recent <= _BURST:
            return self._at_work < AT_ONCE
        return not self._at_work and asyncio.get_running_loop().time() >= self._rested_at

    def _forget_one(self) -> None:
        self._recent -= 1
        self._let_in()

    def _give_back(self) -> None:
        self._at_work -= 1
        self._rested_at = asyncio.get_running_loop().time() + _REST_SECONDS
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._is_free():
            turn = self._waiting.popleft()
            if not turn.done():
                self._at_work += 1
                turn.set_result(None)
