"""The modals about a run: open while QA.tech thinks, then filled; every failure is a view too."""

import asyncio

from bot.domain.errors import AccessDenied, RunNotFound, Unavailable
from bot.domain.run import TestCaseDetails as CaseDetails
from bot.playground.slack_delivery import DeliveryKind
from bot.playground.slack_elements import elements
from bot.slack.blocks import buttons
from bot.slack.blocks.report import report
from tests.slack.blocks.samples import run as run_of
from tests.slack.blocks.samples import three_failed, tracked
from tests.slack.listeners.bench import KEY, Bench

FAILED, ISSUES, CASE = "Failed cases", "Accessibility issues", "Test case"


async def test_a_modal_opens_at_once_and_is_filled_when_qatech_has_answered(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.gate = asyncio.Event()
    message = bench.shows(*report(tracked(three_failed())).blocks)
    for action, title, words in (
        (buttons.FAILED_CASES, FAILED, "Checkout with credit card"),
        (buttons.ACCESSIBILITY, ISSUES, "Images must have alternative text"),
    ):
        bench.qatech.gate.clear()
        pressed = await bench.press(message, action)
        assert pressed.ack_seconds is not None
        assert pressed.ack_seconds < 1
        await bench.modal(title, "I am asking QA.tech")
        bench.qatech.gate.set()
        await bench.modal(title, words)


async def test_a_run_that_has_ended_is_shown_from_the_store(bench: Bench) -> None:
    await bench.ended(three_failed())
    bench.qatech.fail(Unavailable("QA.tech is down"))
    await bench.press(bench.shows(*report(tracked(three_failed())).blocks), buttons.FAILED_CASES)
    await bench.modal(FAILED, "Checkout with credit card")
    assert not bench.qatech.asked


async def test_what_qatech_refuses_is_explained_in_the_modal(bench: Bench) -> None:
    message = bench.shows(*report(tracked(three_failed())).blocks)
    for error, words in (
        (Unavailable("no answer"), "did not answer"),
        (AccessDenied("401"), "key"),
        (RunNotFound("404"), "knows no run"),
    ):
        bench.qatech.fail(error, times=1)
        await bench.press(message, buttons.FAILED_CASES)
        await bench.modal(FAILED, words)


async def test_pages_details_and_the_filter_stay_in_the_modal(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.put_test_case("default", CaseDetails(id="id-1", short_id="c1", duration_ms=61_000))
    message = bench.shows(*report(tracked(three_failed())).blocks)
    await bench.press(message, buttons.FAILED_CASES)
    failed = await bench.modal(FAILED, "Checkout with credit card")
    details = next(
        element["action_id"]
        for _, element in elements(failed.blocks)
        if element["action_id"].startswith(buttons.CASE_DETAILS)
    )
    await bench.slack.press_in_view(failed, details)
    case = await bench.modal(CASE, "1 min 1 s")
    assert case.previous_id == failed.id, "it lies on top, so that closing it leads back"
    await bench.press(message, buttons.ACCESSIBILITY)
    issues = await bench.modal(ISSUES, "Images must have alternative text")
    await bench.slack.press_in_view(issues, buttons.ISSUE_FILTER, "major")
    filtered = await bench.modal(ISSUES, "color contrast")
    assert filtered.id == issues.id
    assert "Images must have alternative text" not in str(filtered.given)


async def test_a_missing_or_refused_detail_leaves_the_rest_standing(bench: Bench) -> None:
    await bench.ended(three_failed())  # the run itself is stored: only the detail is asked for
    value = buttons.case_value(KEY, "c1")
    for error, words in (
        (RunNotFound("404"), "no more to tell"),
        (AccessDenied("403"), "key"),
        (Unavailable("hung up"), "did not"),
    ):
        bench.qatech.fail(error, times=1)
        await bench.send(
            DeliveryKind.INTERACTIVE, bench.action(f"{buttons.CASE_DETAILS}:1", value=value)
        )
        await bench.modal(CASE, words)
        await bench.modal(CASE, "The total shown was $0.00")


async def test_a_test_case_that_the_run_does_not_hold_any_more_is_explained(bench: Bench) -> None:
    bench.qatech.put(KEY, run_of())
    value = buttons.case_value(KEY, "c1")
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(buttons.CASE_DETAILS, value=value))
    await bench.modal(CASE, "does not hold this test case any more")


async def test_a_trigger_that_is_too_old_is_explained(bench: Bench) -> None:
    bench.slack.faults.add("views.open", "error", error="expired_trigger_id")
    await bench.press(bench.shows(*report(tracked(three_failed())).blocks), buttons.FAILED_CASES)
    await bench.aside("too little time")


async def test_a_modal_that_was_closed_in_the_meantime_is_left_closed(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.gate = asyncio.Event()
    await bench.press(bench.shows(*report(tracked(three_failed())).blocks), buttons.FAILED_CASES)
    await bench.modal(FAILED, "I am asking QA.tech")
    await bench.slack.close(bench.ada)
    bench.qatech.gate.set()
    await bench.finished()
    assert not bench.slack.views.modals[bench.ada.id]
    assert not bench.slack.ephemeral


async def test_a_view_that_slack_refuses_gives_way_to_an_explanation(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.slack.faults.add("views.update", "error", error="invalid_arguments")
    await bench.press(bench.shows(*report(tracked(three_failed())).blocks), buttons.FAILED_CASES)
    await bench.modal(FAILED, "Something went wrong in this bot")
