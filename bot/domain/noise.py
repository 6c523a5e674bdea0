"""Noise: when alerts become lines of one message rather than messages of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.changes import ChangeTotals, totals_of
from bot.domain.facts import (
    AlertLine,
    AlertsCollapsed,
    AlertsGrouped,
    Fact,
    Gathered,
    RunFinished,
    VerdictGiven,
)
from bot.domain.run import Verdict
from bot.domain.short_id import RunKey

WINDOW = timedelta(minutes=10)
"""The time in which alerts are counted."""
LINES_KEPT = 100
"""The most runs that one message lists; its total counts all."""


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """An alert that has not been told yet; `id` is its notice's."""

    id: int
    line: AlertLine
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of one channel as they stand.

    Attributes:
        told_at: when each alert of the last ten minutes was told alone.
        waiting: oldest first.
        collapsed: the newest collapsed message with its notice's key, if there ever was one.
        grouped: group → its message.
    """

    told_at: Sequence[datetime] = ()
    waiting: Sequence[WaitingAlert] = ()
    collapsed: tuple[str, AlertsCollapsed] | None = None
    grouped: Mapping[str, AlertsGrouped] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fold:
    """Alerts that become lines of one message: the notices, and the message's key and fact."""

    ids: tuple[int, ...]
    dedupe_key: str
    fact: Gathered


def alert_line(
    key: RunKey,
    verdict: Verdict,
    fact: Fact | None,
    *,
    at: datetime,
    url: str | None,
    asked_by: str | None,
) -> AlertLine:
    """An alert as a line among others: how the run ended, what changed, who is mentioned."""
    changes: ChangeTotals | None = None
    mentions: tuple[str, ...] = ()
    match fact:
        case RunFinished():
            changes, mentions = totals_of(fact.changes), fact.mentions
        case VerdictGiven():
            changes = fact.changes
            mentions = tuple(dict.fromkeys(filter(None, (asked_by, *fact.mentions))))
    return AlertLine(
        project=key.project,
        short_id=key.short_id,
        verdict=verdict,
        at=at,
        url=url,
        mentions=mentions,
        changes=changes,
    )


def fold(alerts: Alerts, *, channel: str, burst: int, now: datetime) -> Fold | None:
    """What is to be told as lines of one message, None where all is told one by one.

    A group of alerts from the time when the bot was away becomes one message as soon as it has
    two of them. Of the others, at most `burst` within ten minutes are told one by one.
    """
    for group in dict.fromkeys(each.group for each in alerts.waiting if each.group):
        found = [each for each in alerts.waiting if each.group == group]
        there = alerts.grouped.get(group)
        if there is not None or len(found) > 1:
            lines, total = _joined(there, found)
            fact = AlertsGrouped(lines=lines, total=total)
            return Fold(_ids(found), group_key(channel, group), fact)
    return _collapse(alerts, channel, burst, now)


def group_key(channel: str, group: str) -> str:
    """`dedupe_key` of the message of a group in a channel."""
    return f"group:{channel}:{group}"


def _collapse(alerts: Alerts, channel: str, burst: int, now: datetime) -> Fold | None:
    since = now - WINDOW
    key, there = alerts.collapsed or ("", None)
    told = sum(moment > since for moment in alerts.told_at)
    collapsed = [line.at for line in there.lines if line.at > since] if there else []
    surplus: list[WaitingAlert] = []
    for number, alert in enumerate(alerts.waiting):
        alone = told + number - len(surplus)
        # A line counts for the alerts that came after it, not for those that it came after.
        before = sum(moment < alert.line.at for moment in collapsed)
        if alone + before >= burst:
            surplus.append(alert)
    if not surplus:
        return None
    if not collapsed:
        key, there = f"burst:{channel}:{surplus[0].id}", None
    lines, total = _joined(there, surplus)
    return Fold(_ids(surplus), key, AlertsCollapsed(lines=lines, total=total))


def _joined(
    there: Gathered | None, alerts: Sequence[WaitingAlert]
) -> tuple[tuple[AlertLine, ...], int]:
    lines = (*(there.lines if there else ()), *(alert.line for alert in alerts))
    total = (there.total if there else 0) + len(alerts)
    return lines[-LINES_KEPT:], total


def _ids(alerts: Sequence[WaitingAlert]) -> tuple[int, ...]:
    return tuple(alert.id for alert in alerts)
