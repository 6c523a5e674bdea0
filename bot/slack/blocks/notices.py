"""Notices as messages: facts are kept, their words are chosen here, at the last moment."""

from datetime import datetime
from typing import assert_never

from bot.domain.facts import (
    AboutRun,
    AlertsCollapsed,
    AlertsGrouped,
    ChannelRefused,
    DigestDue,
    Gathered,
    QuestionAnswered,
    RunFinished,
    RunProgressed,
    TrendShown,
    VerdictGiven,
    WatchEnded,
    WatchEndedReply,
)
from bot.domain.notice import Telling
from bot.domain.watch import TrackedRun
from bot.slack.blocks.alerts import about_alerts
from bot.slack.blocks.digest import digest
from bot.slack.blocks.endings import ended, ended_reply, verdict_reply
from bot.slack.blocks.message import Message
from bot.slack.blocks.problems import failure_of_ours
from bot.slack.blocks.progress import live_message
from bot.slack.blocks.replies import render_reply
from bot.slack.blocks.report import report
from bot.slack.blocks.rule_lines import with_mutes
from bot.slack.blocks.trend import trend


def render(telling: Telling, *, now: datetime, bot_name: str) -> Message:
    """The message that tells a notice. Never raises, never exceeds a limit of Slack."""
    message = _rendered(telling, now=now, bot_name=bot_name)
    if isinstance(telling.notice.fact, RunProgressed | RunFinished | Gathered):
        return with_mutes(message, telling.rule, now)
    return message


def _rendered(telling: Telling, *, now: datetime, bot_name: str) -> Message:
    tracked, fact = telling.tracked, telling.notice.fact
    match fact:
        case QuestionAnswered(reply=reply, question=question):
            key, url = (tracked.key, tracked.url) if tracked else (fact.about, fact.url)
            return render_reply(reply, key=key, url=url, question=question)
        case AlertsCollapsed() | AlertsGrouped() | ChannelRefused():
            return about_alerts(fact, bot_name=bot_name)
        case DigestDue():
            return digest(fact)
        case TrendShown():
            return trend(fact)
        case _:
            # all the others are about a run; without it, an honest sentence beats silence
            if tracked is None:
                return failure_of_ours()
            return _about_run(tracked, fact, telling, now=now, bot_name=bot_name)


def _about_run(
    tracked: TrackedRun, fact: AboutRun, telling: Telling, *, now: datetime, bot_name: str
) -> Message:
    match fact:
        case RunProgressed():
            return live_message(tracked, telling, now=now)
        case RunFinished(changes=changes, mentions=mentions):
            return report(tracked, changes=changes, mentions=mentions)
        case VerdictGiven():
            return verdict_reply(tracked, telling)
        case WatchEnded(why=why, by=by):
            return ended(tracked, why, by, now=now, bot_name=bot_name)
        case WatchEndedReply(why=why):
            return ended_reply(tracked, why, telling, now=now, bot_name=bot_name)
    assert_never(fact)
