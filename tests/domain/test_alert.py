"""What the end of a run owes to each watch and each channel."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.alert import CatchUp, Ending, owed_to_channel, owed_to_watch
from bot.domain.changes import Changes, ChangeTotals
from bot.domain.facts import RunFinished, VerdictGiven
from bot.domain.notice import NewNotice
from bot.domain.record import Past
from bot.domain.rules import MentionRule, NotifyOn, Reason, Rule
from bot.domain.run import Outcome, Verdict
from bot.domain.watch import WatchSource
from tests.domain.build import KEY, NOW, watch
from tests.domain.test_record import record

FAILED = record("UkxK", a=Outcome.FAILED).model_copy(update={"verdict": Verdict.FAILED})
PASSED = record("UkxK", a=Outcome.PASSED)


def ending(**parts: Any) -> Ending:
    whole = Ending(key=KEY, run_id=1, record=FAILED, past=Past(), changes=None, rules={}, now=NOW)
    return replace(whole, **parts)


def report(notices: tuple[NewNotice, ...]) -> RunFinished:
    (fact,) = (each.fact for each in notices if isinstance(each.fact, RunFinished))
    return fact


def verdicts(notices: tuple[NewNotice, ...]) -> list[VerdictGiven]:
    return [each.fact for each in notices if isinstance(each.fact, VerdictGiven)]


@pytest.mark.parametrize("source", ["command", "rerun"])
def test_who_asked_in_slack_is_told_whatever_the_rule_of_the_channel(source: WatchSource) -> None:
    rules = {"C1": Rule(muted_until=NOW + timedelta(days=1))}
    owed = owed_to_watch(ending(record=PASSED, rules=rules), watch(source=source))
    assert [each.dedupe_key for each in owed.notices] == ["report:w1", "verdict:w1"]
    assert {each.asked_by for each in owed.notices} == {"U1"}
    assert not any(each.is_alert for each in owed.notices)


@pytest.mark.parametrize(
    ("source", "notify_on", "rule", "ended", "reason"),
    [
        ("api", None, None, PASSED, Reason.NOT_NEWS),
        ("api", None, None, FAILED, Reason.FAILED),
        ("api", NotifyOn.ALL, None, PASSED, Reason.WANTS_ALL),
        ("api", None, Rule(notify_on=NotifyOn.ALL), PASSED, Reason.WANTS_ALL),
        ("api", NotifyOn.FAILURES, Rule(notify_on=NotifyOn.ALL), PASSED, Reason.NOT_NEWS),
        ("api", None, Rule(projects=("mobile",)), FAILED, Reason.FAILED),
        ("link", None, Rule(projects=("mobile",)), FAILED, Reason.OTHER_PROJECT),
        ("link", None, Rule(muted_until=NOW + timedelta(1)), FAILED, Reason.MUTED),
        ("command", NotifyOn.CHANGES, None, PASSED, Reason.NOT_NEWS),
        ("command", NotifyOn.ALL, None, PASSED, Reason.WANTS_ALL),
    ],
)
def test_a_watch_obeys_its_own_wish_then_the_channel_then_failures(
    source: WatchSource, notify_on: NotifyOn | None, rule: Rule | None, ended: Any, reason: Reason
) -> None:
    rules = {} if rule is None else {"C1": rule}
    mine = watch(source=source, notify_on=notify_on, live=False)
    owed = owed_to_watch(ending(record=ended, rules=rules), mine)
    assert owed.decision.reason is reason
    assert len(owed.notices) == owed.decision.tell


def test_an_alert_is_one_message_of_the_channel_under_the_key_of_run_and_channel() -> None:
    (alert,) = owed_to_watch(ending(), watch(source="api", live=False)).notices
    (other,) = owed_to_channel(ending(), "C1", Rule()).notices
    assert alert.dedupe_key == other.dedupe_key == "rule:C1:default/UkxK"
    assert alert.is_alert
    assert (alert.watch_id, other.watch_id) == ("w1", None)
    assert not report((alert,)).broadcast


@pytest.mark.parametrize("broadcast", [True, False])
def test_an_alert_below_a_link_is_broadcast_as_the_rule_says(*, broadcast: bool) -> None:
    rules = {"C1": Rule(in_thread=True, broadcast=broadcast)}
    mine = watch(source="link", live=False, thread_ts="1.1")
    (alert,) = owed_to_watch(ending(rules=rules), mine).notices
    assert alert.thread_ts == "1.1"
    assert report((alert,)).broadcast is broadcast


def test_a_live_message_becomes_the_report_and_the_reply_is_for_news() -> None:
    quiet = owed_to_watch(ending(record=PASSED), watch(source="rule"))
    assert [each.dedupe_key for each in quiet.notices] == ["report:w1"]
    assert not quiet.decision.tell
    loud = owed_to_watch(ending(), watch(source="rule", mention=("S1",)))
    assert report(loud.notices).mentions == ()
    assert verdicts(loud.notices) == [VerdictGiven(mentions=("S1",), broadcast=True)]


@pytest.mark.parametrize("source", ["rule", "api", "link"])
def test_the_reply_below_a_live_message_that_nobody_waits_for_is_an_alert_like_others(
    source: WatchSource,
) -> None:
    owed = owed_to_watch(ending(), watch(source=source))
    assert [each.is_alert for each in owed.notices] == [False, True]


def test_live_replies_are_not_broadcast_where_the_rule_says_so() -> None:
    rules = {"C1": Rule(broadcast=False)}
    owed = owed_to_watch(ending(rules=rules), watch(source="rule"))
    assert [each.broadcast for each in verdicts(owed.notices)] == [False]


def test_the_reply_says_in_short_what_changed() -> None:
    changes = Changes(before="r1", before_ended_at=NOW, total_new_failures=2)
    for source in ("command", "rule"):
        owed = owed_to_watch(ending(changes=changes), watch(source=source))
        (verdict,) = verdicts(owed.notices)
        assert verdict.changes == ChangeTotals(total_new_failures=2)


UNTIL = NOW + timedelta(seconds=10)
AWAY = CatchUp("g", UNTIL)


@pytest.mark.parametrize("source", ["rule", "api", "link", "command", "rerun"])
@pytest.mark.parametrize("live", [True, False])
def test_what_notifies_of_an_end_in_a_time_away_is_held_with_its_group(
    source: WatchSource, *, live: bool
) -> None:
    mine = watch(source=source, live=live, live_ts="1.1" if live else None)
    *edits, telling = owed_to_watch(ending(catch_up=AWAY), mine).notices
    assert len(edits) == live
    assert (telling.is_alert, telling.group, telling.hold_until) == (True, "g", UNTIL)
    assert not any(each.is_alert or each.hold_until for each in edits)


def test_who_asked_where_the_bot_could_not_speak_is_answered_aside_and_not_in_a_group() -> None:
    owed = owed_to_watch(ending(catch_up=AWAY), watch(source="command", live_ts=None))
    assert [each.group for each in owed.notices] == [None, None]


def test_an_alert_from_a_time_away_is_held_with_its_group() -> None:
    (alert,) = owed_to_channel(ending(catch_up=AWAY), "C1", Rule()).notices
    assert (alert.group, alert.hold_until) == ("g", UNTIL)


def test_people_are_mentioned_once_and_not_for_a_run_that_passed() -> None:
    rules = {"C1": Rule(notify_on=NotifyOn.ALL, mentions=(MentionRule(who=("U9", "S1")),))}
    mine = watch(source="api", live=False, mention=("S1", "U2"))
    assert report(owed_to_watch(ending(rules=rules), mine).notices).mentions == ("U9", "S1", "U2")
    passed = ending(rules=rules, record=PASSED)
    assert report(owed_to_watch(passed, mine).notices).mentions == ()


def test_who_pasted_a_link_is_not_mentioned_for_it() -> None:
    owed = owed_to_watch(ending(), watch(source="link"))
    assert {each.asked_by for each in owed.notices} == {None}
