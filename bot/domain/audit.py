"""The audit trail: who did what, where and when, of all that costs money or silences the bot.

Entries are only ever added. What they quote of people and of QA.tech is untrusted text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.rules import Rule
from bot.domain.short_id import RunKey

BY_API = "api"
"""Who it was, where no person of Slack's was: CI, over `/api/v1`."""
BY_FILE = "qarun.toml"
BY_OPERATOR = "operator"
"""Whoever runs the bot, on its command line."""

_MOST_DETAIL = 1_000
_NO_CHANGE_OF_RULES = frozenset({"set_by", "muted_until", "muted_cases", "mutes_only"})


class Act(StrEnum):
    """What was done; the words are kept in the database."""

    RERUN_ASKED = "rerun_asked"
    RERUN_STARTED = "rerun_started"
    RERUN_REFUSED = "rerun_refused"
    """QA.tech did not start it."""
    RERUN_UNKNOWN = "rerun_unknown"
    """Nobody knows whether QA.tech started it."""
    RERUN_FORBIDDEN = "rerun_forbidden"
    """This person may not start reruns: QA.tech was not asked."""
    RULES_SET = "rules_set"
    MUTED = "muted"
    UNMUTED = "unmuted"
    CASE_MUTED = "case_muted"
    CASE_UNMUTED = "case_unmuted"
    RULES_FORBIDDEN = "rules_forbidden"
    """This person may change neither rules nor mutes: nothing was changed."""
    WATCH_STOPPED = "watch_stopped"
    NOTICE_RETRIED = "notice_retried"
    """A notice that was given up has been put back into the outbox."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written.

    Attributes:
        who: Slack's ID of the person, or one of `BY_…`.
        channel: where it was done, or what it is about.
        detail: what else there is to know, in one line.
    """

    act: Act
    who: str
    channel: str | None
    run: RunKey | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the trail keeps it; `act` is a word that a newer version may have written."""

    id: int
    at: datetime
    act: str
    who: str
    channel: str | None
    run: RunKey | None
    detail: str


def moment(at: datetime) -> str:
    """A moment as a detail tells it."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def rule_changes(before: Rule, after: Rule) -> str:
    """What was changed in the rules of a channel: `notify_on: failures → all`."""
    old, new = _settings(before), _settings(after)
    changed = [
        f"{name}: {_said(old[name])} → {_said(new[name])}" for name in new if old[name] != new[name]
    ]
    return "; ".join(changed)[:_MOST_DETAIL] or "as they were"


def _settings(rule: Rule) -> Mapping[str, Any]:
    return rule.model_dump(mode="json", exclude=set(_NO_CHANGE_OF_RULES))


def _said(value: Any) -> str:
    match value:
        case True | False:
            return "yes" if value else "no"
        case None | [] | ():
            return "none"
        case [*several]:
            return ", ".join(map(_said, several))
        case {"who": who, **conditions}:
            given = [str(condition) for condition in conditions.values() if condition is not None]
            return " ".join([*map(str, who), *given])
        case {"every": every, **when}:
            given = [f"{name} {word}" for name, word in when.items() if name != "since"]
            return ", ".join([str(every), *given])
    return str(value)
