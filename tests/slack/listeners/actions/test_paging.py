"""“Next 10”, and the choice between things that a question may have meant."""

from bot.domain.answer import CasesAnswer
from bot.domain.errors import Unavailable
from bot.domain.question import AskCases, AskWhy, CaseGroup, Rerun
from bot.playground.slack_delivery import DeliveryKind
from bot.slack.blocks import buttons
from tests.slack.blocks.samples import failed, three_failed
from tests.slack.blocks.samples import run as run_of
from tests.slack.listeners.bench import KEY, Bench

MANY = run_of(*(failed(n, f"Case {n}") for n in range(1, 31)), result="FAILED")
FAILED_CASES = AskCases(group=CaseGroup.FAILED)


async def press_next(bench: Bench, offset: int = 10) -> None:
    value = buttons.page_value(KEY, FAILED_CASES, offset)
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(buttons.NEXT_PAGE, value=value))
    await bench.finished()


async def test_the_next_page_is_a_reply_for_all_and_comes_once(bench: Bench) -> None:
    await bench.ended(MANY)
    await press_next(bench)
    (page,) = bench.replies()
    assert isinstance(page, CasesAnswer)
    assert page.cases[0].name == "Case 11"
    await press_next(bench)
    await bench.aside("has been pressed already")
    assert len(bench.replies()) == 1
    await press_next(bench, offset=20)
    assert len(bench.replies()) == 2


async def test_what_was_chosen_is_answered(bench: Bench) -> None:
    await bench.ended(three_failed())
    value = buttons.choice_value(KEY, AskWhy(case="c1"))
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(f"{buttons.CHOOSE}:0", value=value))
    await bench.finished()
    (reply,) = bench.replies()
    assert "Checkout with credit card" in str(reply)


async def test_a_button_that_wishes_for_a_rerun_is_fulfilled(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    await bench.ended(three_failed())
    value = buttons.choice_value(KEY, Rerun(failed_only=True))
    await bench.send(DeliveryKind.INTERACTIVE, bench.action(f"{buttons.CHOOSE}:0", value=value))
    await bench.finished()
    assert bench.qatech.rerun_asked == [(KEY, True)]


async def test_a_run_that_qatech_does_not_give_is_explained(bench: Bench) -> None:
    bench.qatech.fail(Unavailable("no answer"))
    await press_next(bench)
    await bench.aside("did not answer")
    assert not bench.replies()
