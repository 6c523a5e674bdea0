"""The alerts of a channel as they stand, and many of them made one message."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.changes import Changes, ChangeTotals
from bot.domain.facts import AlertsCollapsed, AlertsGrouped, RunFinished, VerdictGiven
from bot.domain.noise import Alerts, Fold, group_key
from bot.domain.notice import NewNotice
from bot.domain.record import RunRecord
from bot.domain.run import Run, Verdict
from bot.domain.short_id import RunKey
from bot.services.ports import Store
from tests.contracts.store_steps import (
    NOW,
    at,
    begin,
    claim_channels,
    key_of,
    replicas,
    report,
    retry_at,
    store,
    store_url,
    take,
    tell,
)

__all__ = ["replicas", "store", "store_url"]

CHANGES = Changes(before="r0", before_ended_at=NOW, total_fixed=2)


async def alert(store: Store, name: str, *, result: str = "FAILED", **fields: Any) -> NewNotice:
    """An alert of a run of its own, named as the run, due now unless it is held."""
    key = RunKey("default", name)
    new = NewNotice(
        dedupe_key=name, channel="C1", fact=RunFinished(mentions=("U9",)), is_alert=True
    )
    new = replace(new, **fields)
    await store.save_ended(
        key,
        run=Run(short_id=name, status="COMPLETED", result=result),
        url=f"https://app.qa.tech/p/shop/results/{name}",
        notice_for=lambda run_id: replace(new, run_id=run_id),
        now=NOW,
        record=RunRecord(project="default", short_id=name, verdict=Verdict.FAILED, ended_at=NOW),
    )
    return new


async def alerts(store: Store, seconds: float = 0) -> Alerts:
    return await store.alerts("C1", now=at(seconds))


def names(found: Alerts) -> list[str]:
    return [each.line.short_id for each in found.waiting]


async def fold(store: Store, found: Alerts, key: str = "burst:C1:1", seconds: float = 0) -> bool:
    fact = AlertsCollapsed(
        lines=tuple(each.line for each in found.waiting), total=len(found.waiting)
    )
    folding = Fold(tuple(each.id for each in found.waiting), key, fact)
    return await store.fold(folding, channel="C1", owner="one", now=at(seconds))


async def test_a_channel_without_alerts_has_none(store: Store) -> None:
    assert await alerts(store) == Alerts()
    await store.add([report("asked for")], NOW)
    assert await alerts(store) == Alerts()


async def test_an_alert_that_waits_is_a_line(store: Store) -> None:
    await alert(store, "a", fact=RunFinished(mentions=("U9",), changes=CHANGES))
    (waiting,) = (await alerts(store)).waiting
    line = waiting.line
    assert (line.key, line.verdict, line.at) == (RunKey("default", "a"), Verdict.FAILED, NOW)
    assert line.url == "https://app.qa.tech/p/shop/results/a"
    assert (line.mentions, line.changes) == (("U9",), ChangeTotals(total_fixed=2))


async def test_the_reply_below_a_live_message_mentions_who_asked(store: Store) -> None:
    await alert(store, "a", fact=VerdictGiven(mentions=("U9",)), asked_by="U1", result="PASSED")
    (waiting,) = (await alerts(store)).waiting
    assert (waiting.line.mentions, waiting.line.verdict) == (("U1", "U9"), Verdict.PASSED)


async def test_alerts_wait_in_their_order_and_only_those_that_are_due(store: Store) -> None:
    await alert(store, "b")
    await alert(store, "a")
    await alert(store, "held", group="g", hold_until=at(10))
    await alert(store, "elsewhere", channel="C2")
    assert names(await alerts(store)) == ["b", "a"]
    later = await alerts(store, 10)
    assert names(later) == ["b", "a", "held"]
    assert [each.group for each in later.waiting] == [None, None, "g"]


async def test_an_alert_that_may_be_in_slack_already_is_not_made_a_line(store: Store) -> None:
    await alert(store, "a")
    await alert(store, "b")
    await retry_at(store, await take(store, NOW), 1, uncertain=True)
    await store.release("C1", owner="one", free_at=NOW)
    assert names(await alerts(store, 2)) == ["b"]


async def test_what_was_told_in_the_last_ten_minutes_is_counted(store: Store) -> None:
    for name, seconds in (("a", 0), ("b", 300), ("c", 599)):
        await alert(store, name)
        await tell(store, at(seconds))
    await store.add([report("asked for")], NOW)
    await tell(store, at(599))
    await alert(store, "d")
    assert list((await alerts(store, 600)).told_at) == [at(300), at(599)]
    assert len((await alerts(store, 0)).told_at) == 3


async def test_alerts_that_are_folded_are_told_by_the_one_message_alone(store: Store) -> None:
    for name in ("a", "b", "c"):
        await alert(store, name)
    assert await claim_channels(store, NOW) == ["C1"]
    assert await fold(store, await alerts(store))
    assert await alerts(store) == Alerts()
    attempt = await begin(store, NOW)
    assert key_of(attempt) == "burst:C1:1"
    assert attempt is not None
    assert isinstance(attempt.telling.notice.fact, AlertsCollapsed)
    await store.sent(attempt, ts="1.1", live_due_at=at(15), now=NOW)
    assert await begin(store, NOW) is None


async def test_a_message_that_was_told_is_edited_as_it_grows(store: Store) -> None:
    await alert(store, "a")
    await claim_channels(store, NOW)
    await fold(store, await alerts(store))
    first = await begin(store, NOW)
    assert first is not None
    await store.sent(first, ts="1.1", live_due_at=at(15), now=NOW)
    await alert(store, "b")
    found = await alerts(store, 1)
    assert found.collapsed is not None
    assert (found.collapsed[0], found.collapsed[1].total) == ("burst:C1:1", 1)
    assert await fold(store, found, seconds=1)
    assert await begin(store, at(14)) is None  # not before its message may be edited
    second = await begin(store, at(15))
    assert second is not None
    assert second.telling.notice.edit_ts == "1.1"
    assert second.telling.notice.version == 2
    assert [line.short_id for line in second.telling.notice.fact.lines] == ["b"]  # type: ignore[union-attr]  # as folded


async def test_a_message_that_was_not_told_yet_is_told_in_its_newer_form(store: Store) -> None:
    await alert(store, "a")
    await claim_channels(store, NOW)
    await fold(store, await alerts(store))
    await alert(store, "b")
    await fold(store, await alerts(store, 1), seconds=1)
    attempt = await begin(store, at(1))
    assert attempt is not None
    notice = attempt.telling.notice
    assert (notice.version, notice.edit_ts) == (2, None)


async def test_who_does_not_hold_the_channel_folds_nothing(store: Store) -> None:
    await alert(store, "a")
    await claim_channels(store, NOW, owner="two")
    assert not await fold(store, await alerts(store))
    assert names(await alerts(store)) == ["a"]


@pytest.mark.parametrize("there", [True, False])
async def test_the_message_of_a_group_is_found_by_its_group(store: Store, *, there: bool) -> None:
    await alert(store, "a", group="g")
    if there:
        await claim_channels(store, NOW)
        waiting = (await alerts(store)).waiting
        fact = AlertsGrouped(lines=(waiting[0].line,), total=7)
        await store.fold(
            Fold((waiting[0].id,), group_key("C1", "g"), fact), channel="C1", owner="one", now=NOW
        )
        await alert(store, "b", group="g")
    found = await alerts(store, 1)
    assert {group: fact.total for group, fact in found.grouped.items()} == (
        {"g": 7} if there else {}
    )
