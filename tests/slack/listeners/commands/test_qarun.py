"""`/qarun`: acknowledged before anything is asked, and never silent."""

import asyncio

import pytest

from bot.domain.facts import RunFinished, RunProgressed
from bot.slack.listeners.commands.qarun import SUBCOMMANDS, nearest
from tests.slack.blocks.samples import case, three_failed
from tests.slack.blocks.samples import run as run_of
from tests.slack.listeners.bench import KEY, Bench

GOING = run_of(case(1, "Search", status="RUNNING", result=None), status="RUNNING", result=None)


async def type_(bench: Bench, text: str) -> float:
    typed = await bench.slack.command(bench.ada, bench.room, text)
    seconds = typed.require_ack().ack_seconds
    assert seconds is not None
    return seconds


@pytest.mark.parametrize(
    "text", ["UkxK", "UkxK private", "failed UkxK", "issues UkxK", "watch UkxK", "rerun UkxK"]
)
async def test_it_is_acknowledged_while_qatech_hangs(bench: Bench, text: str) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.gate = asyncio.Event()
    assert await type_(bench, text) < 1
    bench.qatech.gate.set()


async def test_a_run_that_has_ended_is_reported_and_one_in_progress_followed(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    await type_(bench, "UkxK")
    await bench.finished()
    bench.qatech.put(KEY, GOING)
    await type_(bench, "UkxK")
    await bench.finished()
    assert [type(fact) for fact in bench.facts()] == [RunFinished, RunProgressed]
    assert not bench.slack.ephemeral


async def test_every_subcommand_answers_its_bare_name(bench: Bench) -> None:
    for name in SUBCOMMANDS:
        before = len(bench.slack.ephemeral) + len(bench.slack.views.modals.get(bench.ada.id, []))
        await type_(bench, name.upper())
        await bench.finished()
        after = len(bench.slack.ephemeral) + len(bench.slack.views.modals.get(bench.ada.id, []))
        assert after == before + 1, name
    assert not bench.room.messages


async def test_a_rerun_by_command_is_followed_in_the_channel(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    await type_(bench, "rerun UkxK failed")
    await bench.aside("will tell in this channel")
    assert bench.qatech.rerun_asked == [(KEY, True)]
    (watched,) = await bench.store.watches_in(bench.room.id)
    assert watched.watch.thread_ts is None
    await type_(bench, "rerun UkxK everything")
    await bench.aside("I only understand `failed`")


async def test_what_a_failed_response_url_cannot_carry_is_told_by_an_ephemeral_message(
    bench: Bench,
) -> None:
    bench.slack.faults.add("response_url", "status", status=500)
    await type_(bench, "help")
    await bench.finished()
    assert "What you can type" in (await bench.aside("type")).text


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("fialed", "UkxK"), "failed UkxK"),
        (("lsit",), "list"),
        (("please", "show", "UkxK"), "UkxK"),
        (("tell", "me"), None),
        ((), None),
    ],
)
def test_the_command_that_was_probably_meant_is_found(
    words: tuple[str, ...], command: str | None
) -> None:
    assert nearest(words) == command
