"""Links to runs: a preview where Slack asks for one; nobody asked, so trouble is only logged."""

from typing import Any

from bot.domain.errors import Unavailable
from bot.playground.slack_delivery import DeliveryKind
from tests.slack.blocks.samples import three_failed
from tests.slack.listeners.bench import KEY, Bench

LINK = "https://app.qa.tech/p/shop/results/UkxK"


async def test_a_pasted_link_is_previewed(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    said = await bench.slack.share_link(bench.ada, bench.room, LINK)
    assert said.acknowledged
    await bench.finished()
    assert "Run UkxK failed" in str(said.message.unfurls[LINK])
    assert not bench.replies()


async def test_what_cannot_be_previewed_is_logged_once_and_never_said(
    bench: Bench, log: list[Any]
) -> None:
    bench.qatech.put(KEY, three_failed())
    bench.qatech.fail(Unavailable("no answer"), times=2)
    for _ in range(3):
        await bench.slack.share_link(bench.ada, bench.room, LINK)
        await bench.finished()
    events = [line["event"] for line in log]
    assert events.count("previews_failing") == 1
    assert events.count("previews_recovered") == 1
    assert not bench.slack.ephemeral


async def test_a_link_that_is_being_written_or_has_no_message_is_left_alone(bench: Bench) -> None:
    shared = {
        "type": "link_shared",
        "channel": bench.room.id,
        "message_ts": "1.2",
        "links": [{"url": LINK}, "odd", {"domain": "app.qa.tech"}],
    }
    for fields in ({"source": "composer"}, {"message_ts": ""}, {"channel": ""}, {"links": None}):
        await bench.send(DeliveryKind.EVENT, bench.event(**(shared | fields)))
    await bench.finished()
    assert not bench.qatech.asked
