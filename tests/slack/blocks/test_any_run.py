"""Whatever QA.tech answers, the message can be sent: arbitrary runs through every rendering."""

import re
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.changes import Changes, totals_of
from bot.domain.errors import RunNotFound
from bot.domain.facts import (
    Fact,
    RunFinished,
    RunProgressed,
    VerdictGiven,
    WatchEnded,
    WatchEndedReply,
)
from bot.domain.run import Outcome, Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchedRun, WatchEnd
from bot.playground.slack_limits import check_message
from bot.slack.blocks import answers
from bot.slack.blocks.message import Message, simpler
from bot.slack.blocks.notices import render
from tests.slack.blocks.arbitrary import SPITE, hostile, runs, urls
from tests.slack.blocks.limits import (
    assert_formatting_is_ours,
    assert_nothing_active_but,
    assert_within_limits,
    lines_of,
)
from tests.slack.blocks.samples import (
    KEY,
    NOW,
    URL,
    hostile_changes,
    monster,
    telling,
    tracked,
    watch,
)

FACTS: tuple[Fact, ...] = (
    RunProgressed(),
    RunFinished(),
    RunFinished(changes=hostile_changes(), mentions=("U0ADA", "<!channel>")),
    VerdictGiven(),
    VerdictGiven(changes=totals_of(hostile_changes()), mentions=("<@U0EVE>",)),
    *(WatchEnded(why=why, by="U0BOB") for why in WatchEnd),
    *(WatchEndedReply(why=why) for why in WatchEnd),
)
ALLOWED_LINKS = ("https://", "http://")
OWN = ("@U0ADA", "@U0BOB", "#C0SHOP")


def assert_sendable(message: Message) -> None:
    """It fits, in its simpler forms too, and pings nobody but those who are meant."""
    form: Message | None = message
    forms = 0
    while form is not None:
        assert_within_limits(form)
        assert not check_message(form.text, form.blocks)
        assert_nothing_active_but(form, *ALLOWED_LINKS, *OWN)
        assert_formatting_is_ours(form)
        forms += 1
        form = simpler(form)
    assert 2 <= forms <= 3
    assert not [link for link in links_of(message) if link[1] not in LABELS]


LABELS = {"Open in QA.tech", "How to fix", "live message"}
"""What links say: never words that somebody else chose."""


def links_of(message: Message) -> Iterator[tuple[str, str]]:
    for line in (*lines_of(message), *message.text.split("\n")):
        yield from re.findall(r"<(https?://[^|>]*)\|([^>]*)>", line)


thorough = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)


@thorough
@given(runs(), urls, st.sampled_from(FACTS), st.booleans())
def test_every_notice_of_any_run_can_be_sent(
    seen: Run, url: str | None, fact: Fact, unverified: bool
) -> None:
    of = tracked(seen, url=url, run=seen, failures=1)
    if unverified:
        of = tracked(None, url=url, missing=1)
    assert_sendable(render(telling(fact, of), now=NOW, bot_name="qarun"))


@thorough
@given(runs(), urls, st.integers(min_value=-3, max_value=100), st.sampled_from([None, *SPITE]))
def test_every_answer_about_any_run_can_be_sent(
    seen: Run, url: str | None, page: int, category: str | None
) -> None:
    for message in (
        answers.failed_cases(seen, key=KEY, url=url, page=page),
        answers.issues(seen, key=KEY, url=url, page=page),
        answers.issues(seen, key=KEY, url=url, category="accessibility", page=page),
        answers.issues(seen, key=KEY, url=url, category=category, page=page),
    ):
        assert_sendable(message)
        assert_sendable(answers.not_in_channel(message, bot_name="qarun", channel="C0SHOP"))


@thorough
@given(hostile, hostile, urls)
def test_every_answer_to_any_words_can_be_sent(words: str, more: str, url: str | None) -> None:
    key = RunKey(words, more)
    watched = WatchedRun(watch=watch(key=key), tracked=tracked(None, key=key, status=words))
    for message in (
        answers.help_message(not_understood=words, nearest=more),
        answers.user_error(words),
        answers.stopped(key),
        answers.nothing_to_stop(key),
        answers.no_direct_message(words),
        answers.qatech_problem(RunNotFound(words), key, stored=False, nearest=more),
        answers.not_in_channel(answers.stopped(key), bot_name=words, channel=more),
        answers.watch_list([watched] * 40, channel=words, now=NOW, links={"w1": url or ""}),
    ):
        assert_within_limits(message)
        assert not check_message(message.text, message.blocks)
        assert_nothing_active_but(message, *ALLOWED_LINKS, *OWN)


@pytest.mark.parametrize("changed", [None, hostile_changes()], ids=["alone", "with changes"])
@thorough
@given(seen=runs())
def test_what_a_report_tells_and_what_it_leaves_out_make_the_whole(
    changed: Changes | None, seen: Run
) -> None:
    of = tracked(seen, run=seen)
    fact = RunFinished(changes=changed)
    lines = lines_of(render(telling(fact, of), now=NOW, bot_name="qarun"))
    told, left = told_and_left(lines)
    unlisted = len(seen.cases(Outcome.PASSED))
    by_issues = len(seen.failures_known_as_issues_only())
    accessibility = len(seen.issues_of("accessibility"))
    assert told + left == len(seen.run_test_cases) - unlisted + by_issues + accessibility


def told_and_left(lines: list[str]) -> tuple[int, int]:
    told = sum(bool(re.match(r"\d+\. \*", line)) for line in lines)
    left = [re.fullmatch(r"and ([\d,]+) more: type `.*`", line) for line in lines]
    return told, sum(int(match[1].replace(",", "")) for match in left if match)


@thorough
@given(runs(), st.sampled_from(["failed", "issues"]))
def test_the_pages_of_any_run_leave_nothing_out(seen: Run, kind: str) -> None:
    length, total = (10, len(seen.run_test_cases) - len(seen.cases(Outcome.PASSED)))
    if kind == "failed" and not seen.has_ended:
        total -= len(seen.cases(Outcome.IN_PROGRESS))
    if kind == "issues":
        active = [i for i in seen.issues or () if i.is_active and i.category != "failed_test"]
        length, total = (8, len(active))
    for page in {1, 2, -(-total // length)}:
        message = (
            answers.failed_cases(seen, key=KEY, url=URL, page=page)
            if kind == "failed"
            else answers.issues(seen, key=KEY, url=URL, page=page)
        )
        last = max(-(-total // length), 1)
        first = (min(max(page, 1), last) - 1) * length
        told, left = told_and_left(lines_of(message))
        assert (told, left) == (min(total - first, length), 0)


@pytest.mark.parametrize("fact", [RunFinished(), VerdictGiven(), RunProgressed()])
def test_5000_test_cases_are_rendered_in_less_than_a_tenth_of_a_second(fact: Fact) -> None:
    notice = telling(fact, tracked(monster(failures=5_000, issues=0)))
    spent = []
    for _ in range(5):  # the best of several, in CPU time: the machine may be busy otherwise
        began = time.process_time()
        render(notice, now=NOW + timedelta(minutes=1), bot_name="qarun")
        spent.append(time.process_time() - began)
    # measuring coverage traces every line, which makes this several times slower
    assert min(spent) < (0.1 if sys.gettrace() is None else 0.5)
