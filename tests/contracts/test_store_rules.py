"""What each channel wants to hear, which of them refuse it, and the heartbeat."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.facts import ChannelRefused
from bot.domain.notice import NewNotice
from bot.domain.question import Severity
from bot.domain.rules import CaseMute, MentionRule, NotifyOn, Rule
from bot.services.ports import Beat, Store
from tests.contracts.store_steps import (
    NOW,
    Replicas,
    at,
    begin,
    claim_run,
    key_of,
    owed_in_progress,
    polled,
    replicas,
    report,
    store,
    store_url,
    take,
    tell,
    watch,
)

__all__ = ["replicas", "store", "store_url"]

WHOLE = Rule(
    projects=("default", "web"),
    only_watched=True,
    notify_on=NotifyOn.CHANGES,
    accessibility_from=Severity.MAJOR,
    accessibility_new_only=False,
    mentions=(MentionRule(who=("U1", "S1"), pattern="*pay* 🧪", severity=Severity.CRITICAL),),
    live=True,
    in_thread=True,
    broadcast=False,
    watch_links=False,
    muted_until=NOW,
    muted_cases=(CaseMute(name="Log in", until=NOW),),
    set_by="U1",
    mutes_only=True,
)


async def test_a_rule_comes_back_as_it_was_saved(store: Store) -> None:
    assert await store.rule_of("C1") is None
    await store.save_rule("C1", WHOLE, NOW)
    assert await store.rule_of("C1") == WHOLE
    assert await store.rule_of("C2") is None


async def test_the_rule_saved_last_stands(store: Store) -> None:
    await store.save_rule("C1", WHOLE, NOW)
    await store.save_rule("C1", Rule(), at(1))
    assert await store.all_rules() == {"C1": Rule()}


async def test_the_rules_of_a_project_are_those_that_name_it_or_none(store: Store) -> None:
    await store.save_rule("C2", Rule(), NOW)
    await store.save_rule("C1", WHOLE, NOW)
    await store.save_rule("C3", Rule(projects=("mobile",)), NOW)
    assert list(await store.all_rules()) == ["C1", "C2", "C3"]
    assert list(await store.rules_covering("web")) == ["C1", "C2"]
    assert list(await store.rules_covering("nobody")) == ["C2"]


# --- channels that refuse


def refused(name: str) -> list[NewNotice]:
    return [NewNotice(name, channel="U1", fact=ChannelRefused(channel="C1", why="is_archived"))]


async def test_a_refusal_is_noted_once_and_told_once(store: Store) -> None:
    assert await store.note_refusal("C1", why="is_archived", notices=refused("r1"), now=NOW)
    assert not await store.note_refusal("C1", why="other", notices=refused("r2"), now=at(1))
    assert await store.refusals() == {"C1": "is_archived"}
    assert key_of(await tell(store, at(2), channel="U1")) == "r1"
    assert await begin(store, at(3), "U1") is None


async def test_two_replicas_that_are_refused_at_once_tell_it_once(replicas: Replicas) -> None:
    noted = await asyncio.gather(
        *(
            replica.note_refusal("C1", why="is_archived", notices=refused(f"r{n}"), now=NOW)
            for n, replica in enumerate((replicas.one, replicas.two) * 3)
        )
    )
    assert sum(noted) == 1


async def test_a_message_that_the_channel_takes_ends_its_refusal(store: Store) -> None:
    for channel in ("C1", "C2"):
        await store.note_refusal(channel, why="not_in_channel", notices=(), now=NOW)
    await store.add([report("a")], NOW)
    await tell(store, at(1))
    assert await store.refusals() == {"C2": "not_in_channel"}
    assert await store.note_refusal("C1", why="is_archived", notices=(), now=at(2))


async def test_what_only_the_asker_was_told_ends_no_refusal(store: Store) -> None:
    await store.note_refusal("C1", why="not_in_channel", notices=(), now=NOW)
    await store.add([report("a")], NOW)
    await tell(store, at(1), ts=None)
    assert await store.refusals() == {"C1": "not_in_channel"}


# --- the heartbeat


@pytest.mark.parametrize(("pause", "is_back"), [(1, False), (60, False), (61, True), (9e6, True)])
async def test_a_bot_is_back_when_no_beat_came_for_long(
    store: Store, pause: float, *, is_back: bool
) -> None:
    assert await store.beat(NOW, away_after=60) == Beat()
    expected = Beat(at(pause) if is_back else None, is_back=is_back)
    assert await store.beat(at(pause), away_after=60) == expected


async def test_the_moment_of_the_return_is_known_to_all_and_comes_once(replicas: Replicas) -> None:
    await replicas.one.beat(NOW, away_after=60)
    assert await replicas.one.beat(at(100), away_after=60) == Beat(at(100), is_back=True)
    assert await replicas.two.beat(at(101), away_after=5) == Beat(at(100), is_back=False)
    assert await replicas.one.beat(at(102), away_after=60) == Beat(at(100), is_back=False)
    assert await replicas.two.beat(at(200), away_after=60) == Beat(at(200), is_back=True)


async def test_two_replicas_that_begin_at_once_are_not_back(replicas: Replicas) -> None:
    beats = await asyncio.gather(
        *(each.beat(NOW, away_after=5) for each in (replicas.one, replicas.two))
    )
    assert beats == [Beat(), Beat()]


async def test_after_a_return_every_run_is_due(store: Store) -> None:
    await watch(store)
    now = NOW + timedelta(seconds=1)
    until = now + timedelta(seconds=30)
    assert await store.claim_runs(now=now, limit=10, owner="one", until=until) == []
    assert await store.poll_all_soon(now) == 1
    (due,) = await store.claim_runs(now=now, limit=10, owner="one", until=until)
    assert due.next_poll_at == now


async def test_a_run_that_qatech_gave_no_answer_about_waits_as_it_asked(store: Store) -> None:
    await watch(store)
    tracked = await claim_run(store, at(5))
    waits = polled(tracked, at(5), failures=1, next_poll_at=at(95))
    assert await store.save_poll(waits, owner="one", notices_for=owed_in_progress, now=at(5))
    assert await store.poll_all_soon(at(10)) == 0
    until = at(40)
    assert await store.claim_runs(now=at(10), limit=10, owner="one", until=until) == []


async def test_a_run_that_is_overdue_keeps_its_place(store: Store) -> None:
    await watch(store)
    await store.poll_all_soon(at(100))
    (due,) = await store.claim_runs(now=at(100), limit=10, owner="one", until=at(130))
    assert due.next_poll_at == at(5)


async def test_the_second_attempt_is_refused_as_the_first(store: Store) -> None:
    await store.add([report("a")], NOW)
    attempt = await take(store, at(1))
    await store.drop(attempt, why="is_archived", now=at(1))
    assert await store.note_refusal("C1", why="is_archived", notices=(), now=at(1))
    assert await store.refusals() == {"C1": "is_archived"}
