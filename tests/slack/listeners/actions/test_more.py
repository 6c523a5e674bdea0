"""The menu behind three dots: refresh, stop watching, copy the ID."""

import pytest

from bot.domain.errors import RateLimited
from bot.domain.facts import RunFinished
from bot.slack.blocks import buttons
from bot.slack.blocks.report import report
from bot.slack.blocks.run_buttons import live_row
from tests.slack.blocks.samples import case, three_failed, tracked
from tests.slack.blocks.samples import run as run_of
from tests.slack.listeners.bench import KEY, Bench

GOING = run_of(case(1, "Search", status="RUNNING", result=None), status="RUNNING", result=None)


async def test_the_id_is_copied_for_who_pressed(bench: Bench) -> None:
    message = bench.shows(*report(tracked(three_failed())).blocks)
    await bench.press(message, buttons.MORE, buttons.more_value(buttons.COPY_ID, KEY))
    assert "`UkxK`" in (await bench.aside("ID of this run")).text


async def test_watching_is_stopped_once(bench: Bench) -> None:
    await bench.watched(GOING)
    message = bench.shows(*live_row(tracked(GOING)))
    choice = buttons.more_value(buttons.STOP_WATCHING, KEY)
    await bench.press(message, buttons.MORE, choice)
    await bench.aside("stopped watching")
    await bench.press(message, buttons.MORE, choice, by=bench.ada)
    await bench.aside("not being watched")
    assert not await bench.store.watches_in(bench.room.id)


async def test_a_refresh_of_a_run_in_progress_looks_again(bench: Bench) -> None:
    await bench.watched(GOING)
    message = bench.shows(*live_row(tracked(GOING)))
    await bench.press(message, buttons.MORE, buttons.more_value(buttons.REFRESH, KEY))
    await bench.aside("looking")


async def test_a_refresh_of_a_report_brings_it_up_to_date_and_says_so(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    message = bench.shows(*report(tracked(three_failed())).blocks)
    await bench.press(message, buttons.MORE, buttons.more_value(buttons.REFRESH, KEY))
    await bench.aside("I have looked at run UkxK again")
    (kept,) = bench.store.kept.values()
    assert isinstance(kept.new.fact, RunFinished)
    assert kept.new.edit_ts == message.ts
    assert bench.wakes


async def test_a_refresh_of_a_report_for_one_person_is_for_that_person_alone(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    message = bench.shows(*report(tracked(three_failed())).blocks, ephemeral=True)
    await bench.press(message, buttons.MORE, buttons.more_value(buttons.REFRESH, KEY))
    await bench.aside("Run UkxK failed")
    assert not bench.facts()


@pytest.mark.parametrize("ephemeral", [True, False])
async def test_a_refresh_that_qatech_refuses_is_explained(bench: Bench, ephemeral: bool) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.fail(RateLimited("429", retry_after=20))
    message = bench.shows(*report(tracked(three_failed())).blocks, ephemeral=ephemeral)
    await bench.press(message, buttons.MORE, buttons.more_value(buttons.REFRESH, KEY))
    await bench.aside("asks too often")
