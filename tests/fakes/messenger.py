"""Slack in memory: `Messenger` and `DirectMessages` for the tests of the services."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain.errors import SlackError
from bot.domain.notice import Telling
from bot.services.ports import Found, Gone, Retry, Sent, TellResult


class _Hang:
    """An attempt that never ends by itself."""


HANG: Final = _Hang()

Outcome = TellResult | Exception | _Hang


@dataclass(frozen=True, slots=True)
class Call:
    """One call of `tell`: which notice, in which version, where to, and when."""

    key: str
    channel: str
    edit_ts: str | None
    thread_ts: str | None
    version: int
    at: datetime
    before: datetime


@dataclass(slots=True)
class FakeMessenger:
    """It posts and edits as told, unless a notice has been given other outcomes.

    Attributes:
        calls: every call of `tell`, in order.
        looked_for: every `(dedupe_key, thread_ts)` that `find` was asked for.
        messages: the messages that stand in Slack: `ts` to `(channel, dedupe_key)`.
        find_fails: what every look comes to, where set.
        no_direct: why nobody can be written to directly, where set.
        gate: while set and not open, every attempt waits for it.
        during: what happens elsewhere in the middle of every attempt.
    """

    calls: list[Call] = field(default_factory=list)
    looked_for: list[tuple[str, str | None]] = field(default_factory=list)
    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    find_fails: Retry | None = None
    no_direct: SlackError | None = None
    gate: asyncio.Event | None = None
    during: Callable[[], Awaitable[None]] | None = None
    _outcomes: dict[str, deque[tuple[Outcome, bool]]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def answer(self, key: str, *outcomes: Outcome, arrives: bool = False) -> None:
        """The outcomes of the next attempts at a notice; `arrives`: it is posted all the same."""
        self._outcomes[key].extend((outcome, arrives) for outcome in outcomes)

    def arrives_late(self, key: str) -> None:
        """Slack posts now what it was asked for long ago, in the first call for this notice."""
        call = next(call for call in self.calls if call.key == key)
        self._post(call.channel, key)

    def standing(self, key: str) -> list[str]:
        """The `ts` of each message that tells this notice."""
        return [ts for ts, (_, told) in self.messages.items() if told == key]

    async def tell(
        self, telling: Telling, *, edit_ts: str | None, now: datetime, before: datetime
    ) -> TellResult:
        """See `Messenger`."""
        notice = telling.notice
        key = notice.dedupe_key
        thread_ts = None if edit_ts else telling.thread_ts
        self.calls.append(
            Call(key, notice.channel, edit_ts, thread_ts, notice.version, now, before)
        )
        if self.during is not None:
            await self.during()
        if self.gate is not None:
            await self.gate.wait()
        if self._outcomes[key]:
            outcome, arrives = self._outcomes[key].popleft()
            if arrives:
                self._post(notice.channel, key)
            if isinstance(outcome, _Hang):
                await asyncio.Event().wait()
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                return outcome
        if edit_ts is None:
            return Sent(self._post(notice.channel, key))
        return Sent(edit_ts) if edit_ts in self.messages else Gone("message_not_found")

    async def find(
        self,
        *,
        notice_key: str,
        channel: str,
        thread_ts: str | None,
        since: datetime,
        until: datetime | None = None,
    ) -> Found | Retry:
        """See `Messenger`."""
        self.looked_for.append((notice_key, thread_ts))
        if self.find_fails is not None:
            return self.find_fails
        there = (ts for ts, place in self.messages.items() if place == (channel, notice_key))
        return Found(next(there, None))

    async def open_direct(self, user: str) -> str:
        """See `DirectMessages`."""
        if self.no_direct is not None:
            raise self.no_direct
        return f"D-{user}"

    def _post(self, channel: str, key: str) -> str:
        ts = f"{1_700_000_000 + len(self.messages)}.000100"
        self.messages[ts] = (channel, key)
        return ts
