"""`kill -9` at the worst moments: after a restart everything has been told, and told once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.playground.qatech_faults import hang
from bot.playground.scenarios import three_failed
from tests.e2e.process import end_leases, serving_process
from tests.e2e.stage import Installation, installed, is_live, outside_threads, replies

RUN = "Kill1"
Moment = Callable[[Installation], Awaitable[None]]


async def while_the_run_goes_on(installation: Installation) -> None:
    await installation.type(RUN)
    await installation.live(RUN)


async def when_the_run_has_just_ended(installation: Installation) -> None:
    await while_the_run_goes_on(installation)
    installation.runs.step(100)


async def when_the_report_stands(installation: Installation) -> None:
    await while_the_run_goes_on(installation)
    installation.runs.step(100)
    await installation.told(RUN)


async def when_the_verdict_stands(installation: Installation) -> None:
    await while_the_run_goes_on(installation)
    installation.runs.step(100)
    await installation.verdict()


def while_slack_keeps_its_answer(method: str, fault: str, *, after: int = 0) -> Moment:
    """Slack did what it was asked, and the bot dies before it hears of that."""

    async def moment(installation: Installation) -> None:
        slack = installation.slack
        slack.faults.add(method, fault, after=after)
        await installation.type(RUN)
        if after or method == "chat.update":
            await installation.live(RUN)
            installation.runs.step(100)
        await installation.until(lambda: [c for c in slack.calls_of(method) if c.status is None])

    return moment


MOMENTS: dict[str, Moment] = {
    "while the run goes on": while_the_run_goes_on,
    "when the run has just ended": when_the_run_has_just_ended,
    "when the report stands": when_the_report_stands,
    "when the verdict stands": when_the_verdict_stands,
    "live message, answer hung": while_slack_keeps_its_answer("chat.postMessage", "hung_answer"),
    "report, answer hung": while_slack_keeps_its_answer("chat.update", "hung_answer"),
    "verdict, answer hung": while_slack_keeps_its_answer(
        "chat.postMessage", "hung_answer", after=1
    ),
}


async def test_a_bot_killed_at_any_moment_tells_everything_once(tmp_path: Path) -> None:
    async def at(number: int, moment: str) -> None:
        directory = tmp_path / str(number)
        directory.mkdir()
        async with installed(directory, over_http=number % 2 == 0) as installation:
            try:
                await kill_and_restart(installation, MOMENTS[moment])
            except Exception as error:
                error.add_note(f"killed: {moment}")
                raise

    # Side by side, for the sake of the clock.
    await asyncio.gather(*(at(number, moment) for number, moment in enumerate(MOMENTS)))


async def kill_and_restart(installation: Installation, moment: Moment) -> None:
    installation.stage.qatech.add(three_failed(RUN, duration=100))
    async with serving_process(installation) as bot:
        await moment(installation)
        await bot.kill()
    installation.slack.faults.clear()
    end_leases(installation)
    async with installation.running():  # in this process: a start less to wait for
        installation.runs.step(100)
        report = await installation.told(RUN)
        verdict = await installation.verdict()
    assert outside_threads(installation.qa) == [report]
    assert replies(installation.qa) == [verdict]
    assert not is_live(report)
    assert verdict.thread_ts == report.ts


async def test_a_wish_that_was_acknowledged_by_a_process_that_died_is_fulfilled(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        qatech = installation.stage.qatech
        qatech.add(three_failed(RUN, duration=100))
        qatech.faults.inject(hang())  # or the wish would be fulfilled before the kill
        async with serving_process(installation) as bot:
            await installation.type(RUN)
            await bot.kill()
        qatech.faults.clear()
        async with installation.running():
            live = await installation.live(RUN)
            installation.runs.step(100)
            await installation.verdict()
    assert outside_threads(installation.qa) == [live]
