"""What people say: heard where it is for the bot, once; all else is left alone."""

import asyncio
from typing import Any

import pytest

from bot.domain.facts import QuestionAnswered
from bot.playground.slack_delivery import DeliveryKind
from bot.slack.listeners.events.messages import THANKS_REACTION, read_event
from tests.slack.blocks.samples import three_failed
from tests.slack.listeners.bench import KEY, Bench, bench_of

ROOT = "1700000000.000100"
BOT = "U0QARUN"
SAID: dict[str, Any] = {
    "type": "message",
    "channel": "C1",
    "user": "U1",
    "text": "what failed?",
    "ts": "1700000001.000200",
    "thread_ts": ROOT,
}


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"bot_id": "B0OTHER"},
        {"user": BOT},
        {"user": None},
        {"text": "  "},
        {"text": None},
        {"text": ["what failed?"]},
        {"edited": {"user": "U1", "ts": "1.2"}},
        {"thread_ts": None},
        {"thread_ts": SAID["ts"]},
    ],
    ids=str,
)
def test_what_is_no_sentence_of_a_person_in_a_thread_is_left_alone(fields: dict[str, Any]) -> None:
    assert read_event(SAID | fields, BOT) is None


@pytest.mark.parametrize(
    ("fields", "addressed"),
    [
        ({}, False),
        ({"text": f"<@{BOT}> what failed?"}, True),
        ({"text": f"<@{BOT}|qarun> what failed?", "thread_ts": None}, True),
        ({"type": "app_mention", "thread_ts": None}, True),
        ({"channel_type": "im", "thread_ts": None}, True),
        ({"subtype": "thread_broadcast"}, False),
        ({"subtype": "file_share"}, False),
    ],
    ids=str,
)
def test_what_a_person_says_is_a_sentence(fields: dict[str, Any], addressed: bool) -> None:
    said = read_event(SAID | fields, BOT)
    assert said is not None
    assert said.addressed is addressed


async def say(bench: Bench, text: str, **fields: Any) -> None:
    event = SAID | {"channel": bench.room.id, "user": bench.ada.id, "text": text} | fields
    await bench.send(DeliveryKind.EVENT, bench.event(**event))
    await bench.finished()


async def test_a_question_in_the_thread_gets_one_reply_however_often_it_is_delivered(
    bench: Bench,
) -> None:
    await bench.ended(three_failed(), message_ts=ROOT)
    for _ in range(2):
        await say(bench, "what failed?")
    mention = f"<@{bench.slack.bot.id}> what failed?"
    await say(bench, mention, ts="1700000002.000300")
    await say(bench, mention, ts="1700000002.000300", type="app_mention")
    told = [fact for fact in bench.facts() if isinstance(fact, QuestionAnswered)]
    assert len(told) == 2
    kept = bench.store.kept[f"answer:{bench.room.id}:{SAID['ts']}"]
    assert kept.new.thread_ts == ROOT
    assert kept.new.asked_by == bench.ada.id


async def test_events_are_acknowledged_while_qatech_hangs(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.gate = asyncio.Event()
    event = SAID | {"channel": bench.room.id, "user": bench.ada.id, "text": "UkxK"}
    mention = event | {"type": "app_mention", "thread_ts": None}
    sent = await bench.send(DeliveryKind.EVENT, bench.event(**mention))
    assert sent.ack_seconds is not None
    assert sent.ack_seconds < 1
    bench.qatech.gate.set()


async def test_threads_of_others_are_left_alone(bench: Bench) -> None:
    await bench.ended(three_failed(), message_ts=ROOT)
    await say(bench, "what failed?", thread_ts="1600000000.000100")
    await say(bench, "what failed?", thread_ts=None)
    await say(bench, "rerun the failed ones", thread_ts="1600000000.000100")
    assert not bench.replies()
    assert not bench.qatech.rerun_asked


async def test_thanks_get_a_reaction_and_no_words(bench: Bench) -> None:
    await bench.ended(three_failed(), message_ts=ROOT)
    there = bench.slack.post(bench.said("thanks!", thread_ts=ROOT))
    await say(bench, "thanks!", ts=there.ts)
    assert there.reactions == {THANKS_REACTION: [bench.slack.bot.id]}
    assert not bench.replies()


async def test_a_reaction_that_slack_refuses_is_no_trouble(bench: Bench) -> None:
    await bench.ended(three_failed(), message_ts=ROOT)
    for number, error in enumerate(("already_reacted", "missing_scope", "message_not_found")):
        bench.slack.faults.add("reactions.add", "error", error=error)
        await say(bench, "thanks!", ts=f"170000000{number}.000900")
    assert not bench.replies()
    assert not bench.slack.ephemeral


@pytest.mark.parametrize("over_http", [True, False])
async def test_who_may_not_rerun_is_told_so_aside_and_in_the_thread(over_http: bool) -> None:
    async with bench_of(over_http=over_http, rerun_allowed=[]) as bench:
        root = bench.shows()
        await bench.ended(three_failed(), message_ts=root.ts)
        await say(bench, "rerun the failed ones", thread_ts=root.ts)
        await bench.aside("not among those who may start reruns")
        assert not bench.qatech.rerun_asked
        assert not bench.replies()


async def test_a_mention_outside_all_threads_explains_how_to_ask(bench: Bench) -> None:
    await say(bench, f"<@{bench.slack.bot.id}> what failed?", type="app_mention", thread_ts=None)
    (reply,) = bench.replies()
    assert "/qarun" in str(reply)
