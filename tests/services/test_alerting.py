"""Who is told that a run has ended: watches, channels with rules, and all that ended meanwhile."""

from datetime import timedelta

import pytest

from bot.domain.facts import RunFinished, VerdictGiven
from bot.domain.notice import NewNotice
from bot.domain.rules import NotifyOn, Reason, Rule
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.services.alerting import ABSENT_SECONDS, AWAY_SECONDS, CATCH_UP_SECONDS
from tests.domain.build import KEY, case, issue, run
from tests.services.polling_bench import DONE, HALF_DONE, PollingBench

FAILED = run("COMPLETED", "FAILED", run_test_cases=(case("a", result="FAILED"), case("b")))
OTHER = RunKey("default", "Other")


@pytest.fixture
async def ruled(bench: PollingBench) -> PollingBench:
    """A run is watched in C1 for somebody; C2 wants to hear of failures."""
    await bench.store.save_rule("C2", Rule(), bench.clock())
    await bench.watch()
    return bench


def told_in(bench: PollingBench, channel: str) -> list[NewNotice]:
    return [kept.new for kept in bench.store.kept.values() if kept.new.channel == channel]


async def end(bench: PollingBench, run_: Run = FAILED, key: RunKey = KEY) -> None:
    bench.qatech.put(key, run_.model_copy(update={"short_id": key.short_id}))
    await bench.poll(after=20)  # by then a run that has begun is looked at in any case


async def test_a_channel_is_told_of_runs_that_are_watched_elsewhere(ruled: PollingBench) -> None:
    await end(ruled)
    (alert,) = told_in(ruled, "C2")
    assert alert.dedupe_key == "rule:C2:default/UkxK"
    assert alert.is_alert
    assert ruled.events.decisions == [
        ("UkxK", "C1", Reason.WANTS_ALL),
        ("UkxK", "C2", Reason.FAILED),
    ]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule(notify_on=NotifyOn.CHANGES), Reason.VERDICT_CHANGED),
        (Rule(only_watched=True), None),
        (Rule(projects=("web",)), None),
        (Rule(projects=("default",)), Reason.FAILED),
    ],
)
async def test_a_channel_is_told_what_its_rule_wants(
    ruled: PollingBench, rule: Rule, reason: Reason | None
) -> None:
    await ruled.store.save_rule("C2", rule, ruled.clock())
    await end(ruled)
    assert len(told_in(ruled, "C2")) == (reason is not None)
    decided = [each for _, channel, each in ruled.events.decisions if channel == "C2"]
    assert decided == ([] if reason is None else [reason])


async def test_a_channel_that_watches_the_run_itself_is_told_once(ruled: PollingBench) -> None:
    await ruled.store.save_rule("C1", Rule(notify_on=NotifyOn.ALL), ruled.clock())
    await end(ruled)
    assert [each.fact.kind for each in told_in(ruled, "C1")] == [
        "run_progressed",
        "run_finished",
        "verdict_given",
    ]


async def test_a_channel_where_somebody_has_stopped_it_is_not_told(ruled: PollingBench) -> None:
    watch = await ruled.watch("C2")
    await ruled.store.end_watch(watch.id, state=WatchState.STOPPED, notices=(), now=ruled.clock())
    await end(ruled)
    assert [each.fact.kind for each in told_in(ruled, "C2")] == ["run_progressed"]


async def test_the_end_is_remembered_and_the_next_run_is_compared_with_it(
    ruled: PollingBench,
) -> None:
    await end(ruled)
    await ruled.watch(key=OTHER, seen=HALF_DONE)
    fixed = run("COMPLETED", "PASSED", run_test_cases=(case("a"), case("b")), issues=(issue("i"),))
    await ruled.store.save_rule("C2", Rule(notify_on=NotifyOn.CHANGES), ruled.clock())
    await end(ruled, fixed, OTHER)
    alert = told_in(ruled, "C2")[-1]
    assert isinstance(alert.fact, RunFinished)
    assert alert.fact.changes is not None
    assert (alert.fact.changes.before, alert.fact.changes.fixed) == ("UkxK", ("Test a",))
    assert ruled.events.decisions[-1] == ("Other", "C2", Reason.RECOVERED)


async def test_a_rerun_is_compared_with_the_run_that_it_is_a_rerun_of(ruled: PollingBench) -> None:
    await end(ruled)
    claim = await ruled.store.begin_rerun(
        KEY, failed_only=True, asked_by="U1", since=ruled.clock(), now=ruled.clock()
    )
    assert claim.id is not None
    await ruled.store.end_rerun(claim.id, new_short_id="Other", refused=False, now=ruled.clock())
    await ruled.watch(key=RunKey("default", "Later"), seen=HALF_DONE)
    whole = run("COMPLETED", "PASSED", run_test_cases=(case("a"),), issues=())
    await end(ruled, whole, RunKey("default", "Later"))
    await ruled.watch(key=OTHER, seen=HALF_DONE)
    await end(ruled, whole, OTHER)
    report = ruled.store.kept[next(reversed(ruled.store.kept))].new
    assert isinstance(report.fact, VerdictGiven)
    assert report.fact.changes is not None
    assert report.fact.changes.total_fixed == 1


async def test_a_rule_that_wants_live_messages_shows_a_run_as_soon_as_it_is_seen(
    bench: PollingBench,
) -> None:
    await bench.store.save_rule("C2", Rule(live=True), bench.clock())
    await bench.watch(seen=None)
    await bench.poll(after=5)
    assert [each.fact.kind for each in told_in(bench, "C2")] == ["run_progressed"]
    await end(bench)
    assert [each.fact.kind for each in told_in(bench, "C2")] == [
        "run_progressed",
        "run_finished",
        "verdict_given",
    ]


async def test_a_live_message_of_a_rule_that_was_stopped_does_not_come_back(
    bench: PollingBench,
) -> None:
    await bench.store.save_rule("C2", Rule(live=True), bench.clock())
    stopped = await bench.watch("C2")
    await bench.store.end_watch(stopped.id, state=WatchState.STOPPED, notices=(), now=bench.clock())
    await bench.watch(seen=None)
    await bench.poll(after=5)
    assert len(told_in(bench, "C2")) == 1  # of the watch that was stopped


# --- after a time away


async def held(bench: PollingBench, seconds: float, *, restart: bool) -> list[str | None]:
    """The groups of the alerts in C2 of two runs that ended so long after the last sweep."""
    await bench.store.save_rule("C2", Rule(), bench.clock())
    for key in (KEY, OTHER):
        await bench.watch(key=key)
    await bench.poll()
    if restart:
        bench.restart()
    for key in (KEY, OTHER):
        bench.qatech.put(key, FAILED)
    await bench.poll(after=seconds)
    return [each.group for each in told_in(bench, "C2")]


@pytest.mark.parametrize(
    ("seconds", "restart", "is_away"),
    [
        (20, False, False),
        (AWAY_SECONDS + 1, False, True),
        (ABSENT_SECONDS - 1, True, False),
        (ABSENT_SECONDS + 1, True, True),
        (9e5, True, True),
    ],
)
async def test_what_ended_while_the_bot_was_away_is_held_together(
    bench: PollingBench, seconds: float, *, restart: bool, is_away: bool
) -> None:
    bench.qatech.put(OTHER, HALF_DONE)
    groups = await held(bench, seconds, restart=restart)
    if seconds < ABSENT_SECONDS:
        groups += [each.group for each in told_in(bench, "C2")]
        await bench.poll(after=20)
        groups = [each.group for each in told_in(bench, "C2")]
    assert len(groups) == 2
    assert (groups[0] is not None) is is_away
    assert len(set(groups)) == 1
    assert bench.events.returns == is_away


async def test_after_a_short_absence_every_run_is_looked_at_at_once(bench: PollingBench) -> None:
    bench.qatech.put(OTHER, HALF_DONE)
    groups = await held(bench, ABSENT_SECONDS + 1, restart=True)
    assert None not in groups  # although the cadence would have waited longer
    (until,) = {each.hold_until for each in told_in(bench, "C2")}
    assert until is not None
    assert (until - bench.clock()).total_seconds() == 2.5


async def test_many_runs_are_waited_for_no_longer_than_can_be_borne(bench: PollingBench) -> None:
    keys = [RunKey("default", f"Run{number}") for number in range(60)]
    await bench.store.save_rule("C2", Rule(), bench.clock())
    for key in keys:
        await bench.watch(key=key)
        bench.qatech.put(key, FAILED)
    await bench.store.beat(bench.clock(), away_after=ABSENT_SECONDS)
    while len(told_in(bench, "C2")) < len(keys):
        await bench.poll(after=ABSENT_SECONDS + 1 if not bench.events.returns else 0)
    holds = {each.hold_until for each in told_in(bench, "C2")}
    assert holds == {bench.clock() + timedelta(seconds=CATCH_UP_SECONDS)}


async def test_what_ends_after_the_return_is_told_by_itself(bench: PollingBench) -> None:
    bench.qatech.put(OTHER, HALF_DONE)
    await bench.store.save_rule("C2", Rule(), bench.clock())
    await bench.watch(key=OTHER)
    await bench.poll()
    bench.restart()
    await bench.poll(after=100)
    bench.qatech.put(OTHER, FAILED)
    await bench.poll(after=31)
    assert [(each.group, each.hold_until) for each in told_in(bench, "C2")] == [(None, None)]


async def test_a_bot_that_begins_for_the_first_time_comes_back_from_nowhere(
    bench: PollingBench,
) -> None:
    await bench.watch()
    bench.qatech.put(KEY, DONE)
    await bench.poll()
    assert bench.events.returns == 0


async def test_a_second_replica_that_begins_beside_a_first_is_not_back(
    bench: PollingBench,
) -> None:
    await bench.replica("one").sweep()
    bench.clock.step(ABSENT_SECONDS - 1)
    await bench.replica("two").sweep()
    assert bench.events.returns == 0


async def test_the_heartbeat_is_not_written_by_every_sweep(bench: PollingBench) -> None:
    await bench.poll()
    first = bench.store._beat_at
    await bench.poll(after=1)
    assert bench.store._beat_at == first
    await bench.poll(after=1)
    assert bench.store._beat_at == bench.clock()
