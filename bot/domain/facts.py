"""Facts worth telling: what a notice holds, and what is rendered at the last moment."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.changes import Changes, ChangeTotals
from bot.domain.digest import Digest
from bot.domain.digest_rule import Every
from bot.domain.question import Question
from bot.domain.reply import Reply
from bot.domain.run import Verdict
from bot.domain.short_id import RunKey
from bot.domain.trend import TrendRun
from bot.domain.watch import WatchEnd


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

    `broadcast`: whether it may be shown in the channel too. `changes` are told in short.
    """

    kind: Literal["verdict_given"] = "verdict_given"
    mentions: tuple[str, ...] = ()
    broadcast: bool = True
    changes: ChangeTotals | None = None


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
    reply is no answer to a question. `about` and `url` tell the run that the notice itself does
    not: an old button may be pressed after the database has lost its run.
    """

    kind: Literal["question_answered"] = "question_answered"
    reply: Reply
    question: Question | None = None
    about: RunKey | None = None
    url: str | None = None


class AlertLine(_Fact):
    """One run among many in one message; `at` is when it was seen to have ended."""

    project: str
    short_id: str
    verdict: Verdict
    at: datetime
    url: str | None = None
    mentions: tuple[str, ...] = ()
    changes: ChangeTotals | None = None

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


class DigestDue(_Fact):
    """The digest of the runs that ended from `start` on and before `end`."""

    kind: Literal["digest_due"] = "digest_due"
    every: Every
    start: datetime
    end: datetime
    time_zone: str
    digest: Digest


class TrendShown(_Fact):
    """The last runs of a channel, the newest first, as a picture and as a table.

    `asked` is how many were asked for; `time_zone` is what the table's moments are given in.
    """

    kind: Literal["trend_shown"] = "trend_shown"
    runs: tuple[TrendRun, ...]
    asked: int
    time_zone: str = "UTC"


Gathered = AlertsCollapsed | AlertsGrouped
"""Facts that stand for several alerts; their message is edited as more come."""

AboutRun = RunProgressed | RunFinished | VerdictGiven | WatchEnded | WatchEndedReply
"""Facts that cannot be told without the run that they are about."""

Fact = Annotated[
    RunProgressed
    | RunFinished
    | VerdictGiven
    | WatchEnded
    | WatchEndedReply
    | QuestionAnswered
    | AlertsCollapsed
    | AlertsGrouped
    | ChannelRefused
    | DigestDue
    | TrendShown,
    Field(discriminator="kind"),
]
