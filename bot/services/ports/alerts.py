"""What automatic alerts need of the database, as Protocols."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import NewEntry
from bot.domain.noise import Alerts, Fold
from bot.domain.notice import NewNotice
from bot.domain.record import HISTORY_RUNS, RunRecord
from bot.domain.rules import Rule
from bot.domain.short_id import RunKey

USUAL_RUNS = 5
"""Runs of the same test cases that say how long those usually take."""


class Rules(Protocol):
    """What each channel wants to hear."""

    async def rule_of(self, channel: str) -> Rule | None:
        """The rule of this channel; None where nobody has set one."""
        ...

    async def save_rule(
        self, channel: str, rule: Rule, now: datetime, *, audit: Sequence[NewEntry] = ()
    ) -> None:
        """Set the rule of this channel, in place of any that it had.

        The entries of the audit trail are written in the same transaction.
        """
        ...

    async def all_rules(self) -> Mapping[str, Rule]:
        """Channel → rule."""
        ...

    async def rules_covering(self, project: str) -> Mapping[str, Rule]:
        """Channel → rule, of those that want to hear of this project (its alias)."""
        ...


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much of the past was forgotten."""

    records: int
    runs: int
    notices: int


@dataclass(frozen=True, slots=True)
class Before:
    """What a run that has ended is held against.

    Attributes:
        ended_at: when it was first seen to have ended; None where that is news.
        history: see `Records.history_of`.
        origin: the run that it is a rerun of; None unless the bot itself has rerun it, and has
            seen its end.
    """

    ended_at: datetime | None
    history: Sequence[RunRecord]
    origin: RunRecord | None


class Records(Protocol):
    """Ended runs as they are remembered. `save_poll` and `save_ended` remember them."""

    async def record(self, key: RunKey) -> RunRecord | None:
        """The record of this run; None where its end was never seen."""
        ...

    async def history(
        self, project: str, *, before: datetime, limit: int = HISTORY_RUNS
    ) -> Sequence[RunRecord]:
        """The runs of a project (its alias) that ended before this moment, newest first."""
        ...

    async def history_of(
        self, record: RunRecord, *, limit: int = HISTORY_RUNS
    ) -> Sequence[RunRecord]:
        """What a run is to be compared with: those that ended before it, newest first.

        Half of them at the least are runs of the very same test cases, where there are as many:
        a nightly run finds the one of last night behind any number of smoke runs.
        """
        ...

    async def before(self, key: RunKey, names: Collection[str], *, now: datetime) -> Before:
        """All that a run of these test cases, seen to have ended now, is held against.

        A run whose end is remembered keeps its moment: it is held against what came before that.
        """
        ...

    async def ended_in(
        self,
        projects: Sequence[str],
        *,
        until: datetime,
        since: datetime | None = None,
        channel: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> Sequence[RunRecord]:
        """The runs of these projects that ended before `until`, newest first.

        With `since` none that ended before it; with `channel` only those that were watched there,
        or that something was told of there.
        """
        ...

    async def usual_seconds(self, project: str, names: Collection[str]) -> Sequence[float]:
        """How long the newest runs of the very same test cases took, newest first.

        Only those that were watched from start to end, and ended by themselves.
        """
        ...

    async def prune(self, before: datetime) -> Pruned:
        """Forget what ended before this moment: records, and runs with watches and notices.

        A run that is watched, or that anything was told of since, is kept.
        """
        ...


class Refusals(Protocol):
    """Channels that refuse the bot's messages."""

    async def refusals(self) -> Mapping[str, str]:
        """Channel → why it refused the newest alert; those that have taken one since are gone."""
        ...

    async def note_refusal(
        self, channel: str, *, why: str, notices: Sequence[NewNotice], now: datetime
    ) -> bool:
        """Note that a channel refuses, and write the notices that say so, in one transaction.

        False, and nothing written, where that is known already. The next message that the channel
        takes clears it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Beat:
    """The heartbeat as it now stands.

    Attributes:
        back_at: when the bot last came back, None: never.
        is_back: whether that is now.
    """

    back_at: datetime | None = None
    is_back: bool = False


class Heartbeats(Protocol):
    """When the bot, in any of its processes, was last at work."""

    async def beat(self, now: datetime, *, away_after: float) -> Beat:
        """Note that it is at work now.

        It is back when the beat before was more than `away_after` seconds ago.
        """
        ...


class Quiet(Protocol):
    """The alerts of a channel, so that many can become one message."""

    async def alerts(self, channel: str, *, now: datetime) -> Alerts:
        """The alerts of this channel as they stand; those that may be in Slack already left out."""
        ...

    async def fold(self, fold: Fold, *, channel: str, owner: str, now: datetime) -> bool:
        """Make these alerts lines of one message, in one transaction.

        The message is written, or renewed where it is there already: then it is edited, or where
        it has not been told yet, told in its newer form. False, and nothing written, where the
        channel's lease is lost.
        """
        ...
