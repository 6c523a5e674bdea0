"""Alerts: who is told that a run has ended, and why, watch by watch and channel by channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.changes import Changes, totals_of
from bot.domain.facts import RunFinished, VerdictGiven
from bot.domain.notice import NewNotice, final_notices, report_notice, verdict_notice
from bot.domain.record import Past, RunRecord
from bot.domain.rules import Decision, Reason, Rule, decide
from bot.domain.run import Verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import Watch


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The bot was away when the run ended: one message for each channel tells of all such runs."""

    group: str
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that has ended, with all that decides who is told.

    Attributes:
        past: the comparable runs before, as far as any is remembered.
        rules: channel → rule, of all channels that have one.
    """

    key: RunKey
    run_id: int
    record: RunRecord
    past: Past
    changes: Changes | None
    rules: Mapping[str, Rule]
    now: datetime
    catch_up: CatchUp | None = None

    @property
    def passed(self) -> bool:
        return self.record.verdict is Verdict.PASSED


@dataclass(frozen=True, slots=True)
class Owed:
    """The notices that an end owes to one channel, and the decision behind them."""

    channel: str
    decision: Decision
    notices: tuple[NewNotice, ...] = ()


def owed_to_watch(ending: Ending, watch: Watch) -> Owed:
    """What the end of its run owes to a watch.

    Who typed a command, or pressed for a rerun, is always told. A live message becomes the report
    in any case: its edit notifies nobody, and whether the reply below is written is decided.
    """
    if watch.source in {"command", "rerun"} and watch.notify_on is None:
        *edits, telling = final_notices(watch, ending.changes)
        notices = (*edits, _gathered(ending, watch, telling))
        return Owed(watch.channel, Decision(Reason.WANTS_ALL), notices)
    rule = _rule_for(watch, ending.rules)
    decision = _decide(ending, rule, watch.mention)
    if not watch.live:
        notices = (_alert(ending, watch.channel, rule, decision, watch),) if decision.tell else ()
        return Owed(watch.channel, decision, notices)
    report = report_notice(watch, RunFinished(changes=ending.changes))
    if not decision.tell:
        return Owed(watch.channel, decision, (report,))
    verdict = VerdictGiven(
        mentions=decision.mentions, broadcast=rule.broadcast, changes=totals_of(ending.changes)
    )
    reply = replace(verdict_notice(watch, verdict), is_alert=True)
    return Owed(watch.channel, decision, (report, _gathered(ending, watch, reply)))


def _gathered(ending: Ending, watch: Watch, notice: NewNotice) -> NewNotice:
    """What notifies people of the end, told together with other ends where the bot was away.

    Not below a live message that has never been told: the bot may not be in the channel, and who
    asked is then answered aside.
    """
    catch_up = ending.catch_up
    if catch_up is None or (watch.live and watch.live_ts is None):
        return notice
    return replace(notice, is_alert=True, group=catch_up.group, hold_until=catch_up.hold_until)


def owed_to_channel(ending: Ending, channel: str, rule: Rule) -> Owed:
    """What the end of a run owes to a channel that does not watch it, by the channel's rule."""
    decision = _decide(ending, rule, ())
    notices = (_alert(ending, channel, rule, decision, None),) if decision.tell else ()
    return Owed(channel, decision, notices)


def _decide(ending: Ending, rule: Rule, mention: tuple[str, ...]) -> Decision:
    decision = decide(rule, ending.record, ending.past, ending.now)
    if not decision.tell or ending.passed:
        return decision
    return Decision(decision.reason, tuple(dict.fromkeys((*decision.mentions, *mention))))


def _rule_for(watch: Watch, rules: Mapping[str, Rule]) -> Rule:
    """The channel's rule, as far as the watch does not say otherwise."""
    rule = rules.get(watch.channel) or Rule()
    changed: dict[str, object] = {}
    if watch.source in {"command", "api"}:
        changed["projects"] = ()  # this very run was asked for
    if watch.notify_on is not None:
        changed["notify_on"] = watch.notify_on
    return rule.model_copy(update=changed)


def _alert(
    ending: Ending, channel: str, rule: Rule, decision: Decision, watch: Watch | None
) -> NewNotice:
    """One message in the channel; a reply below the link where the watch speaks in a thread.

    Its key is the channel's, not the watch's: the same run is not told there twice.
    """
    thread_ts = watch.thread_ts if watch else None
    catch_up = ending.catch_up
    return NewNotice(
        dedupe_key=f"rule:{channel}:{ending.key.project}/{ending.key.short_id}",
        channel=channel,
        fact=RunFinished(
            changes=ending.changes,
            mentions=decision.mentions,
            broadcast=thread_ts is not None and rule.broadcast,
        ),
        run_id=ending.run_id,
        watch_id=watch.id if watch else None,
        thread_ts=thread_ts,
        is_alert=True,
        group=catch_up.group if catch_up else None,
        hold_until=catch_up.hold_until if catch_up else None,
    )
