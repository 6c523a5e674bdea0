"""A database in memory that can be away."""

import inspect
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import DatabaseError
from tests.fakes.store import FakeStore


@dataclass
class Trouble:
    """What fails.

    Attributes:
        of: the methods of the store; all where it is empty.
        times: how often they still fail.
        after: whether the transaction is kept, and only its outcome lost.
        met: the methods that have failed so far.
    """

    times: int = 0
    of: frozenset[str] = frozenset()
    after: bool = False
    met: list[str] = field(default_factory=list)

    def begin(self, times: int, *of: str, after: bool = False) -> None:
        self.times, self.of, self.after = times, frozenset(of), after


class AwayStore(FakeStore):
    """A store whose every transaction may fail; `trouble` says which do."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble = Trouble()

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if not inspect.iscoroutinefunction(value):
            return value
        trouble = self.trouble

        async def meeting(*args: Any, **named: Any) -> Any:
            if trouble.times <= 0 or (trouble.of and name not in trouble.of):
                return await value(*args, **named)
            trouble.times -= 1
            trouble.met.append(name)
            if trouble.after:
                await value(*args, **named)
            raise DatabaseError("away", uncertain=trouble.after)

        return meeting
