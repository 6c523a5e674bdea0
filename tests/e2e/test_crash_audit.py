"""The audit of the crash test finds what it is there to find."""

from collections.abc import Callable

import pytest

from bot.playground.slack_state import Channel, Message, Revision, User
from tests.e2e.crash.audit import Wanted, findings

BOT = User("U1", "qarun", bot_id="B1")
LIVE, ENDED = "Run K0001 is in progress.\n…", "Run K0001 failed.\n3 failed"


def message(
    ts: str,
    text: str,
    key: str | None,
    *,
    thread_ts: str | None = None,
    before: tuple[str, ...] = (),
) -> Message:
    metadata = None if key is None else {"event_payload": {"notice": key}}
    said = [Revision(text, [], 0.0) for text in before]
    return Message(ts, "C1", BOT, text, metadata=metadata, thread_ts=thread_ts, revisions=said)


def as_it_should_be() -> Channel:
    """A run followed live, whose message became the report, with its verdict; and one from CI."""
    return Channel(
        "C1",
        "qa",
        messages=[
            message("1.1", ENDED, "live:w1", before=(LIVE, LIVE)),
            message("2.2", "<@U2> Run K0001 failed.", "verdict:w1", thread_ts="1.1"),
            message("3.3", "Run K0002 passed.\n…", "rule:C1:default/K0002"),
            message(
                "4.4", "2 more runs ended in a short time\nRun K0003 passed\nRun K0004 failed", "b"
            ),
        ],
    )


def wishes() -> list[Wanted]:
    said = {"K0001": "failed", "K0002": "passed", "K0003": "passed", "K0004": "failed"}
    return [Wanted(run, "C1", ending, asked=1, is_stored=True) for run, ending in said.items()]


def test_a_channel_in_order_has_no_findings() -> None:
    assert findings(wishes(), [as_it_should_be()]) == []


def test_the_verdict_on_a_live_message_may_be_a_line_among_others() -> None:
    channel = as_it_should_be()
    channel.messages[1] = message("2.2", "While I was away, 1 run ended\nRun K0001 failed", "g")
    assert findings(wishes(), [channel]) == []


def tell_the_verdict_twice(channel: Channel) -> None:
    channel.messages.append(message("5.5", "While I was away, 1 run ended\nRun K0001 failed", "g"))


def lose(channel: Channel) -> None:
    del channel.messages[2]


def tell_twice(channel: Channel) -> None:
    channel.messages.append(message("5.5", "Run K0002 passed.", "rule:C1:default/K0002"))


def tell_twice_by_another_key(channel: Channel) -> None:
    channel.messages.append(message("5.5", "Run K0002 passed.", "report:w9"))


def leave_live(channel: Channel) -> None:
    channel.messages[0].text = LIVE


def go_back(channel: Channel) -> None:
    channel.messages[0].revisions.append(Revision(ENDED, [], 0.0))
    channel.messages[0].revisions.append(Revision(LIVE, [], 0.0))


def lose_the_verdict(channel: Channel) -> None:
    del channel.messages[1]


def tell_the_wrong_end(channel: Channel) -> None:
    channel.messages[2].text = "Run K0002 was canceled."


def tell_what_nobody_asked_for(channel: Channel) -> None:
    channel.messages.append(message("5.5", "Run K0009 passed.", "rule:C1:default/K0009"))


def tell_without_a_key(channel: Channel) -> None:
    channel.messages[2].metadata = None


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lose, "K0002 in qa: not told"),
        (tell_twice, "rule:C1:default/K0002 was told 2 times"),
        (tell_twice_by_another_key, "told 2 times, asked for 1 times"),
        (leave_live, "left in progress"),
        (go_back, "went back to live"),
        (lose_the_verdict, "0 verdicts below"),
        (tell_the_verdict_twice, "told 2 times, asked for 1 times"),
        (tell_the_wrong_end, "“passed” is told as"),
        (tell_what_nobody_asked_for, "nobody asked for it"),
        (tell_without_a_key, "without the key of a notice"),
    ],
)
def test_it_finds(spoil: Callable[[Channel], None], finding: str) -> None:
    channel = as_it_should_be()
    spoil(channel)
    assert any(finding in found for found in findings(wishes(), [channel]))


def test_it_finds_a_wish_that_was_never_taken() -> None:
    wanted = [*wishes(), Wanted("K0005", "C1", "passed", asked=3)]
    assert findings(wanted, [as_it_should_be()]) == ["K0005 in qa: the bot never took the wish"]


def test_who_asks_again_after_the_end_is_answered_again() -> None:
    channel = as_it_should_be()
    tell_twice_by_another_key(channel)
    wanted = wishes()
    wanted[1].asked = 2
    channel.messages[-1].metadata = {"event_payload": {"notice": "asked:command:1"}}
    assert findings(wanted, [channel]) == []
