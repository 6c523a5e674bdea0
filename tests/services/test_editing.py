"""Live messages, few and many: how often they are edited."""

from datetime import timedelta

from bot.services.editing import LiveEdits
from tests.domain.build import NOW


def _seconds(edits: LiveEdits, watch: str, after: float) -> float:
    now = NOW + timedelta(seconds=after)
    return (edits.next_at(watch, now) - now).total_seconds()


def test_a_few_are_edited_as_often_as_allowed() -> None:
    edits = LiveEdits(15)
    assert [_seconds(edits, f"w{number}", number) for number in range(10)] == [15] * 10


def test_many_share_what_slack_takes_in_a_minute() -> None:
    edits = LiveEdits(15)
    waits = [_seconds(edits, f"w{number}", number / 10) for number in range(40)]
    assert waits == sorted(waits)
    assert waits[-1] == 60  # 40 edits a minute, all together


def test_those_that_have_ended_make_room() -> None:
    edits = LiveEdits(15)
    for number in range(40):
        edits.next_at(f"w{number}", NOW)
    assert _seconds(edits, "w0", 60) == 60
    assert _seconds(edits, "w0", 121) == 60  # the others are forgotten from now on
    assert _seconds(edits, "w0", 122) == 15
