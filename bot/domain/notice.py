"""Notices: facts worth telling, stored as facts and rendered at the last moment.

The store keeps a notice until it is told (the outbox). Its `dedupe_key` is unique for ever, so
that the same fact is never written twice however often a poll, a retry or a replica sees it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.changes import Changes
from bot.domain.question import Question
from bot.domain.reply import Reply
from bot.domain.run import Verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun, Watch, WatchEnd


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RunProgressed(_Fact):
    """A watched run is in progress: the live message, in its newest form."""

    kind: Literal["run_progressed"] = "run_progressed"


class RunFinished(_Fact):
    """A run has ended: the report.

    `changes` leads it where a comparable run is remembered; `mentions` are IDs of users and user
    groups whom the channel's rule mentions. `broadcast`: where it is a reply in a thread, it is
    shown in the channel too.
    """

    kind: Literal["run_finished"] = "run_finished"
    changes: Changes | None = None
    mentions: tuple[str, ...] = ()
    broadcast: bool = False


class VerdictGiven(_Fact):
    """The reply below a report that was a live message; it mentions who asked, and `mentions`.

    `broadcast`: whether it may be shown in the channel too.
    """

    kind: Literal["verdict_given"] = "verdict_given"
    mentions: tuple[str, ...] = ()
    broadcast: bool = True


class WatchEnded(_Fact):
    """A watch ended before its run did: the last form of the live message."""

    kind: Literal["watch_ended"] = "watch_ended"
    why: WatchEnd
    by: str | None = None
    """Slack's ID of the person who stopped it."""


class WatchEndedReply(_Fact):
    """The reply below that message, which mentions who asked; not for STOPPED."""

    kind: Literal["watch_ended_reply"] = "watch_ended_reply"
    why: WatchEnd


class QuestionAnswered(_Fact):
    """The reply to what a person said in a thread.

    `question` is what was understood, so that the next page can be asked for; None where the
    reply is no answer to a question.
    """

    kind: Literal["question_answered"] = "question_answered"
    reply: Reply
    question: Question | None = None


class AlertLine(_Fact):
    """One run among many in one message; `at` is when it was seen to have ended."""

    project: str
    short_id: str
    verdict: Verdict
    at: datetime
    url: str | None = None
    mentions: tuple[str, ...] = ()

    @property
    def key(self) -> RunKey:
        return RunKey(self.project, self.short_id)


class AlertsCollapsed(_Fact):
    """More alerts than a channel takes one by one, in one message that grows.

    `lines` are the newest of them, oldest first; `total` counts all.
    """

    kind: Literal["alerts_collapsed"] = "alerts_collapsed"
    lines: tuple[AlertLine, ...]
    total: int


class AlertsGrouped(_Fact):
    """What ended while the bot was away, in one message; as in `AlertsCollapsed`."""

    kind: Literal["alerts_grouped"] = "alerts_grouped"
    lines: tuple[AlertLine, ...]
    total: int


class ChannelRefused(_Fact):
    """A channel does not take the bot's alerts: told to the person who wanted them there."""

    kind: Literal["channel_refused"] = "channel_refused"
    channel: str
    why: str


Gathered = AlertsCollapsed | AlertsGrouped
"""Facts that stand for several alerts; their message is edited as more come."""

Fact = Annotated[
    RunProgressed
    | RunFinished
    | VerdictGiven
    | WatchEnded
    | WatchEndedReply
    | QuestionAnswered
    | AlertsCollapsed
    | AlertsGrouped
    | ChannelRefused,
    Field(discriminator="kind"),
]


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
    response_url: str | None = None
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
    """

    id: int
    dedupe_key: str
    channel: str
    fact: Fact
    run_id: int | None
    watch_id: str | None
    thread_ts: str | None
    asked_by: str | None
    response_url: str | None
    created_at: datetime
    version: int
    attempts: int
    uncertain: bool
    told_aside: bool
    edit_ts: str | None = None
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice with all that its rendering needs."""

    notice: Notice
    watch: Watch | None
    tracked: TrackedRun | None

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
    return (report, verdict_notice(watch, VerdictGiven())) if watch.live else (report,)


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
