"""Many alerts as one message, and channels that refuse them."""

from datetime import timedelta

import pytest

from bot.domain.facts import (
    AlertLine,
    AlertsCollapsed,
    AlertsGrouped,
    ChannelRefused,
    Gathered,
    VerdictGiven,
)
from bot.domain.run import Verdict
from bot.slack.blocks import answers
from bot.slack.blocks.message import Message
from bot.slack.blocks.notices import render
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits
from tests.slack.blocks.samples import NOW, URL, failed, run, telling, tracked


def line(number: int, verdict: Verdict, project: str = "default", **parts: object) -> AlertLine:
    whole = {"short_id": f"run{number}", "at": NOW + timedelta(seconds=number), "url": URL}
    return AlertLine.model_validate({**whole, "project": project, "verdict": verdict} | parts)


def told(fact: Gathered | ChannelRefused) -> Message:
    message = render(telling(fact, None), now=NOW, bot_name="@qarun")
    assert_within_limits(message)
    return message


LINES = (
    line(1, Verdict.FAILED, mentions=("U0ADA", "S0QA", "nonsense")),
    line(2, Verdict.PASSED, url=None),
    line(3, Verdict.ERROR, project="mobile"),
    line(4, Verdict.FAILED, url="javascript:alert(1)"),
)


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("alerts_collapsed", AlertsCollapsed(lines=LINES, total=4)),
        ("alerts_collapsed_one", AlertsCollapsed(lines=LINES[:1], total=1)),
        ("alerts_grouped", AlertsGrouped(lines=LINES, total=9)),
        ("channel_refused_archived", ChannelRefused(channel="C0SHOP", why="is_archived")),
        ("channel_refused_not_in", ChannelRefused(channel="C0SHOP", why="not_in_channel")),
    ],
)
def test_each_message_about_alerts_is_as_it_was_reviewed(
    name: str, fact: Gathered | ChannelRefused
) -> None:
    assert_golden(name, told(fact))


def test_the_newest_run_is_listed_first() -> None:
    text = told(AlertsCollapsed(lines=LINES, total=4)).text
    assert text.index("run4") < text.index("mobile/run3") < text.index("run1")


def test_a_thousand_runs_are_counted_though_not_listed() -> None:
    lines = tuple(line(n, Verdict.CANCELLED, mentions=("U1",) * 9) for n in range(100))
    message = told(AlertsGrouped(lines=lines, total=1000))
    assert "1,000 runs ended" in message.text
    assert "ended earlier" in message.text


def test_what_slack_or_a_channel_is_called_cannot_be_markup() -> None:
    message = told(ChannelRefused(channel="C1> <!channel", why="<!here> *bold*"))
    assert "<!" not in message.text


def test_the_reply_below_a_live_report_mentions_whom_the_rule_names() -> None:
    fact = VerdictGiven(mentions=("U0BEN", "U0ADA", "S0QA", "<!channel>"))
    reply = render(telling(fact, tracked(run(failed(1, "Pay")))), now=NOW, bot_name="qarun")
    assert reply.text.startswith("<@U0ADA> <@U0BEN> <!subteam^S0QA> Run ")


def test_a_list_says_which_channels_refuse_alerts() -> None:
    refusals = {"C0SHOP": "is_archived", "C1": "not_in_channel", "C2": "restricted_action"}
    message = answers.watch_list([], channel="C0SHOP", now=NOW, refusals=refusals)
    assert "cannot be told in this channel: Slack says “is_archived”" in message.text
    assert "refused in <#C1> and <#C2>" in message.text
    assert_within_limits(message)
