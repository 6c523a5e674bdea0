"""Rules: what a channel wants to hear, and whether a run that ended is news to it.

Every decision returns its reason: it becomes the log line and the metric's label (DESIGN §5.9).
"""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.domain.digest_rule import DigestRule
from bot.domain.question import Severity
from bot.domain.record import RunRecord
from bot.domain.run import Verdict, severity_rank


class NotifyOn(StrEnum):
    """When a run that ended is told: always, when it did not pass, or when the verdict differs."""

    ALL = "all"
    FAILURES = "failures"
    CHANGES = "changes"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class MentionRule(_Part):
    """Who is mentioned for new failures; both conditions empty: for every new failure.

    Attributes:
        pattern: of the name of a test case, with `*` and `?`, whatever its letters' case.
        severity: of a new accessibility issue, this one or graver.
        who: IDs of users (`U…`) and user groups (`S…`).
    """

    who: tuple[str, ...]
    pattern: str | None = None
    severity: Severity | None = None


class CaseMute(_Part):
    """A test case, by name, that is no news until a moment."""

    name: str
    until: datetime


class Rule(_Part):
    """What one channel wants to hear.

    Attributes:
        projects: aliases; empty means all.
        only_watched: only runs that are watched in the channel, by a command, a link or CI, and not
            those that the bot hears of elsewhere.
        accessibility_from: the least severity of accessibility issues that is news by itself.
        accessibility_new_only: only issues that the run before did not have.
        live: a live message for runs in progress, or only the end.
        in_thread: replies go into the thread of the run's message; `broadcast` shows them in the
            channel too.
        watch_links: links to runs, and QA.tech's own messages, are watched.
        muted_until: nothing is told before.
        digest: when a digest is told, None: never.
        set_by: who last changed it; told when the channel refuses a message.
    """

    projects: tuple[str, ...] = ()
    only_watched: bool = False
    notify_on: NotifyOn = NotifyOn.FAILURES
    accessibility_from: Severity | None = None
    accessibility_new_only: bool = True
    mentions: tuple[MentionRule, ...] = ()
    live: bool = False
    in_thread: bool = False
    broadcast: bool = True
    watch_links: bool = True
    muted_until: datetime | None = None
    muted_cases: tuple[CaseMute, ...] = ()
    digest: DigestRule | None = None
    set_by: str | None = None

    def is_muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until

    def covers(self, project: str) -> bool:
        return not self.projects or project in self.projects

    def mutes(self, name: str, now: datetime) -> bool:
        """Whether a test case of this name is no news at the moment."""
        return any(
            mute.name.casefold() == name.casefold() and now < mute.until
            for mute in self.muted_cases
        )


class Reason(StrEnum):
    """Why a run that ended is told, or is not."""

    WANTS_ALL = "wants_all"
    FAILED = "failed"
    VERDICT_CHANGED = "verdict_changed"
    RECOVERED = "recovered"
    """It passed where the failure before was told."""
    ACCESSIBILITY = "accessibility"
    NOT_NEWS = "not_news"
    MUTED = "muted"
    CASES_MUTED = "cases_muted"
    """All that failed is muted test cases."""
    OTHER_PROJECT = "other_project"


TOLD = frozenset(
    {
        Reason.WANTS_ALL,
        Reason.FAILED,
        Reason.VERDICT_CHANGED,
        Reason.RECOVERED,
        Reason.ACCESSIBILITY,
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to tell, why, and whom to mention."""

    reason: Reason
    mentions: tuple[str, ...] = ()

    @property
    def tell(self) -> bool:
        return self.reason in TOLD


def decide(
    rule: Rule, project: str, record: RunRecord, before: RunRecord | None, now: datetime
) -> Decision:
    """Whether a run that ended is news to a channel.

    `before` is the last comparable run (same project, at least half of the cases shared), None
    where there is none: then nothing counts as changed but a failure, which is always a change
    from the assumed good state.
    """
    if not rule.covers(project):
        return Decision(Reason.OTHER_PROJECT)
    if rule.is_muted(now):
        return Decision(Reason.MUTED)
    reason = _reason(rule, record, before, now)
    if reason not in TOLD:
        return Decision(reason)
    return Decision(reason, _mentions(rule, record, before, now))


def _reason(rule: Rule, record: RunRecord, before: RunRecord | None, now: datetime) -> Reason:
    passed = record.verdict is Verdict.PASSED
    only_muted = record.broken and all(rule.mutes(case.name, now) for case in record.broken)
    if _alarming_issues(rule, record, before):
        return Reason.ACCESSIBILITY if passed or only_muted else _plain(rule, record, before)
    if only_muted and rule.notify_on is not NotifyOn.ALL:
        return Reason.CASES_MUTED
    return _plain(rule, record, before)


def _plain(rule: Rule, record: RunRecord, before: RunRecord | None) -> Reason:
    passed = record.verdict is Verdict.PASSED
    match rule.notify_on:
        case NotifyOn.ALL:
            return Reason.WANTS_ALL
        case NotifyOn.FAILURES:
            if not passed:
                return Reason.FAILED
            # Recovery is told where the failure was told.
            failed_before = before is not None and before.verdict is not Verdict.PASSED
            return Reason.RECOVERED if failed_before else Reason.NOT_NEWS
        case NotifyOn.CHANGES:
            if before is None:
                return Reason.NOT_NEWS if passed else Reason.VERDICT_CHANGED
            if record.verdict is before.verdict:
                return Reason.NOT_NEWS
            return Reason.RECOVERED if passed else Reason.VERDICT_CHANGED


def _alarming_issues(rule: Rule, record: RunRecord, before: RunRecord | None) -> Sequence[str]:
    """Short IDs of the accessibility issues that are news by themselves."""
    if rule.accessibility_from is None:
        return ()
    known = {issue.short_id for issue in before.issues} if before else set[str]()
    return [
        issue.short_id
        for issue in record.issues
        if issue.category == "accessibility"
        and severity_rank(issue.severity) <= rule.accessibility_from.rank
        and not (rule.accessibility_new_only and issue.short_id in known)
    ]


def _mentions(
    rule: Rule, record: RunRecord, before: RunRecord | None, now: datetime
) -> tuple[str, ...]:
    """Who is mentioned: only for failures and issues that the run before did not have."""
    broken_before = {case.name for case in before.broken} if before else set[str]()
    new_names = [
        case.name
        for case in record.broken
        if case.name not in broken_before and not rule.mutes(case.name, now)
    ]
    known = {issue.short_id for issue in before.issues} if before else set[str]()
    new_ranks = [
        severity_rank(issue.severity)
        for issue in record.issues
        if issue.category == "accessibility" and issue.short_id not in known
    ]
    found: dict[str, None] = {}
    for mention in rule.mentions:
        if _applies(mention, new_names, new_ranks):
            found.update(dict.fromkeys(mention.who))
    return tuple(found)


def _applies(mention: MentionRule, names: Sequence[str], ranks: Sequence[int]) -> bool:
    if mention.severity is not None and any(rank <= mention.severity.rank for rank in ranks):
        return True
    if mention.pattern is not None:
        pattern = mention.pattern.casefold()
        return any(fnmatch.fnmatchcase(name.casefold(), pattern) for name in names)
    return mention.severity is None and bool(names)
