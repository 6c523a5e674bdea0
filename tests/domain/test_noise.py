"""Alerts that are told, alerts that wait, and what becomes lines of one message."""

from datetime import datetime, timedelta

import pytest

from bot.domain.changes import Changes, ChangeTotals
from bot.domain.facts import (
    AlertLine,
    AlertsCollapsed,
    AlertsGrouped,
    Fact,
    RunFinished,
    VerdictGiven,
)
from bot.domain.noise import LINES_KEPT, Alerts, Fold, WaitingAlert, alert_line, fold, group_key
from bot.domain.run import Verdict
from tests.domain.build import KEY, NOW


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def line(number: int, minutes: float = 0) -> AlertLine:
    return AlertLine(project="shop", short_id=f"r{number}", verdict=Verdict.FAILED, at=ago(minutes))


def waiting(*ids: int, group: str | None = None) -> list[WaitingAlert]:
    return [WaitingAlert(each, line(each), group) for each in ids]


def collapsed(*minutes: float) -> tuple[str, AlertsCollapsed]:
    lines = tuple(line(n, each) for n, each in enumerate(minutes))
    return "burst:C1:1", AlertsCollapsed(lines=lines, total=len(lines))


def folded(alerts: Alerts, burst: int = 5) -> Fold | None:
    return fold(alerts, channel="C1", burst=burst, now=NOW)


@pytest.mark.parametrize(
    # told: minutes since each was told; lines: minutes since each line of the one message
    ("told", "lines", "wait", "folded_ids", "key"),
    [
        ([], [], [], (), None),
        ([], [], [1, 2, 3, 4, 5], (), None),
        ([], [], [1, 2, 3, 4, 5, 6], (6,), "burst:C1:6"),
        ([1, 2, 3, 4], [], [7], (), None),
        ([1, 2, 3, 4, 5], [], [7], (7,), "burst:C1:7"),
        ([1, 2, 3, 4, 11], [], [7], (), None),
        ([1, 2, 3, 4, 5], [0], [8, 9], (8, 9), "burst:C1:1"),
        ([1, 2], [1, 2, 3], [8], (8,), "burst:C1:1"),
        ([1, 2], [1, 2], [8, 9], (9,), "burst:C1:1"),
        ([1, 2], [0, 0, 0], [8], (), None),  # it came before those that were collapsed
        ([1, 2, 3, 4, 5], [12, 11], [8], (8,), "burst:C1:8"),  # the old one is closed
    ],
)
def test_what_goes_beyond_five_in_ten_minutes_becomes_lines_of_one_message(
    told: list[float],
    lines: list[float],
    wait: list[int],
    folded_ids: tuple[int, ...],
    key: str | None,
) -> None:
    found = folded(
        Alerts(
            told_at=[ago(each) for each in told],
            waiting=waiting(*wait),
            collapsed=collapsed(*lines) if lines else None,
        )
    )
    assert (found.ids if found else ()) == folded_ids
    assert (found.dedupe_key if found else None) == key


def test_a_message_that_grows_keeps_what_it_told() -> None:
    found = folded(Alerts(waiting=waiting(8), collapsed=collapsed(3, 2)), burst=1)
    assert found is not None
    assert isinstance(found.fact, AlertsCollapsed)
    assert [each.short_id for each in found.fact.lines] == ["r0", "r1", "r8"]
    assert found.fact.total == 3


def test_very_long_messages_keep_the_newest_lines_and_count_all() -> None:
    found = folded(Alerts(waiting=waiting(*range(LINES_KEPT + 10))))
    assert found is not None
    assert found.fact.total == LINES_KEPT + 5
    assert len(found.fact.lines) == LINES_KEPT
    assert found.fact.lines[-1].short_id == f"r{LINES_KEPT + 9}"


def test_two_alerts_of_a_time_away_become_one_message() -> None:
    found = folded(Alerts(waiting=waiting(1, 2, group="g")))
    assert found is not None
    assert (found.ids, found.dedupe_key) == ((1, 2), group_key("C1", "g"))
    assert isinstance(found.fact, AlertsGrouped)


def test_the_only_alert_of_a_time_away_is_told_as_it_is() -> None:
    assert folded(Alerts(waiting=waiting(1, group="g"))) is None


def test_a_late_alert_of_a_time_away_joins_the_message_that_stands() -> None:
    there = AlertsGrouped(lines=(line(1), line(2)), total=2)
    found = folded(Alerts(waiting=waiting(3, group="g"), grouped={"g": there}))
    assert found is not None
    assert (found.ids, found.fact.total) == ((3,), 3)


def test_two_times_away_are_two_messages() -> None:
    found = folded(Alerts(waiting=[*waiting(1, group="f"), *waiting(2, 3, group="g")]))
    assert found is not None
    assert (found.ids, found.dedupe_key) == ((2, 3), group_key("C1", "g"))


CHANGES = Changes(before="r0", before_ended_at=NOW, total_new_failures=2, total_fixed=1)
TOTALS = ChangeTotals(total_new_failures=2, total_fixed=1)


@pytest.mark.parametrize(
    ("fact", "changes", "mentions"),
    [
        (RunFinished(changes=CHANGES, mentions=("U9",)), TOTALS, ("U9",)),
        (RunFinished(), None, ()),
        (VerdictGiven(changes=TOTALS, mentions=("U9", "U1")), TOTALS, ("U1", "U9")),
        (None, None, ()),  # what a newer version has written
    ],
)
def test_a_line_says_what_changed_and_mentions_who_would_have_been_mentioned(
    fact: Fact | None, changes: ChangeTotals | None, mentions: tuple[str, ...]
) -> None:
    line = alert_line(KEY, Verdict.FAILED, fact, at=NOW, url=None, asked_by="U1")
    assert (line.key, line.changes, line.mentions) == (KEY, changes, mentions)
