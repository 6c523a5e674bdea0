"""The values of buttons: what goes in comes out, and nothing else does."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.question import (
    AskCases,
    AskGoal,
    AskIssue,
    AskIssues,
    AskLink,
    AskSummary,
    AskUnknown,
    AskWhy,
    BlameGroup,
    CaseGroup,
    Compare,
    Question,
    Rerun,
    Severity,
)
from bot.domain.short_id import RunKey, RunReference
from bot.slack.blocks import buttons
from tests.slack.blocks.arbitrary import hostile

KEYS = st.builds(
    RunKey,
    project=st.just("default") | st.from_regex(r"[A-Za-z0-9_.-]{1,64}", fullmatch=True),
    short_id=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
)
IDS = st.text(max_size=60)
QUESTIONS: st.SearchStrategy[Question] = st.one_of(
    st.builds(AskSummary),
    st.builds(AskLink),
    st.builds(
        AskCases, group=st.sampled_from(CaseGroup), blame=st.sampled_from([None, *BlameGroup])
    ),
    st.builds(AskWhy, case=IDS),
    st.builds(AskGoal, case=IDS),
    st.builds(AskIssue, issue=IDS),
    st.builds(
        AskIssues,
        category=st.sampled_from([None, "accessibility", "console", "hosting", "failed_test"]),
        severities=st.lists(st.sampled_from(Severity), max_size=4).map(tuple),
        case=st.none() | IDS,
    ),
    st.builds(Rerun, failed_only=st.booleans(), case=st.none() | IDS),
    st.builds(Compare, other=st.none() | st.builds(RunReference, short_id=IDS, alias=IDS)),
    st.builds(AskUnknown, what=st.just("case"), text=hostile),
)
SEVERITIES = st.sampled_from([None, "critical", "other severity"])
GARBAGE: tuple[Any, ...] = (
    None,
    "",
    "x",
    "[]",
    "{}",
    "null",
    "1",
    "[1]",
    "[1,null]",
    "[1,[]]",
    '[1,"UkxK"]',
    '[1,"/UkxK"]',
    '[1,"default/"]',
    '[1,"default/a b"]',
    '[1,"default/UkxK/x"]',
    '[0,"default/UkxK"]',
    '[2,"default/UkxK"]',
    '[true,"default/UkxK"]',
    '["1","default/UkxK"]',
    '[1,"explode","default/UkxK"]',
    '[1,[],"default/UkxK"]',
    '[1,"refresh",7]',
    '[1,"default/UkxK",0]',
    '[1,"default/UkxK",true]',
    '[1,"default/UkxK"," "]',
    '[1,"default/UkxK","\\ud83d"]',
    '[1,"default/UkxK",-1,{"kind":"summary"}]',
    '[1,"default/UkxK",10,{"kind":"newer"}]',
    '[1,"default/UkxK",10,{"kind":"why"}]',
    '[1,"default/UkxK",10,[]]',
    '[1,"nothing",10,{"kind":"summary"}]',
    '[1,"default/UkxK","seo",null,1]',
    '[1,"default/UkxK",["console"],null,1]',
    '[1,"default/UkxK",null,"",1]',
    '[1,"default/UkxK",null,7,1]',
    '[1,"default/UkxK",null,null,"1"]',
    '[1,"default/UkxK",null,null,1000001]',
    "[" * 1_900,
    "9" * 1_900,
    '[1,"default/UkxK"]' + " " * 2_000,
    '{"v":1,"run":"UkxK"}',
    "UkxK",
    7,
    {"run": "UkxK"},
)
READERS: tuple[Callable[[Any], Any], ...] = (
    buttons.read_run_value,
    buttons.read_more_value,
    buttons.read_page_value,
    buttons.read_choice_value,
    buttons.read_case_value,
    buttons.read_cases_page_value,
    buttons.read_issues_value,
)


@pytest.mark.parametrize("value", GARBAGE, ids=lambda value: str(value)[:50])
@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_what_this_version_did_not_write_is_read_as_nothing(read: Any, value: Any) -> None:
    assert read(value) is None


@given(st.one_of(hostile, st.recursive(st.integers() | st.text() | st.none(), st.lists)))
def test_reading_never_raises(value: Any) -> None:
    for given_value in (value, json.dumps(value), json.dumps([1, "default/UkxK", value])):
        for read in READERS:
            read(given_value)


@given(KEYS)
def test_a_run_comes_back_from_its_button(key: RunKey) -> None:
    assert buttons.can_carry(key)
    assert buttons.read_run_value(buttons.run_value(key)) == key
    for what in (buttons.REFRESH, buttons.STOP_WATCHING, buttons.COPY_ID):
        value = buttons.more_value(what, key)
        assert len(value) <= 150
        assert buttons.read_more_value(value) == (what, key)
    assert buttons.read_cases_page_value(buttons.cases_page_value(key, 7)) == (key, 7)


def test_an_alias_that_is_no_word_of_letters_still_fits_and_a_run_that_is_none_does_not() -> None:
    assert buttons.can_carry(RunKey("Büro 2", "UkxK"))
    for key in (RunKey("a/b", "UkxK"), RunKey("", "UkxK"), RunKey("default", "x" * 65)):
        assert not buttons.can_carry(key)
    assert not buttons.can_carry(RunKey("ü" * 64, "UkxK")), "too long for a menu"


@given(KEYS, QUESTIONS, st.integers(min_value=0, max_value=100_000))
def test_a_question_comes_back_from_its_button_or_has_none(
    key: RunKey, question: Question, offset: int
) -> None:
    value = buttons.page_value(key, question, offset)
    if value is None:
        assert not isinstance(question, AskCases | AskSummary | AskLink)
        return
    assert len(value) <= 2_000
    assert value.isascii()
    assert buttons.read_page_value(value) == (key, question, offset)
    choice = buttons.choice_value(key, question)
    assert buttons.read_choice_value(choice) == (key, question)


def test_a_question_that_does_not_fit_has_no_button() -> None:
    key = RunKey("default", "UkxK")
    assert buttons.page_value(key, AskWhy(case="x" * 2_000), 0) is None
    assert buttons.page_value(key, AskWhy(case="\ud83d"), 0) is None
    assert buttons.page_value(RunKey("", ""), AskSummary(), 0) is None


@given(KEYS, st.text(min_size=1, max_size=400))
def test_a_test_case_comes_back_from_its_button_or_has_none(key: RunKey, short_id: str) -> None:
    value = buttons.case_value(key, short_id)
    if value is None:
        assert not short_id.strip() or len(json.dumps(short_id)) > 1_800
    else:
        assert buttons.read_case_value(value) == (key, short_id)


def test_a_test_case_whose_id_slack_would_not_give_back_has_no_button() -> None:
    assert buttons.case_value(RunKey("default", "UkxK"), "a\ud83d") is None


@given(
    st.builds(
        buttons.IssuesPlace,
        key=KEYS,
        category=st.sampled_from([None, "accessibility", "console"]),
        severity=SEVERITIES,
        page=st.integers(min_value=1, max_value=999),
    )
)
def test_a_place_among_the_issues_comes_back(place: buttons.IssuesPlace) -> None:
    assert buttons.read_issues_value(buttons.issues_value(place)) == place


def test_every_action_of_a_kind_is_heard_old_or_new_and_no_other() -> None:
    pattern = buttons.every(buttons.CHOOSE)
    assert pattern.match("choose")
    assert pattern.match("choose:3")
    assert not pattern.match("choose_more")
