"""Every modal: open while QA.tech thinks, filled, paged, filtered, and closed without a trace."""

import time

import pytest

from bot.playground.qatech_faults import Fault, delay, hang, raw, refuse
from bot.playground.qatech_script import Case, Finding, Script
from bot.playground.scenarios import three_failed
from bot.playground.slack_tickets import TRIGGER_SECONDS
from bot.playground.slack_views import View
from bot.slack.blocks import buttons
from tests.e2e.stage import Installation
from tests.e2e.talk import AT_ONCE, modal, press, press_in, reported, turned, usable, view_text

LOADING = "I am asking QA.tech"
MANY = Script(
    "Many2",
    tuple(
        Case(
            f"Case {n:02}",
            "FAILED",
            reason=f"Reason {n:02}",
            thought=f"Thought {n:02}",
            goal=f"Goal {n:02}",
            error_code="TEST_FAILED",
        )
        for n in range(1, 26)
    ),
    tuple(
        Finding(f"Finding {n:02}", severity=("Critical", "Major", "Minor")[n % 3])
        for n in range(1, 61)
    ),
)


def pressable(view: View, begins: str) -> list[str]:
    """The actions of a view that begin so."""
    return [action for action, _ in usable(view.blocks, begins)]


async def test_failed_cases_are_paged_and_each_can_be_looked_into(
    everywhere: Installation,
) -> None:
    report = await reported(everywhere, MANY)
    await press(everywhere, report, buttons.FAILED_CASES)
    view = await modal(everywhere, "Failed cases", "Case 01", "Reason 01", "Thought 01")
    for kind in ("next", "next", "previous"):
        (turn,) = pressable(view, f"{buttons.CASE_PAGE}:{kind}")
        before = view_text(view)
        await press_in(everywhere, view, turn)
        await turned(everywhere, view, before)
    assert len(everywhere.slack.views.modals[everywhere.ada.id]) == 1, "pages stay in one window"
    details = pressable(view, buttons.CASE_DETAILS)
    assert len(details) > 1
    await press_in(everywhere, view, details[0])
    case = await modal(everywhere, "Test case", "Goal", "Started:", "Ended:", "Took")
    assert case.previous_id == view.id
    assert pressable(case, buttons.OPEN_RUN) == [
        buttons.OPEN_RUN,
        f"{buttons.OPEN_RUN}:recording",
        f"{buttons.OPEN_RUN}:screenshot",
    ]
    for action in pressable(case, buttons.OPEN_RUN):
        await press_in(everywhere, case, action)
    await everywhere.slack.close(everywhere.ada)
    assert everywhere.slack.modal(everywhere.ada) is view


async def test_issues_are_filtered_by_severity_and_paged(everywhere: Installation) -> None:
    report = await reported(everywhere, MANY)
    await press(everywhere, report, buttons.ACCESSIBILITY)
    view = await modal(everywhere, "Accessibility issues", "60 accessibility issues")
    ((action, menu),) = usable(view.blocks, buttons.ISSUE_FILTER)
    assert [option["text"]["text"] for option in menu["options"]] == [
        "All severities",
        "Critical",
        "Major",
        "Minor",
    ]
    (turn,) = pressable(view, f"{buttons.ISSUE_PAGE}:next")
    await press_in(everywhere, view, turn)
    await modal(everywhere, "Page 2")
    for severity, words in (("major", "Finding 01"), ("minor", "Finding 02"), ("all", "60")):
        await press_in(everywhere, view, action, severity)
        await modal(everywhere, words)
    (link,) = pressable(view, buttons.OPEN_RUN)
    await press_in(everywhere, view, link)


async def test_a_view_opens_while_qatech_thinks_and_is_filled_when_it_answers(
    everywhere: Installation,
) -> None:
    everywhere.stage.qatech.add(three_failed("Going3", duration=100))
    await everywhere.slack.open_home(everywhere.ada)
    home = await everywhere.until(lambda: everywhere.slack.views.homes.get(everywhere.ada.id))
    everywhere.stage.qatech.faults.inject(delay(1.0))
    began = time.monotonic()
    await press_in(everywhere, home, buttons.LOOK_UP, "Going3", within=AT_ONCE)
    await modal(everywhere, LOADING)
    assert time.monotonic() - began < TRIGGER_SECONDS
    await modal(everywhere, "Run Going3 is in progress")
    everywhere.stage.qatech.faults.clear()


async def test_a_view_opens_while_qatech_hangs(installation: Installation) -> None:
    report = await reported(installation, three_failed(duration=0))
    await press(installation, report, buttons.FAILED_CASES)
    view = await modal(installation, "Failed cases", "Guest checkout")
    installation.stage.qatech.faults.inject(hang())
    details = pressable(view, buttons.CASE_DETAILS)[0]
    await press_in(installation, view, details, within=AT_ONCE)
    await modal(installation, "Test case", LOADING)
    installation.stage.qatech.faults.clear()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (refuse(404), "QA.tech has no more to tell about this test case"),
        (refuse(403), "does not let the bot's key see more"),
        (refuse(429), "asks too often"),
        (refuse(500), "did not answer"),
        (raw(b"<html>"), "did not answer"),
    ],
    ids=["404", "403", "429", "500", "html"],
)
async def test_a_detail_that_is_missing_or_refused_leaves_the_rest_standing(
    installation: Installation, fault: Fault, words: str
) -> None:
    report = await reported(installation, three_failed(duration=0))
    await press(installation, report, buttons.FAILED_CASES)
    view = await modal(installation, "Failed cases", "Guest checkout")
    installation.stage.qatech.faults.inject(fault)
    await press_in(installation, view, pressable(view, buttons.CASE_DETAILS)[0])
    await modal(
        installation, "Guest checkout with a card", "I waited 30 seconds", "Buy one product", words
    )
    installation.stage.qatech.faults.clear()


async def test_no_modal_about_a_run_can_be_submitted_so_none_hangs_on_it(
    installation: Installation,
) -> None:
    report = await reported(installation, three_failed(duration=0))
    for action, words in (
        (buttons.FAILED_CASES, "Failed cases"),
        (buttons.ACCESSIBILITY, "Accessibility issues"),
    ):
        await press(installation, report, action)
        view = await modal(installation, words)
        assert view.given["close"]
        with pytest.raises(ValueError, match="no submit button"):
            await installation.slack.submit(installation.ada)


async def test_the_modal_of_the_rules_is_submitted(everywhere: Installation) -> None:
    await everywhere.type("alerts")
    await modal(everywhere, "Preview")
    submitted = await everywhere.slack.submit(everywhere.ada, {"notify_on": "all"})
    seconds = submitted.require_ack().ack_seconds
    assert seconds is not None
    assert seconds < 1
    assert submitted.problem is None
    told = await everywhere.until(lambda: everywhere.slack.ephemeral_for(everywhere.ada))
    assert "Every run that ends" in told[0].text
