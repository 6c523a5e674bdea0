"""Wishes: stop, mute, unmute, compare, rerun, each said to be done or why it is not."""

import pytest

from bot.domain.errors import Unavailable
from bot.domain.reply import ComparisonAnswer, Reply, WishAnswer
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from tests.domain.build import KEY
from tests.domain.corpus.runs import BANK, LIVE, SHOP
from tests.services.conversation_bench import ConversationBench

OTHER = RunKey("default", "abc123")
PASSED = SHOP.model_copy(
    update={
        "short_id": "abc123",
        "result": "PASSED",
        "run_test_cases": tuple(
            case.model_copy(update={"status": "COMPLETED", "result": "PASSED", "error_code": None})
            for case in SHOP.run_test_cases
        ),
    }
)


@pytest.fixture
def bench() -> ConversationBench:
    return ConversationBench()


def heading(reply: Reply | None) -> str:
    assert isinstance(reply, WishAnswer)
    return reply.heading


async def test_watching_is_stopped_and_muted_and_taken_up_again(bench: ConversationBench) -> None:
    await bench.followed(LIVE)
    assert "I stopped watching run UkxK here" in heading(await bench.ask("stop watching"))
    assert "not being watched here any more" in heading(await bench.ask("stop watching"))
    assert await bench.ask("unmute") is None, "its live message is to be seen"
    assert await bench.store.watches_in("C1")
    assert "is being watched here already" in heading(await bench.ask("unmute"))
    assert "Say “unmute”" in heading(await bench.ask("mute for 2h"))
    assert not await bench.store.watches_in("C1")


async def test_a_run_that_has_ended_has_nothing_to_follow(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    assert "nothing to follow" in heading(await bench.ask("unmute"))


async def test_where_qatech_does_not_answer_nothing_is_followed(bench: ConversationBench) -> None:
    watch = await bench.followed(LIVE, ended=True)
    assert watch.channel == "C1"
    bench.qatech.fail(Unavailable("503"))
    reply = await bench.ask("unmute")
    assert reply is None or "does not answer" in heading(reply)


async def test_a_run_is_compared_with_one_that_is_named(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    bench.qatech.put(OTHER, PASSED)
    reply = await bench.ask("compare with abc123")
    assert isinstance(reply, ComparisonAnswer)
    assert reply.totals.new_failures == 4
    assert [line.number for line in reply.new_failures] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("compare with UkxK", "is this run"),
        ("compare with nowhere/abc123", "no project"),
        ("compare with Nope99", "knows no run Nope99"),
        ("compare with the last run", "I remember no run before this one"),
    ],
)
async def test_what_cannot_be_compared_is_explained(
    bench: ConversationBench, sentence: str, words: str
) -> None:
    await bench.reported(SHOP)
    assert words in heading(await bench.ask(sentence))


async def test_the_run_before_is_the_newest_alike_that_is_remembered(
    bench: ConversationBench,
) -> None:
    for short_id, run in (("bank1", BANK), ("good1", PASSED), ("bank2", BANK)):
        key = RunKey("default", short_id)
        ended = Run(**{**dict(run), "short_id": short_id})
        await bench.reported(ended, key=key, ts=f"{short_id}.2")
        bench.clock.step(60)
    await bench.reported(SHOP)
    reply = await bench.ask("what changed since the last run?")
    assert isinstance(reply, ComparisonAnswer)
    assert reply.before == "good1"


async def test_a_single_test_case_cannot_be_rerun(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    assert "not a single one" in heading(await bench.ask("rerun checkout"))
    assert not bench.qatech.rerun_asked


async def test_who_asks_while_a_rerun_goes_on_means_that_one(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    bench.qatech.put(KEY, SHOP)
    assert await bench.ask("rerun failed") is None
    assert "has not ended yet" in heading(await bench.ask("rerun failed"))
    assert "has not ended yet" in heading(await bench.ask("rerun", addressed=True))
    assert bench.qatech.rerun_asked == [(KEY, True)]
    again = RunKey("default", "rerun1")
    bench.qatech.put(again, SHOP)
    assert await bench.ask("rerun failed") is None, "it has ended in the meantime"
    assert bench.qatech.rerun_asked == [(KEY, True), (again, True)]


async def test_where_nobody_knows_how_the_rerun_stands_none_is_started(
    bench: ConversationBench,
) -> None:
    await bench.reported(SHOP)
    bench.qatech.put(KEY, SHOP)
    await bench.ask("rerun failed")
    bench.qatech.fail(Unavailable("503"))
    assert "does not answer" in heading(await bench.ask("rerun failed"))
    assert len(bench.qatech.rerun_asked) == 1


async def test_a_run_in_progress_that_is_no_rerun_is_qatech_s_to_refuse(
    bench: ConversationBench,
) -> None:
    await bench.followed(LIVE)
    await bench.ask("rerun failed")
    assert bench.qatech.rerun_asked == [(KEY, True)]
