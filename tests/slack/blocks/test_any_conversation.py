"""Whatever QA.tech and people say, replies and views can be sent: arbitrary runs through all."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diff import compare
from bot.domain.errors import QATechError
from bot.domain.facts import QuestionAnswered
from bot.domain.listing import listed_cases, listed_issues
from bot.domain.question import (
    Ambiguous,
    AskCases,
    AskGoal,
    AskHelp,
    AskIssue,
    AskIssues,
    AskLink,
    AskSummary,
    AskUnknown,
    AskWhy,
    CaseGroup,
    Choice,
    Inquiry,
    NotUnderstood,
)
from bot.domain.reply import Reply, WishAnswer
from bot.domain.responding import answer
from bot.domain.run import Run, RunTestCase
from bot.domain.run import TestCaseDetails as CaseDetails
from bot.domain.short_id import RunKey
from bot.domain.watch import HomeResult, WatchedRun
from bot.slack.blocks.buttons import IssuesPlace
from bot.slack.blocks.home import home_view
from bot.slack.blocks.notices import render
from bot.slack.blocks.pressing import old_button
from bot.slack.blocks.replies import render_reply
from bot.slack.blocks.views import (
    case_view,
    failed_cases_view,
    issues_view,
    problem_view,
    run_view,
)
from tests.slack.blocks.arbitrary import cases, hostile, runs, urls
from tests.slack.blocks.samples import KEY, NOW, telling, tracked, watch
from tests.slack.blocks.test_any_run import OWN, assert_sendable, thorough
from tests.slack.blocks.views import assert_view

keys = st.sampled_from([KEY, RunKey("shop", "UkxK")]) | st.builds(RunKey, hostile, hostile)


@st.composite
def questions(draw: st.DrawFn, seen: Run) -> Inquiry:
    """A question that this run has an answer to, as far as it holds anything."""
    some_cases = [case.short_id for case in listed_cases(seen)[:3]] or ["x"]
    some_issues = [issue.short_id for issue in listed_issues(seen)[:3]] or ["x"]
    case, issue = draw(st.sampled_from(some_cases)), draw(st.sampled_from(some_issues))
    asked: list[Inquiry] = [
        AskSummary(),
        *(AskCases(group=group) for group in CaseGroup),
        AskWhy(case=case),
        AskGoal(case=case),
        AskIssues(),
        AskIssues(category="accessibility", case=case),
        AskIssue(issue=issue),
        AskLink(),
        AskHelp(),
        AskUnknown(what="case", text=draw(hostile)),
    ]
    return draw(st.sampled_from(asked))


@thorough
@given(st.data(), runs(), urls, st.sampled_from([0, 10, 590]))
def test_every_answer_to_a_question_can_be_sent(
    data: st.DataObject, seen: Run, url: str | None, offset: int
) -> None:
    question = data.draw(questions(seen))
    fact = QuestionAnswered(reply=answer(question, seen, offset=offset), question=question)
    of = tracked(seen, url=url, run=seen)
    assert_sendable(render(telling(fact, of), now=NOW, bot_name="qarun"))


choices = st.lists(
    st.builds(Choice, label=hostile, question=st.builds(AskWhy, case=hostile)), max_size=9
).map(tuple)
replies: st.SearchStrategy[Reply] = st.one_of(
    st.builds(Ambiguous, text=hostile, choices=choices),
    st.builds(NotUnderstood, examples=st.lists(hostile, max_size=4).map(tuple)),
    st.builds(WishAnswer, heading=hostile),
)


@thorough
@given(replies, keys, urls)
def test_every_other_reply_can_be_sent(reply: Reply, key: RunKey, url: str | None) -> None:
    assert_sendable(render_reply(reply, key=key, url=url, question=None))


@thorough
@given(runs(), runs())
def test_every_comparison_can_be_sent(seen: Run, before: Run) -> None:
    assert_sendable(render_reply(compare(seen, before), key=KEY, url=None, question=None))


places = st.builds(
    IssuesPlace,
    key=keys,
    category=st.sampled_from(["accessibility", "failed_test", None]),
    severity=st.sampled_from([None, "critical", "other severity"]),
    page=st.integers(min_value=-1, max_value=200),
)


@thorough
@given(runs(), places, urls)
def test_every_view_of_any_run_can_be_opened(
    seen: Run, place: IssuesPlace, url: str | None
) -> None:
    assert_view(failed_cases_view(seen, key=place.key, url=url, page=place.page))
    assert_view(issues_view(seen, place=place, url=url))
    assert_view(run_view(seen, key=place.key, url=url))


details = st.builds(
    CaseDetails,
    id=hostile,
    evaluation_thought=hostile,
    prompt_goal=hostile,
    prompt_examples=hostile,
    duration_ms=st.none() | st.floats(),
    started_at=st.none() | st.datetimes(timezones=st.timezones()),
    url=urls,
    recording_url=urls,
    screenshot_url=urls,
)


@thorough
@given(cases, keys, st.none() | details, st.booleans())
def test_every_test_case_can_be_opened(
    case: RunTestCase, key: RunKey, found: CaseDetails | None, refused: bool
) -> None:
    problem = QATechError("x") if refused else None
    assert_view(case_view(case, key=key, details=found, problem=problem))


@thorough
@given(keys, hostile, hostile, urls)
def test_every_home_and_problem_can_be_shown(
    key: RunKey, words: str, more: str, url: str | None
) -> None:
    watched = WatchedRun(
        watch=watch(key=key, channel=more), tracked=tracked(None, key=key, status=words, url=url)
    )
    view = home_view(
        watched_by_me=[watched] * 20,
        watched_in_my_channels=[watched],
        last_results=[HomeResult(key, words, more, words, NOW, url)] * 20,
        now=NOW,
        not_understood=words,
    )
    assert_view(view, *OWN)
    assert_view(problem_view(words, old_button(key)))
