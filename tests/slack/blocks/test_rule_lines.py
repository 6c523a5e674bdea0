"""A channel's rule in words, and the short answers about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.facts import AlertsCollapsed, Fact, RunFinished, RunProgressed, VerdictGiven
from bot.domain.preview import Preview
from bot.domain.question import Severity
from bot.domain.rules import CaseMute, Decision, MentionRule, NotifyOn, Reason, Rule
from bot.slack.blocks.message import Message, section
from bot.slack.blocks.notices import render
from bot.slack.blocks.rule_lines import (
    home_rules,
    mute_lines,
    muted,
    nothing_muted,
    preview_line,
    rule_lines,
    rules_saved,
    unmuted,
    with_mutes,
)
from tests.domain.test_record import record
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits
from tests.slack.blocks.samples import NOW, telling, three_failed, tracked

LATER = NOW + timedelta(hours=2)
WHOLE = Rule(
    projects=("shop", "web"),
    only_watched=True,
    notify_on=NotifyOn.CHANGES,
    accessibility_from=Severity.MAJOR,
    accessibility_new_only=False,
    mentions=(
        MentionRule(who=("U0ADA", "S0QA"), pattern="*check*", severity=Severity.CRITICAL),
        MentionRule(who=("U0BEN",)),
    ),
    live=True,
    in_thread=True,
    broadcast=False,
    watch_links=False,
    muted_until=LATER,
    muted_cases=(CaseMute(name="Log in", until=LATER), CaseMute(name="Old", until=NOW)),
    set_by="U0ADA",
)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rules_saved", rules_saved("C0SHOP", WHOLE, NOW)),
        ("rules_saved_defaults", rules_saved("C0SHOP", Rule(), NOW, is_member=False)),
        ("muted", muted(WHOLE, NOW)),
        ("muted_unknown_case", muted(WHOLE, NOW, nearest="Log in with SSO")),
        ("unmuted", unmuted("C0SHOP", Rule(), NOW, name=None)),
        ("unmuted_case", unmuted("C0SHOP", WHOLE, NOW, name="Pay")),
        ("nothing_muted", nothing_muted("C0SHOP", Rule(), NOW, name=None)),
        ("nothing_muted_case", nothing_muted("C0SHOP", WHOLE, NOW, name="Pay")),
    ],
)
def test_each_answer_about_rules_is_as_it_was_reviewed(name: str, message: Message) -> None:
    assert_within_limits(message)
    assert_golden(name, message)


def test_what_is_over_is_not_said_to_be_muted() -> None:
    assert mute_lines(Rule(muted_until=NOW, muted_cases=WHOLE.muted_cases[1:]), NOW) == []
    assert mute_lines(None, NOW) == []


def test_of_a_rule_that_nobody_has_set_only_what_is_muted_is_said() -> None:
    rule = Rule(mutes_only=True, only_watched=True, muted_until=LATER)
    assert rule_lines(rule, NOW) == mute_lines(rule, NOW)
    blocks = str(home_rules({"C1": rule, "C2": Rule(mutes_only=True), "C3": Rule()}, NOW))
    assert ("<#C1>" in blocks, "<#C2>" in blocks, "<#C3>" in blocks) == (True, False, True)


@pytest.mark.parametrize(
    ("told", "looked_at", "said"),
    [
        (4, 30, "*4 of the last 30 runs*"),
        (0, 7, "*0 of the last 7 runs*."),
        (1, 1, "*1 of the last 1 run*"),
        (0, 0, "nothing to try the rules on"),
    ],
)
def test_the_preview_says_how_many_of_the_last_runs(told: int, looked_at: int, said: str) -> None:
    runs = tuple((record(f"r{n}"), Decision(Reason.FAILED)) for n in range(told))
    line = preview_line(Preview(runs, looked_at))
    assert said in line
    assert ("r0" in line) == bool(told)


def test_a_message_says_at_its_end_what_is_muted_and_only_where_there_is_room() -> None:
    short = with_mutes(Message("Told.", (section("Told."),)), WHOLE, NOW)
    assert short.text.startswith("Told.\n🔕 Alerts here are muted until")
    assert len(short.blocks) == 2
    full = Message("x" * 3_900, tuple(section("x") for _ in range(50)))
    assert with_mutes(full, WHOLE, NOW) == full
    assert with_mutes(full, Rule(), NOW) is full
    one = with_mutes(Message("Told."), WHOLE.model_copy(update={"muted_until": None}), NOW)
    assert one.text == "Told.\n🔕 1 test case muted here: `/qarun list` names them."


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (RunProgressed(), True),
        (RunFinished(), True),
        (AlertsCollapsed(lines=(), total=0), True),
        (VerdictGiven(), False),  # the report above it says so
    ],
)
def test_messages_say_what_is_muted_while_it_lasts(fact: Fact, *, says: bool) -> None:
    seen = three_failed() if isinstance(fact, RunFinished | VerdictGiven) else None
    told = replace(telling(fact, tracked(seen)), rule=WHOLE)
    for now, expected in ((NOW, says), (LATER, False)):
        message = render(told, now=now, bot_name="qarun")
        assert ("muted until" in message.text) is expected
        assert ("muted until" in str(message.blocks)) is expected
