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
from bot.domain.matching import State, difference, not_among, state_of
from bot.domain.question import Severity
from bot.domain.record import IssueRecord, Past, RunRecord, is_same_suite
from bot.domain.run import Verdict, severity_rank


class NotifyOn(StrEnum):
    """When a run that ended is told.

    Always; when it did not pass; or when its verdict differs from that of the run before, both
    ways, so that recovery is told where the failure was.
    """

    ALL = "all"
    FAILURES = "failures"
    CHANGES = "changes"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class MentionRule(_Part):
    """Who is mentioned for new failures; both conditions empty: for every new failure.

    What the test agent or the platform is to blame for mentions nobody.

    Attributes:
        pattern: of the name of a test case; see `is_like`.
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
        mutes_only: nobody has set this rule: the channel hears what it would hear without one, but
            for what is muted.
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
    mutes_only: bool = False

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
    """It passed, and the run before did not."""
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


def decide(rule: Rule, record: RunRecord, past: Past, now: datetime) -> Decision:
    """Whether a run that ended is news to a channel.

    Where no run before is known, nothing counts as changed but a failure: the state before is
    assumed to have been good.
    """
    if not rule.covers(record.project):
        return Decision(Reason.OTHER_PROJECT)
    if rule.is_muted(now):
        return Decision(Reason.MUTED)
    reason = _reason(rule, record, past.last, now)
    if reason not in TOLD and _alarms(rule, record, past):
        reason = Reason.ACCESSIBILITY
    if reason not in TOLD:
        return Decision(reason)
    return Decision(reason, _mentions(rule, record, past, now))


def _reason(rule: Rule, record: RunRecord, last: RunRecord | None, now: datetime) -> Reason:
    passed = record.verdict is Verdict.PASSED
    if rule.notify_on is NotifyOn.ALL:
        return Reason.WANTS_ALL
    if record.broken and all(rule.mutes(case.name, now) for case in record.broken):
        return Reason.CASES_MUTED
    if rule.notify_on is NotifyOn.FAILURES:
        return Reason.NOT_NEWS if passed else Reason.FAILED
    if record.verdict is _verdict_before(rule, record, last, now):
        return Reason.NOT_NEWS
    return Reason.RECOVERED if passed else Reason.VERDICT_CHANGED


def _verdict_before(
    rule: Rule, record: RunRecord, last: RunRecord | None, now: datetime
) -> Verdict:
    """The verdict of the run before, as far as this channel and this run are concerned.

    It counts as passed where all that broke in it is muted here, or, in a run of another suite,
    is no test case of this one.
    """
    if last is None:
        return Verdict.PASSED
    names = None if is_same_suite(record, last) else record.names
    concerning = [
        case
        for case in last.broken
        if not rule.mutes(case.name, now) and (names is None or case.name in names)
    ]
    return Verdict.PASSED if last.broken and not concerning else last.verdict


def _alarms(rule: Rule, record: RunRecord, past: Past) -> bool:
    """Whether it has accessibility issues that are news by themselves."""
    if rule.accessibility_from is None:
        return False
    news = _new_issues(record, past) if rule.accessibility_new_only else _accessibility(record)
    return any(severity_rank(each.severity) <= rule.accessibility_from.rank for each in news)


def _accessibility(record: RunRecord) -> Sequence[IssueRecord]:
    return [issue for issue in record.issues if issue.category == "accessibility"]


def _new_issues(record: RunRecord, past: Past) -> Sequence[IssueRecord]:
    """All of them where the run before is not known: twice is the lesser evil beside never."""
    return not_among(_accessibility(record), past.compared.issues if past.compared else ())


def _mentions(rule: Rule, record: RunRecord, past: Past, now: datetime) -> tuple[str, ...]:
    """Who is mentioned: only for failures and issues that the run before did not have."""
    if not rule.mentions:
        return ()
    cases = record.by_key
    new = difference(cases, past.compared.by_key if past.compared else {}).new
    names = [
        name
        for name, number in new
        if state_of(cases[name, number]) is State.BROKEN and not rule.mutes(name, now)
    ]
    ranks = [severity_rank(issue.severity) for issue in _new_issues(record, past)]
    found: dict[str, None] = {}
    for mention in rule.mentions:
        if _applies(mention, names, ranks):
            found.update(dict.fromkeys(mention.who))
    return tuple(found)


def _applies(mention: MentionRule, names: Sequence[str], ranks: Sequence[int]) -> bool:
    if mention.severity is not None and any(rank <= mention.severity.rank for rank in ranks):
        return True
    if mention.pattern is not None:
        return any(is_like(name, mention.pattern) for name in names)
    return mention.severity is None and bool(names)


def is_like(name: str, pattern: str) -> bool:
    """Whether the name of a test case fits a pattern, whatever its letters' case.

    `*` stands for anything and `?` for one character; a pattern without either fits every name
    that it stands in.
    """
    shape = pattern.casefold().replace("[", "[[]")  # brackets stand for themselves
    if not {"*", "?"} & set(shape):
        shape = f"*{shape}*"
    return fnmatch.fnmatchcase(name.casefold(), shape)
