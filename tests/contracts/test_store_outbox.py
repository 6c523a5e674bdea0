import asyncio

from bot.domain.facts import RunFinished
from bot.services.ports import Backlog, Store
from tests.contracts.store_steps import (
    NOW,
    Replicas,
    at,
    begin,
    claim_channels,
    finish,
    key_of,
    replicas,
    report,
    retry_at,
    store,
    store_url,
    take,
    tell,
    watch,
)

__all__ = ["replicas", "store", "store_url"]


async def test_a_notice_is_written_once_for_ever(store: Store) -> None:
    assert await store.add([report("a"), report("b"), report("a")], NOW) == 2
    assert await store.add([report("a"), report("c")], NOW) == 1
    for _ in range(3):
        await tell(store, NOW)
    assert await store.add([report("a")], at(1)) == 0
    assert await claim_channels(store, at(99)) == []


async def test_two_replicas_write_the_same_notice_once(replicas: Replicas) -> None:
    written = await asyncio.gather(
        *(
            replica.add([report(f"n{n}", channel=f"C{n % 3}") for n in range(10)], NOW)
            for replica in (replicas.one, replicas.two) * 3
        )
    )
    assert sum(written) == 10


async def test_a_notice_comes_back_as_it_was_written(store: Store) -> None:
    new = report(
        "a", thread_ts="1.0", asked_by="U1", response_url="https://hooks.slack.test/secret"
    )
    await store.add([new], NOW)
    notice = (await take(store, at(1))).telling.notice
    assert (notice.dedupe_key, notice.channel, notice.fact) == ("a", "C1", RunFinished())
    assert (notice.thread_ts, notice.asked_by) == ("1.0", "U1")
    assert notice.response_url == "https://hooks.slack.test/secret"
    assert (notice.created_at, notice.version, notice.attempts) == (NOW, 1, 1)
    assert (notice.uncertain, notice.told_aside) == (False, False)


async def test_two_replicas_never_serve_the_same_channel(replicas: Replicas) -> None:
    await replicas.one.add([report(f"n{n}", channel=f"C{n}") for n in range(20)], NOW)
    claims = await asyncio.gather(
        *(
            claim_channels(replica, NOW, f"{name}{n}", limit=3)
            for n in range(4)
            for name, replica in (("one", replicas.one), ("two", replicas.two))
        )
    )
    claimed = [channel for claim in claims for channel in claim]
    assert len(claimed) == len(set(claimed))
    rest = await claim_channels(replicas.one, NOW, limit=99)
    assert sorted(claimed + rest) == sorted(f"C{n}" for n in range(20))


async def test_the_channel_that_waits_longest_is_served_first(store: Store) -> None:
    for n in (3, 1, 2):
        await store.add([report(f"n{n}", channel=f"C{n}")], at(n))
    assert set(await claim_channels(store, at(9), limit=2)) == {"C1", "C2"}


async def test_a_channel_whose_sender_died_is_free_when_its_lease_expires(
    replicas: Replicas,
) -> None:
    await replicas.one.add([report("a")], NOW)
    assert await claim_channels(replicas.one, NOW) == ["C1"]
    assert await claim_channels(replicas.two, at(29.9), "two") == []
    assert await claim_channels(replicas.two, at(30), "two") == ["C1"]
    assert await begin(replicas.one, at(30)) is None
    assert key_of(await begin(replicas.two, at(30), owner="two")) == "a"


async def test_an_attempt_renews_the_lease(replicas: Replicas) -> None:
    await replicas.one.add([report("a"), report("b")], NOW)
    await take(replicas.one, NOW)
    await begin(replicas.one, at(25))
    assert await claim_channels(replicas.two, at(54), "two") == []
    assert await claim_channels(replicas.two, at(55), "two") == ["C1"]


async def test_a_channel_rests_until_it_is_free(store: Store) -> None:
    await store.add([report("a")], NOW)
    assert await claim_channels(store, NOW) == ["C1"]
    await store.release("C1", owner="one", free_at=at(2))
    assert await claim_channels(store, at(1.9)) == []
    assert await claim_channels(store, at(2)) == ["C1"]


async def test_only_the_holder_can_give_a_channel_back(store: Store) -> None:
    await store.add([report("a")], NOW)
    await claim_channels(store, NOW)
    await store.release("C1", owner="two", free_at=NOW)
    await store.release("C9", owner="two", free_at=NOW)
    assert await claim_channels(store, at(1), "two") == []


async def test_nothing_begins_in_a_channel_that_is_not_held(store: Store) -> None:
    await store.add([report("a")], NOW)
    assert await begin(store, NOW) is None
    assert await begin(store, NOW, channel="C9") is None
    assert (await take(store, NOW)).telling.notice.attempts == 1


async def test_a_channel_without_anything_due_gives_nothing(store: Store) -> None:
    await store.add([report("a")], NOW)
    attempt = await take(store, NOW)
    await retry_at(store, attempt, 60)
    assert await begin(store, at(1)) is None


async def test_older_notices_come_before_newer_ones(store: Store) -> None:
    await store.add([report(name) for name in ("a", "b", "c")], NOW)
    assert [key_of(await tell(store, NOW)) for _ in range(3)] == ["a", "b", "c"]


async def test_final_notices_come_before_live_ones(store: Store) -> None:
    await watch(store)
    await store.add([report("later")], at(1))
    assert [key_of(await tell(store, at(1))) for _ in range(2)] == ["later", "live:w1"]


async def test_a_reply_waits_for_the_report_of_its_watch(store: Store) -> None:
    await watch(store)
    await tell(store, NOW)
    await finish(store, at(5))
    attempt = await take(store, at(6))
    assert key_of(attempt) == "report:w1"
    await retry_at(store, attempt, 100)
    await store.release("C1", owner="one", free_at=at(6))
    assert await claim_channels(store, at(99)) == []
    assert await store.backlog(at(99)) == Backlog(2, 94.0)  # since the report was written
    assert [key_of(await tell(store, at(100))) for _ in range(2)] == ["report:w1", "verdict:w1"]


async def test_other_notices_do_not_wait_for_that_report(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, at(5))
    await retry_at(store, await take(store, at(6)), 100)
    await store.add([report("other")], at(7))
    assert key_of(await begin(store, at(8))) == "other"


async def test_a_reply_is_told_though_its_report_was_dropped(store: Store) -> None:
    await watch(store)
    await finish(store, at(5))
    await store.drop(await take(store, at(6)), why="archived", now=at(6))
    assert key_of(await begin(store, at(6))) == "verdict:w1"


async def test_an_invited_bot_tells_at_once_what_waited(store: Store) -> None:
    await store.add([report("a"), report("b", channel="C2")], NOW)
    for channel in ("C1", "C2"):
        await retry_at(store, await take(store, NOW, channel), 300)
        await store.release(channel, owner="one", free_at=NOW)
    await store.hasten("C1", at(1))
    assert await claim_channels(store, at(1)) == ["C1"]


async def test_an_invitation_does_not_bring_back_what_was_told(store: Store) -> None:
    await store.add([report("a")], NOW)
    await tell(store, NOW)
    await store.hasten("C1", at(1))
    assert await claim_channels(store, at(1)) == []


async def test_the_backlog_is_what_waits_and_for_how_long(store: Store) -> None:
    assert await store.backlog(NOW) == Backlog(0, 0.0)
    await store.add([report("a")], NOW)
    await store.add([report("b", channel="C2")], at(2))
    assert await store.backlog(at(3.5)) == Backlog(2, 3.5)
    await tell(store, at(4))
    assert await store.backlog(at(4)) == Backlog(1, 2.0)


async def test_a_report_that_slack_does_not_take_is_late_although_its_next_attempt_lies_ahead(
    store: Store,
) -> None:
    await store.add([report("a")], NOW)
    await retry_at(store, await take(store, at(1)), 60)
    assert await store.backlog(at(30)) == Backlog(1, 30.0)


async def test_a_live_message_is_late_when_it_is_due(store: Store) -> None:
    await watch(store)
    await retry_at(store, await take(store, at(1)), 60)
    assert await store.backlog(at(30)) == Backlog(1, 0.0)
    assert await store.backlog(at(61)) == Backlog(1, 1.0)


async def test_many_writers_and_senders_at_once_tell_everything_once(replicas: Replicas) -> None:
    both = (replicas.one, replicas.two)
    told: list[str | None] = []

    async def send(store: Store, owner: str) -> None:
        while len(told) < 30:
            for channel in await claim_channels(store, at(1), owner, limit=2):
                while attempt := await begin(store, at(1), channel, owner):
                    told.append(key_of(attempt))
                    await store.sent(attempt, ts="1.1", live_due_at=at(99), now=at(1))
                await store.release(channel, owner=owner, free_at=at(1))
            await asyncio.sleep(0)

    async def write(n: int) -> None:
        await both[n % 2].add([report(f"n{n}", channel=f"C{n % 4}")], NOW)

    async with asyncio.timeout(30):
        await asyncio.gather(
            *(write(n) for n in range(30)), *(send(both[n % 2], f"s{n}") for n in range(4))
        )
    assert sorted(filter(None, told)) == sorted(f"n{n}" for n in range(30))


async def test_the_store_says_whether_it_works(store: Store) -> None:
    await store.ping()
