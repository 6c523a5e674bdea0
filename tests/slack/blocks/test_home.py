"""The App Home, as the golden views show it."""

from datetime import timedelta

from bot.domain.short_id import RunKey
from bot.domain.watch import HomeResult, WatchedRun
from bot.slack.blocks import buttons
from bot.slack.blocks.home import home_view
from bot.slack.blocks.message import section
from tests.slack.blocks.goldens import assert_golden_view
from tests.slack.blocks.samples import KEY, NOW, URL, tracked, watch
from tests.slack.blocks.test_notices import HALFWAY
from tests.slack.blocks.views import assert_view, elements, words

OWN = ("@U0ADA", "@U0BOB", "#C0SHOP")


def watched(number: int, **fields: object) -> WatchedRun:
    key = RunKey("default", f"Run{number}")
    return WatchedRun(watch=watch(id=f"w{number}", key=key, **fields), tracked=tracked(HALFWAY))


def result(status: str, told: str | None, *, url: str | None = URL) -> HomeResult:
    return HomeResult(KEY, status, told, "C0SHOP", NOW - timedelta(hours=2), url)


def test_the_home_of_a_person_with_watches_and_results() -> None:
    view = home_view(
        watched_by_me=[watched(1), watched(2, channel="D0ADA")],
        watched_in_my_channels=[watched(3, asked_by="U0BOB")],
        last_results=[
            result("COMPLETED", "FAILED"),
            result("COMPLETED", "PASSED"),
            result("ERROR", None, url=None),
        ],
        now=NOW,
    )
    assert_view(view, *OWN)
    assert_golden_view("home", view)
    read = [buttons.read_run_value(each["value"]) for each in elements(view)]
    assert read[:3] == [RunKey("default", f"Run{number}") for number in (1, 2, 3)]


def test_the_home_where_nothing_happens_and_the_field_held_no_run() -> None:
    view = home_view(
        watched_by_me=[],
        watched_in_my_channels=[],
        last_results=[],
        now=NOW,
        not_understood="<!channel> what?",
        rules=[section("Rules of your channels")],
    )
    assert_view(view)
    assert_golden_view("home_empty", view)
    blank = home_view(
        watched_by_me=[], watched_in_my_channels=[], last_results=[], now=NOW, not_understood=""
    )
    assert "That is not a run." in words(blank)


def test_a_long_home_says_how_much_it_leaves_out() -> None:
    many = [watched(number) for number in range(300)]
    view = home_view(
        watched_by_me=many,
        watched_in_my_channels=many,
        last_results=[result("COMPLETED", "PASSED")] * 80,
        now=NOW,
    )
    assert_view(view, *OWN)
    assert words(view).count("and 285 more") == 2
    assert "and 65 more" in words(view)


def test_a_run_that_no_button_can_name_is_listed_without_one() -> None:
    odd = HomeResult(RunKey("a/b", "c d"), "COMPLETED", "PASSED", "C0SHOP", NOW, None)
    view = home_view(watched_by_me=[], watched_in_my_channels=[], last_results=[odd], now=NOW)
    assert_view(view, *OWN)
    assert not list(elements(view))
