"""The modal of a run's issues, as the golden views show it."""

import pytest

from bot.domain.run import Run
from bot.slack.blocks import buttons
from bot.slack.blocks.buttons import IssuesPlace
from bot.slack.blocks.views import issues_view
from tests.slack.blocks.goldens import assert_golden_view
from tests.slack.blocks.samples import KEY, URL, issue, run, three_failed
from tests.slack.blocks.views import assert_view, elements, pressed, words


@pytest.mark.parametrize(
    ("name", "seen", "place"),
    [
        ("accessibility", three_failed(), IssuesPlace(KEY)),
        ("major_only", three_failed(), IssuesPlace(KEY, severity="major")),
        ("all_categories", three_failed(), IssuesPlace(KEY, category=None)),
        ("failed_test", three_failed(), IssuesPlace(KEY, category="failed_test")),
        ("none", run(), IssuesPlace(KEY)),
        ("unread", run(issues=None), IssuesPlace(KEY)),
        ("in_progress", run(status="RUNNING", result=None), IssuesPlace(KEY, category="console")),
    ],
)
def test_the_issues(name: str, seen: Run, place: IssuesPlace) -> None:
    view = issues_view(seen, place=place, url=URL)
    assert_view(view)
    assert_golden_view(f"view_issues_{name}", view)


MANY_ISSUES = run(
    issues=tuple(
        issue(n, f"Rule {n}", ("Critical", "minor")[n % 2], cases=("Checkout",)) for n in range(20)
    )
)


def test_the_pages_of_issues_keep_their_filter_and_hold_every_issue_once() -> None:
    found: list[str] = []
    place = IssuesPlace(KEY, severity="minor")
    for _ in range(9):
        view = issues_view(MANY_ISSUES, place=place, url=URL)
        assert buttons.read_issues_value(view["private_metadata"]) == place
        found += [line for line in words(view).split("\n") if "*Rule" in line]
        if not any(each["action_id"] == "issue_page:next" for each in elements(view)):
            break
        following = buttons.read_issues_value(pressed(view, "issue_page:next")["value"])
        assert following is not None
        assert (following.severity, following.page) == ("minor", place.page + 1)
        place = following
    assert [line.split("*")[1] for line in found] == [f"Rule {n}" for n in range(1, 20, 2)]
    assert [line.split(".")[0] for line in found] == [str(n) for n in range(11, 21)]
    assert pressed(view, "issue_page:previous")


def test_the_filter_offers_the_severities_there_are_and_shows_which_is_chosen() -> None:
    view = issues_view(three_failed(), place=IssuesPlace(KEY, severity="minor"), url=URL)
    menu = pressed(view, buttons.ISSUE_FILTER)
    values = [option["value"] for option in menu["options"]]
    assert values == ["all", "critical", "major", "minor", "other severity"]
    assert menu["initial_option"]["value"] == "minor"
    assert "Shown: minor only." in words(view)


def test_a_filter_for_what_is_not_there_any_more_shows_all() -> None:
    view = issues_view(MANY_ISSUES, place=IssuesPlace(KEY, severity="moderate"), url=URL)
    assert view == issues_view(MANY_ISSUES, place=IssuesPlace(KEY), url=URL)
