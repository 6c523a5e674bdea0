"""The modals, as the golden views show them."""

from datetime import UTC, datetime

import pytest

from bot.domain.errors import (
    AccessDenied,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
)
from bot.domain.run import Run
from bot.domain.run import TestCaseDetails as CaseDetails
from bot.domain.short_id import RunKey
from bot.slack.blocks import buttons
from bot.slack.blocks.buttons import IssuesPlace
from bot.slack.blocks.message import LEFT_OUT, Message, section
from bot.slack.blocks.modal import modal
from bot.slack.blocks.problems import failure_of_ours
from bot.slack.blocks.views import (
    case_view,
    failed_cases_view,
    issues_view,
    loading_view,
    problem_view,
    run_view,
)
from tests.slack.blocks.goldens import assert_golden_view
from tests.slack.blocks.samples import (
    KEY,
    URL,
    case,
    failed,
    monster,
    passing,
    run,
    three_failed,
)
from tests.slack.blocks.test_notices import HALFWAY, MIXED, OLD_SERVER
from tests.slack.blocks.test_replies import FORTY, TOLD
from tests.slack.blocks.views import assert_view, elements, pressed, words

UNCARRIED = RunKey("default", "not a run")
DETAILS = CaseDetails(
    id="d",
    short_id="c1",
    name="Checkout with credit card",
    started_at=datetime(2026, 3, 4, 12, 0, tzinfo=UTC),
    completed_at=datetime(2026, 3, 4, 12, 3, 12, tzinfo=UTC),
    duration_ms=192_000,
    url="https://app.qa.tech/p/shop/results/test/c1",
    recording_url="https://files.qa.tech/c1.webm?signature=abc",
    screenshot_url="https://files.qa.tech/c1.png?signature=abc",
)


@pytest.mark.parametrize(
    ("name", "seen", "page"),
    [
        ("three", three_failed(), 1),
        ("every_outcome", MIXED, 2),
        ("with_reasoning", TOLD, 1),
        ("page_2_of_8", FORTY, 2),
        ("none", run(*passing(3)), 1),
        ("in_progress", HALFWAY, 1),
        ("known_as_issues_only", OLD_SERVER, 1),
    ],
)
def test_the_failed_cases(name: str, seen: Run, page: int) -> None:
    view = failed_cases_view(seen, key=KEY, url=URL, page=page)
    assert_view(view)
    assert_golden_view(f"view_failed_{name}", view)


def test_the_pages_of_failed_cases_lead_through_all_of_them_and_back() -> None:
    numbers: list[str] = []
    page = 1
    while True:
        view = failed_cases_view(FORTY, key=KEY, url=URL, page=page)
        assert buttons.read_cases_page_value(view["private_metadata"]) == (KEY, page)
        numbers += [line.split(".")[0] for line in words(view).split("\n") if ". *Story" in line]
        if not any(each["action_id"] == "case_page:next" for each in elements(view)):
            break
        following = buttons.read_cases_page_value(pressed(view, "case_page:next")["value"])
        assert following == (KEY, page + 1)
        page += 1
    assert numbers == [str(number) for number in range(1, 38)]
    back = buttons.read_cases_page_value(pressed(view, "case_page:previous")["value"])
    assert back == (KEY, page - 1)
    assert failed_cases_view(FORTY, key=KEY, url=URL, page=99) == view


def test_each_failed_case_leads_to_its_details() -> None:
    view = failed_cases_view(TOLD, key=KEY, url=URL)
    read = [
        buttons.read_case_value(each["value"])
        for each in elements(view)
        if each["action_id"].startswith("case_details:")
    ]
    assert read == [(KEY, "c1"), (KEY, "c2"), (KEY, "c3")]


def test_a_clipped_reasoning_says_so_and_where_the_rest_is() -> None:
    long = failed(1, "Checkout", evaluation_thought="The total was wrong. " * 500)
    view = failed_cases_view(run(long, result="FAILED"), key=KEY, url=URL)
    assert "more characters are not shown: press Details." in words(view)


def test_a_run_that_no_button_can_name_is_shown_without_buttons() -> None:
    for view in (
        failed_cases_view(FORTY, key=UNCARRIED, url=None),
        issues_view(three_failed(), place=IssuesPlace(UNCARRIED), url=None),
        run_view(FORTY, key=UNCARRIED, url=None),
    ):
        assert_view(view)
        assert not list(elements(view))
        assert view["private_metadata"] == ""


@pytest.mark.parametrize(
    ("name", "details", "problem"),
    [
        ("whole", DETAILS, None),
        ("bare", CaseDetails(id="d", short_id="c1"), None),
        ("details_not_found", None, RunNotFound("404")),
        ("details_refused", None, AccessDenied("403")),
        ("details_rate_limited", None, RateLimited("429", 3)),
        ("details_unavailable", None, Unavailable("503")),
    ],
)
def test_one_test_case(name: str, details: CaseDetails | None, problem: QATechError | None) -> None:
    view = case_view(TOLD.run_test_cases[0], key=KEY, details=details, problem=problem)
    assert_view(view)
    assert_golden_view(f"view_case_{name}", view)
    assert "The agent put two articles into the basket" in words(view), "the rest stands"
    assert buttons.read_case_value(view["private_metadata"]) == (KEY, "c1")


def test_what_the_run_does_not_tell_of_a_test_case_is_taken_from_its_details() -> None:
    details = DETAILS.model_copy(update={"evaluation_thought": "Seen.", "prompt_goal": "Pay."})
    view = case_view(failed(1, "Checkout"), key=KEY, details=details)
    assert "&gt; Seen." in words(view)
    assert "&gt; Pay." in words(view)


@pytest.mark.parametrize(
    ("milliseconds", "words_of_it"),
    [(900.0, "Took 0 s."), (59_000, "Took 59 s."), (3_660_000, "Took 1 h 1 min.")],
)
def test_how_long_a_test_case_took(milliseconds: float, words_of_it: str) -> None:
    details = DETAILS.model_copy(update={"duration_ms": milliseconds})
    assert words_of_it in words(case_view(failed(1, "x"), key=KEY, details=details))


@pytest.mark.parametrize("nonsense", [-1.0, float("nan"), float("inf"), 1e300])
def test_a_duration_that_is_none_is_not_told(nonsense: float) -> None:
    details = DETAILS.model_copy(update={"duration_ms": nonsense})
    assert "Took" not in words(case_view(failed(1, "x"), key=KEY, details=details))


def test_a_very_long_reasoning_is_shown_in_full() -> None:
    thought = "\n".join(f"Step {n}: the page answered." for n in range(800))
    view = case_view(failed(1, "x", evaluation_thought=thought), key=KEY, details=None)
    assert_view(view)
    assert "&gt; Step 799: the page answered." in words(view)
    assert "not shown" not in words(view)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ended", three_failed()),
        ("in_progress", HALFWAY),
        ("cases_unknown", run(status="INITIATED", result=None, issues=None)),
    ],
)
def test_a_run_that_was_looked_up(name: str, seen: Run) -> None:
    view = run_view(seen, key=KEY, url=URL)
    assert_view(view)
    assert_golden_view(f"view_run_{name}", view)


def test_a_run_in_progress_with_many_failures_says_how_many_are_not_listed() -> None:
    seen = run(
        *(failed(n, f"Story {n}") for n in range(30)),
        case(99, "Pay", status="RUNNING", result=None),
        status="RUNNING",
        result=None,
    )
    assert "and 10 more: type `/qarun failed UkxK`" in words(run_view(seen, key=KEY, url=URL))


def test_the_loading_view_and_the_views_of_problems() -> None:
    for name, view in (
        ("loading", loading_view("Failed cases")),
        ("problem", problem_view("Failed cases", failure_of_ours())),
        ("problem_in_text_alone", problem_view("x" * 80, Message("Something broke.\nSorry."))),
    ):
        assert_view(view)
        assert_golden_view(f"view_{name}", view)


def test_a_view_of_more_blocks_than_slack_takes_says_that_it_ends_early() -> None:
    view = modal("Run", [section("x")] * 130, metadata="x" * 4_000)
    assert_view(view)
    assert LEFT_OUT in words(view)
    assert view["private_metadata"] == ""


def test_the_monster_fits_every_view() -> None:
    seen = monster()
    for view in (
        failed_cases_view(seen, key=KEY, url=URL, page=7),
        issues_view(seen, place=IssuesPlace(KEY, category=None, page=3), url=URL),
        issues_view(seen, place=IssuesPlace(KEY, severity="other severity"), url=URL),
        case_view(seen.run_test_cases[3], key=KEY, details=None, problem=None),
        run_view(seen, key=KEY, url=URL),
    ):
        assert_view(view)
