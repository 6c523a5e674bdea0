"""What `/qarun <run>` comes to, for every state of the run and of QA.tech."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.domain.audit import NewEntry
from bot.domain.errors import (
    AccessDenied,
    QATechError,
    RateLimited,
    RunNotFound,
    SlackError,
    Unavailable,
    UnexpectedAnswer,
    UserError,
)
from bot.domain.facts import WatchEnded
from bot.domain.notice import NewNotice
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchEnd, WatchState
from bot.qatech.projects import ConfiguredProjects
from bot.services.ports import BARE, CASES, WHOLE, Look
from bot.services.watching import (
    AlreadyWatched,
    Asker,
    Looked,
    Reported,
    Stopped,
    Waiting,
    Watching,
    WatchService,
)
from tests.domain.build import KEY, case, run
from tests.fakes.clock import SteppedClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

ASKER = Asker(user="U1", channel="C1", request_id="r1", response_url="https://hooks.test/1")
RUNNING = run(run_test_cases=(case("a"), case("b", status="RUNNING", result=None)))
DONE = run("COMPLETED", "PASSED", run_test_cases=(case("a"), case("b")), issues=())
TROUBLES: list[QATechError] = [
    Unavailable("QA.tech did not answer in time"),
    RateLimited("QA.tech answered 429", retry_after=30),
    UnexpectedAnswer("QA.tech answered with HTML"),
]


@dataclass(slots=True)
class Bench:
    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    slack: FakeMessenger = field(default_factory=FakeMessenger)
    clock: SteppedClock = field(default_factory=SteppedClock)
    wakes: list[bool] = field(default_factory=list)

    @property
    def service(self) -> WatchService:
        return WatchService(
            store=self.store,
            qatech=self.qatech,
            projects=ConfiguredProjects({"default": "webshop", "mobile": None}),
            direct=self.slack,
            clock=self.clock,
            poll_min_seconds=5,
            wake=lambda: self.wakes.append(True),
        )


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.qatech.put(KEY, RUNNING)
    return bench


async def test_a_run_in_progress_is_watched_with_a_live_message(bench: Bench) -> None:
    asked = await bench.service.ask("UkxK", ASKER)
    assert isinstance(asked, Watching)
    watch = asked.watch
    assert (watch.channel, watch.asked_by, watch.live) == ("C1", "U1", True)
    assert watch.response_url == ASKER.response_url
    assert list(bench.store.kept) == [f"live:{watch.id}"]
    assert bench.wakes == [True]
    found = await bench.store.find_watch(KEY, "C1")
    assert found is not None
    assert found.tracked.url == "https://app.qa.tech/p/webshop/results/UkxK"
    assert (found.tracked.next_poll_at - bench.clock()).total_seconds() == 5
    assert found.tracked.progress.total == 2


async def test_a_run_that_has_ended_is_reported_in_the_channel(bench: Bench) -> None:
    bench.qatech.put(KEY, DONE)
    assert await bench.service.ask("UkxK", ASKER) == Reported(KEY)
    assert [look for _, look in bench.qatech.asked] == [CASES, WHOLE]
    (kept,) = bench.store.kept.values()
    assert (kept.new.dedupe_key, kept.new.channel, kept.new.asked_by) == ("asked:r1", "C1", "U1")
    assert kept.new.response_url == ASKER.response_url
    assert await bench.store.find_watch(KEY, "C1") is None
    assert bench.wakes == [True]


async def test_the_same_request_delivered_twice_is_one_report(bench: Bench) -> None:
    bench.qatech.put(KEY, DONE)
    await bench.service.ask("UkxK", ASKER)
    await bench.service.ask("UkxK", ASKER)
    assert list(bench.store.kept) == ["asked:r1"]


async def test_the_same_question_asked_again_is_a_second_report(bench: Bench) -> None:
    bench.qatech.put(KEY, DONE)
    await bench.service.ask("UkxK", ASKER)
    again = Asker(user="U2", channel="C1", request_id="r2")
    await bench.service.ask("UkxK", again)
    assert list(bench.store.kept) == ["asked:r1", "asked:r2"]


async def test_a_run_that_is_watched_here_is_not_watched_twice(bench: Bench) -> None:
    first = await bench.service.ask("UkxK", ASKER)
    assert isinstance(first, Watching)
    bench.clock.step(1)
    assert await bench.service.ask("#UkxK", ASKER) == AlreadyWatched(first.watch, ended=False)
    assert len(bench.qatech.asked) == 1
    assert len(bench.store.kept) == 1
    found = await bench.store.find_watch(KEY, "C1")
    assert found is not None
    assert found.tracked.next_poll_at == bench.clock()  # somebody wants to know now


async def test_two_people_who_ask_at_once_get_one_live_message(bench: Bench) -> None:
    bench.qatech.gate = asyncio.Event()
    other = Asker(user="U2", channel="C1", request_id="r2")
    both = asyncio.gather(bench.service.ask("UkxK", ASKER), bench.service.ask("UkxK", other))
    await asyncio.sleep(0)
    bench.qatech.gate.set()
    asked = await both
    assert sorted(type(each).__name__ for each in asked) == ["AlreadyWatched", "Watching"]
    assert len({each.watch.id for each in asked if not isinstance(each, Reported)}) == 1
    assert len(bench.store.kept) == 1


async def test_two_channels_have_a_live_message_each(bench: Bench) -> None:
    await bench.service.ask("UkxK", ASKER)
    asked = await bench.service.ask("UkxK", Asker(user="U1", channel="C2", request_id="r2"))
    assert isinstance(asked, Watching)
    assert len(bench.store.kept) == 2
    assert len(await bench.service.watches_in("C1")) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_qatech_that_cannot_be_asked_does_not_lose_the_wish(
    bench: Bench, trouble: QATechError
) -> None:
    bench.qatech.fail(trouble)
    asked = await bench.service.ask("UkxK", ASKER)
    assert isinstance(asked, Waiting)
    assert asked.error is trouble
    found = await bench.store.find_watch(KEY, "C1")
    assert found is not None
    assert not found.tracked.is_verified
    assert list(bench.store.kept) == [f"live:{asked.watch.id}"]
    assert bench.wakes == [True]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_qatech_that_fails_between_the_two_looks_does_not_lose_the_wish(
    bench: Bench, trouble: QATechError
) -> None:
    bench.qatech.put(KEY, DONE)
    bench.qatech.fail(trouble, look=WHOLE)
    asked = await bench.service.ask("UkxK", ASKER)
    assert isinstance(asked, Waiting)
    assert await bench.store.find_watch(KEY, "C1") is not None


@pytest.mark.parametrize("error", [RunNotFound("404"), AccessDenied("403")])
async def test_a_run_that_is_not_there_or_not_ours_leaves_nothing_behind(
    bench: Bench, error: QATechError
) -> None:
    bench.qatech.fail(error)
    with pytest.raises(type(error)):
        await bench.service.ask("UkxK", ASKER)
    assert bench.store.kept == {}
    assert await bench.service.watches_in("C1") == []
    assert bench.wakes == []


@pytest.mark.parametrize("word", ["", "what is this", "nobody/UkxK"])
async def test_what_is_no_run_is_not_asked_for(bench: Bench, word: str) -> None:
    with pytest.raises(UserError):
        await bench.service.ask(word, ASKER)
    assert bench.qatech.asked == []


async def test_an_alias_asks_its_own_project(bench: Bench) -> None:
    key = RunKey("mobile", "abc123")
    bench.qatech.put(key, RUNNING)
    assert isinstance(await bench.service.ask("mobile/abc123", ASKER), Watching)
    found = await bench.store.find_watch(key, "C1")
    assert found is not None
    assert found.tracked.url is None


# --- privately


async def test_a_private_question_about_an_ended_run_is_answered_without_a_trace(
    bench: Bench,
) -> None:
    bench.qatech.put(KEY, DONE)
    looked = await bench.service.ask_privately("UkxK", ASKER)
    assert looked == Looked(KEY, "https://app.qa.tech/p/webshop/results/UkxK", DONE)
    assert bench.store.kept == {}


async def test_a_private_watch_stands_in_the_direct_message(bench: Bench) -> None:
    asked = await bench.service.ask_privately("UkxK", ASKER)
    assert isinstance(asked, Watching)
    assert asked.watch.channel == "D-U1"
    assert asked.watch.response_url is None  # it would answer into the public channel
    assert await bench.service.watches_in("C1") == []


async def test_a_private_watch_is_not_opened_where_slack_allows_no_direct_message(
    bench: Bench,
) -> None:
    bench.slack.no_direct = SlackError("missing_scope", "missing_scope: needs im:write")
    with pytest.raises(SlackError):
        await bench.service.ask_privately("UkxK", ASKER)
    assert bench.store.kept == {}


@pytest.mark.parametrize("look", [CASES, WHOLE])
async def test_a_private_question_that_qatech_does_not_answer_says_so(
    bench: Bench, look: Look
) -> None:
    bench.qatech.put(KEY, DONE)
    bench.qatech.fail(Unavailable("down"), look=look)
    with pytest.raises(Unavailable):
        await bench.service.ask_privately("UkxK", ASKER)
    assert bench.store.kept == {}


async def test_one_look_brings_what_it_asked_for(bench: Bench) -> None:
    bench.qatech.put(KEY, DONE)
    looked = await bench.service.look("<https://app.qa.tech/p/webshop/results/UkxK|run>", BARE)
    assert looked.run.run_test_cases == ()


# --- stop


async def test_stopping_ends_the_watch_and_says_who_did(bench: Bench) -> None:
    asked = await bench.service.ask("UkxK", ASKER)
    assert isinstance(asked, Watching)
    stopper = Asker(user="U2", channel="C1", request_id="r2")
    assert await bench.service.stop("UkxK", stopper) == Stopped(KEY, was_watched=True)
    last = await bench.store.last_watch(KEY, "C1")
    assert last is not None
    assert (last.watch.state, last.tracked.active) == (WatchState.STOPPED, False)
    fact = bench.store.kept[f"ended:{asked.watch.id}"].new.fact
    assert fact == WatchEnded(why=WatchEnd.STOPPED, by="U2")
    assert f"ended-reply:{asked.watch.id}" not in bench.store.kept
    assert bench.wakes == [True, True]


async def test_stopping_what_is_not_watched_here_changes_nothing(bench: Bench) -> None:
    await bench.service.ask("UkxK", ASKER)
    elsewhere = Asker(user="U1", channel="C2", request_id="r2")
    assert await bench.service.stop("UkxK", elsewhere) == Stopped(KEY, was_watched=False)
    assert len(await bench.service.watches_in("C1")) == 1


async def test_a_watch_that_has_just_ended_otherwise_was_not_stopped() -> None:
    bench = Bench(store=_Overtaken())
    bench.qatech.put(KEY, RUNNING)
    await bench.service.ask("UkxK", ASKER)
    assert await bench.service.stop("UkxK", ASKER) == Stopped(KEY, was_watched=False)
    assert not [key for key in bench.store.kept if key.startswith("ended:")]


class _Overtaken(FakeStore):
    """A database in which the watch has ended when its end is to be written."""

    async def end_watch(
        self,
        watch_id: str,
        *,
        state: WatchState,
        notices: Sequence[NewNotice],
        now: datetime,
        audit: Sequence[NewEntry] = (),
    ) -> bool:
        await super().end_watch(watch_id, state=WatchState.ENDED, notices=(), now=now)
        return await super().end_watch(watch_id, state=state, notices=notices, now=now, audit=audit)


async def test_a_stopped_run_can_be_watched_again(bench: Bench) -> None:
    first = await bench.service.ask("UkxK", ASKER)
    await bench.service.stop("UkxK", ASKER)
    second = await bench.service.ask("UkxK", ASKER)
    assert isinstance(first, Watching)
    assert isinstance(second, Watching)
    assert first.watch.id != second.watch.id
    assert f"live:{second.watch.id}" in bench.store.kept


# --- refresh


async def test_refreshing_a_watched_run_makes_it_due_at_once(bench: Bench) -> None:
    await bench.service.ask("UkxK", ASKER)
    asked = await bench.service.refresh(KEY, ASKER, message_ts="1.2")
    assert isinstance(asked, AlreadyWatched)
    assert len(bench.qatech.asked) == 1
    found = await bench.store.find_watch(KEY, "C1")
    assert found is not None
    assert found.tracked.next_poll_at == bench.clock()


async def test_refreshing_an_ended_run_tells_it_anew_in_its_message(bench: Bench) -> None:
    bench.qatech.put(KEY, DONE)
    assert await bench.service.refresh(KEY, ASKER, message_ts="1.2") == Reported(KEY)
    (kept,) = bench.store.kept.values()
    assert kept.new.edit_ts == "1.2"


async def test_refreshing_a_run_that_was_given_up_watches_it_again(bench: Bench) -> None:
    asked = await bench.service.refresh(KEY, ASKER, message_ts="1.2")
    assert isinstance(asked, Watching)
    assert await bench.store.find_watch(KEY, "C1") is not None
