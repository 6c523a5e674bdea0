"""Answering: from the store or from a fresh look, once for each sentence, and never silently."""

import asyncio

import pytest

from bot.domain.answer import CasesAnswer, HelpAnswer, IssuesAnswer, SummaryAnswer
from bot.domain.errors import QATechError, RunNotFound, Unavailable, UserError
from bot.domain.question import AskCases, CaseGroup, NotUnderstood
from bot.domain.reply import WishAnswer
from bot.services.ports import CASES, WHOLE
from bot.services.wishes import Place
from tests.domain.build import KEY, case, run
from tests.domain.corpus.runs import LIVE, SHOP
from tests.services.conversation_bench import ROOT, Allowed, ConversationBench


@pytest.fixture
def bench() -> ConversationBench:
    return ConversationBench()


async def test_a_run_that_has_ended_is_answered_from_the_store(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    assert isinstance(await bench.ask("what failed?"), CasesAnswer)
    assert isinstance(await bench.ask("any accessibility issues?"), IssuesAnswer)
    assert not bench.qatech.asked
    assert bench.wakes == [True, True]


async def test_a_run_in_progress_is_looked_at_and_its_issues_only_when_somebody_asks(
    bench: ConversationBench,
) -> None:
    await bench.followed(LIVE)
    await bench.ask("what was skipped?")
    assert bench.qatech.asked == [(KEY, CASES)]
    await bench.ask("any issues so far?")
    assert bench.qatech.asked[1:] == [(KEY, CASES), (KEY, WHOLE)]
    await bench.ask("thanks!")
    await bench.ask("lgtm")
    assert [look for _, look in bench.qatech.asked[3:]] == [CASES], "thanks need no look"


@pytest.mark.parametrize(
    ("error", "words"),
    [(Unavailable("503"), "does not answer"), (RunNotFound("404"), "knows no run")],
)
async def test_where_qatech_gives_nothing_that_is_the_reply(
    bench: ConversationBench, error: QATechError, words: str
) -> None:
    await bench.followed(LIVE)
    bench.qatech.fail(error)
    reply = await bench.ask("what failed?")
    assert isinstance(reply, WishAnswer)
    assert words in reply.heading
    assert isinstance(await bench.ask("help"), HelpAnswer), "help needs no run"
    assert await bench.ask("is Ben on holiday?") is None


async def test_one_sentence_gets_one_reply_from_any_number_of_replicas(
    bench: ConversationBench,
) -> None:
    await bench.reported(SHOP)
    sentence = bench.sentence("what failed?")
    first, second = bench.replica(), bench.replica()
    for service in (first, first, second):
        assert not await service.hear(sentence)
    assert len(bench.replies()) == 1


async def test_thanks_deserve_a_reaction_and_no_words(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    service = bench.replica()
    assert await service.hear(bench.sentence("thanks!"))
    assert await service.hear(bench.sentence("thank you", addressed=True, thread=None))
    assert not bench.replies()


async def test_examples_are_given_once_in_a_thread(bench: ConversationBench) -> None:
    await bench.reported(SHOP)
    assert await bench.ask("purple monkeys") is None
    first = await bench.ask("purple monkeys", addressed=True)
    assert isinstance(first, NotUnderstood)
    assert len(first.examples) == 3
    assert await bench.ask("wild monkeys", addressed=True) == NotUnderstood(examples=())


async def test_the_same_lost_sentence_at_two_replicas_gets_its_examples(
    bench: ConversationBench,
) -> None:
    await bench.reported(SHOP)
    sentence = bench.sentence("purple monkeys", addressed=True)
    for service in (bench.replica(), bench.replica()):
        await service.hear(sentence)
    (reply,) = bench.replies()
    assert isinstance(reply, NotUnderstood)
    assert reply.examples


async def test_who_is_faster_than_the_note_of_the_live_message_is_answered(
    bench: ConversationBench,
) -> None:
    asking = asyncio.create_task(
        bench.replica().hear(bench.sentence("what failed?", ts="1700000001.000900"))
    )
    await asyncio.sleep(0.05)
    await bench.reported(SHOP)
    await asking
    assert len(bench.replies()) == 1


async def test_a_thread_that_is_not_ours_is_left_alone_unless_the_bot_is_spoken_to(
    bench: ConversationBench,
) -> None:
    assert await bench.ask("what failed?") is None
    reply = await bench.ask("what failed?", addressed=True)
    assert isinstance(reply, WishAnswer)
    assert "/qarun" in reply.heading


async def test_a_further_page_is_replied_to_once_and_is_about_its_own_run(
    bench: ConversationBench,
) -> None:
    await bench.reported(run("COMPLETED", run_test_cases=[case(f"c{n}") for n in range(12)]))
    question = AskCases(group=CaseGroup.ALL)
    place = Place("C1", ROOT, "U1", "page:1")
    assert await bench.replica().answer_page(question, KEY, 10, place)
    assert not await bench.replica().answer_page(question, KEY, 10, place)
    (page,) = bench.replies()
    assert isinstance(page, CasesAnswer)
    assert page.offset == 10


async def test_a_page_of_a_run_that_the_store_has_lost_is_looked_up(
    bench: ConversationBench,
) -> None:
    bench.qatech.put(KEY, SHOP)
    place = Place("C1", ROOT, "U1", "page:1")
    assert await bench.replica().answer_page(AskCases(group=CaseGroup.FAILED), KEY, 0, place)
    bench.qatech.fail(Unavailable("503"))
    with pytest.raises(Unavailable):
        await bench.replica().answer_page(AskCases(group=CaseGroup.FAILED), KEY, 0, place)


async def test_a_refusal_that_is_only_the_speaker_s_business_is_raised(
    bench: ConversationBench,
) -> None:
    bench.allowed = Allowed(frozenset())
    await bench.reported(SHOP)
    with pytest.raises(UserError, match="not among those who may start reruns"):
        await bench.replica().hear(bench.sentence("rerun the failed ones"))
    assert not bench.replies()


async def test_a_summary_of_a_run_in_progress_tells_how_far_it_is(
    bench: ConversationBench,
) -> None:
    await bench.followed(LIVE)
    reply = await bench.ask("status?")
    assert isinstance(reply, SummaryAnswer)
    assert reply.verdict is None
