"""Notices: facts on their way to a conversation, stored as facts and rendered at the last moment.

The store keeps a notice until it is told (the outbox). Its `dedupe_key` is unique for ever, so
that the same fact is never written twice however often a poll, a retry or a replica sees it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.domain.changes import Changes, totals_of
from bot.domain.facts import (
    Fact,
    RunFinished,
    RunProgressed,
    VerdictGiven,
    WatchEnded,
    WatchEndedReply,
)
from bot.domain.rules import Rule
from bot.domain.run import Verdict
from bot.domain.watch import TrackedRun, Watch, WatchEnd


class Priority(IntEnum):
    """Order within a channel: what is final goes before what is only live."""

    FINAL = 0
    LIVE = 1


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be written.

    Attributes:
        thread_ts: the thread to speak in; a reply below a live message needs none, its place is
            known only once that message has been told.
        response_url: a way to answer the asker where the bot is not a member.
        is_alert: nobody waits for it, so that many of them may become one message.
        group: alerts of the same group become one message, however few they are.
        hold_until: not to be told before.
    """

    dedupe_key: str
    channel: str
    fact: Fact
    run_id: int | None = None
    watch_id: str | None = None
    thread_ts: str | None = None
    asked_by: str | None = None
    response_url: str | None = field(default=None, repr=False)
    edit_ts: str | None = None
    """The message to turn into this one, where it is not the watch's live message."""
    is_alert: bool = False
    group: str | None = None
    hold_until: datetime | None = None

    @property
    def priority(self) -> Priority:
        return Priority.LIVE if isinstance(self.fact, RunProgressed) else Priority.FINAL


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the outbox keeps it.

    Attributes:
        id: unique; the Slack message carries it in its metadata.
        version: rises whenever the fact behind a live message changes.
        attempts: how often it has been tried, the present attempt included.
        uncertain: an earlier attempt ended without an outcome, so that Slack may have it already.
        told_aside: the asker has been told through `response_url` that the bot is not in the
            channel; it is not said again.
        revived_at: when the operator put it back after it had been given up.
    """

    id: int
    dedupe_key: str
    channel: str
    fact: Fact
    run_id: int | None
    watch_id: str | None
    thread_ts: str | None
    asked_by: str | None
    response_url: str | None = field(repr=False)  # whoever holds it can post in the channel
    created_at: datetime
    version: int
    attempts: int
    uncertain: bool
    told_aside: bool
    edit_ts: str | None = None
    is_alert: bool = False
    revived_at: datetime | None = None

    @property
    def wanted_since(self) -> datetime:
        """Since when it has been wanted: since it was written, or put back by the operator."""
        return self.revived_at or self.created_at


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice with all that its rendering needs; `rule` is the channel's, if known."""

    notice: Notice
    watch: Watch | None
    tracked: TrackedRun | None
    rule: Rule | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it belongs below the watch's live message."""
        return isinstance(self.notice.fact, VerdictGiven | WatchEndedReply)

    @property
    def edits_live_message(self) -> bool:
        """Whether it is a form of the watch's live message: edited in place once that exists."""
        return self.watch is not None and self.watch.live and not self.is_reply

    @property
    def thread_ts(self) -> str | None:
        """The thread to speak in, None for the conversation itself."""
        if self.is_reply and self.watch is not None:
            return self.watch.thread_ts or self.watch.live_ts
        return self.notice.thread_ts

    @property
    def broadcast(self) -> bool:
        """A reply is shown in the channel too, unless the run passed (DESIGN §4)."""
        fact = self.notice.fact
        if isinstance(fact, RunFinished):
            return fact.broadcast
        if not self.is_reply or (isinstance(fact, VerdictGiven) and not fact.broadcast):
            return False
        run = self.tracked.run if self.tracked else None
        return run is None or run.verdict is not Verdict.PASSED

    @property
    def is_unasked(self) -> bool:
        """Whether nobody waits for it: what becomes of it must be told to somebody else."""
        if self.watch is not None:
            return self.watch.source not in {"command", "rerun"}
        return self.notice.asked_by is None


def live_key(watch_id: str) -> str:
    """`dedupe_key` of the live message of a watch: one notice, whose version rises."""
    return f"live:{watch_id}"


def progress_notice(watch: Watch) -> NewNotice:
    return _of_watch(watch, live_key(watch.id), RunProgressed())


def report_notice(watch: Watch, report: RunFinished) -> NewNotice:
    """The report of the run of this watch; the last form of its live message where it has one."""
    return _of_watch(watch, f"report:{watch.id}", report)


def verdict_notice(watch: Watch, verdict: VerdictGiven) -> NewNotice:
    """The reply below the report that was a live message."""
    return _of_watch(watch, f"verdict:{watch.id}", verdict)


def final_notices(watch: Watch, changes: Changes | None = None) -> tuple[NewNotice, ...]:
    """What is told, to the person who asked for it, when the run of this watch has ended."""
    report = report_notice(watch, RunFinished(changes=changes))
    if not watch.live:
        return (report,)
    return report, verdict_notice(watch, VerdictGiven(changes=totals_of(changes)))


def ended_notices(watch: Watch, why: WatchEnd, by: str | None = None) -> tuple[NewNotice, ...]:
    """What is told when this watch ends before its run does."""
    message = _of_watch(watch, f"ended:{watch.id}", WatchEnded(why=why, by=by))
    if not watch.live or why is WatchEnd.STOPPED:
        return (message,)
    return message, _of_watch(watch, f"ended-reply:{watch.id}", WatchEndedReply(why=why))


def _of_watch(watch: Watch, dedupe_key: str, fact: Fact) -> NewNotice:
    return NewNotice(
        dedupe_key=dedupe_key,
        channel=watch.channel,
        fact=fact,
        run_id=watch.run_id,
        watch_id=watch.id,
        thread_ts=watch.thread_ts,
        # Who pasted a link did not ask for anything, and is not mentioned.
        asked_by=None if watch.source == "link" else watch.asked_by,
        response_url=watch.response_url,
    )
