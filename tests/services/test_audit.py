"""What leaves an entry in the audit trail, and who is refused."""

from dataclasses import dataclass, field

import pytest

from bot.domain.errors import AccessDenied, QATechError, Unavailable, UserError
from bot.domain.rules import NotifyOn, Rule
from bot.domain.short_id import RunKey
from bot.qatech.projects import ConfiguredProjects
from bot.services.remote import RemoteWatches, Wish
from bot.services.rerunning import (
    NotAllowed,
    Refused,
    RerunOutcome,
    RerunService,
    RunningAlready,
    Started,
)
from bot.services.ruling import RulingService
from bot.services.watching import Asker, WatchService
from tests.domain.build import KEY, case, run
from tests.fakes.clock import SteppedClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.permissions import FakePermissions
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

FAILED = run("COMPLETED", "FAILED", run_test_cases=(case("a", result="FAILED"), case("b")))
RUNNING = run(run_test_cases=(case("a"),))


def _wake() -> None:
    """Nobody sends anything here."""


@dataclass(slots=True)
class Bench:
    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    clock: SteppedClock = field(default_factory=SteppedClock)
    permissions: FakePermissions = field(default_factory=FakePermissions)
    projects: ConfiguredProjects = field(
        default_factory=lambda: ConfiguredProjects({"default": "x"})
    )

    @property
    def rerunning(self) -> RerunService:
        return RerunService(
            log=self.store,
            store=self.store,
            qatech=self.qatech,
            permissions=self.permissions,
            clock=self.clock,
            wake=_wake,
        )

    def ruling(self, **from_file: Rule) -> RulingService:
        return RulingService(
            store=self.store,
            aliases=["default"],
            from_file=from_file,
            permissions=self.permissions,
            clock=self.clock,
        )

    @property
    def watching(self) -> WatchService:
        return WatchService(
            store=self.store,
            qatech=self.qatech,
            projects=self.projects,
            direct=FakeMessenger(),
            clock=self.clock,
            poll_min_seconds=5,
            wake=_wake,
        )

    async def rerun(self, user: str = "U1", request_id: str | None = None) -> RerunOutcome:
        return await self.rerunning.rerun(
            KEY,
            failed_only=True,
            user=user,
            channel="C1",
            thread_ts=None,
            request_id=request_id,
        )

    def trail(self) -> list[tuple[str, str, str | None, RunKey | None, str]]:
        """The entries, the oldest first."""
        return [(e.act, e.who, e.channel, e.run, e.detail) for e in self.store.kept_entries]

    def acts(self) -> list[str]:
        return [entry.act for entry in self.store.kept_entries]


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.qatech.put(KEY, FAILED)
    return bench


# --- reruns


async def test_a_rerun_leaves_who_asked_where_and_what_became_of_it(bench: Bench) -> None:
    assert isinstance(await bench.rerun(), Started)
    assert bench.trail() == [
        ("rerun_asked", "U1", "C1", KEY, "failed test cases"),
        ("rerun_started", "U1", "C1", KEY, "rerun1"),
    ]


async def test_who_may_not_rerun_is_refused_and_noted_and_qatech_not_asked(bench: Bench) -> None:
    bench.permissions.no_reruns.add("U2")
    assert await bench.rerun("U2") == NotAllowed()
    assert bench.acts() == ["rerun_forbidden"]
    assert bench.qatech.rerun_asked == []


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (AccessDenied("QA.tech answered 403"), "rerun_refused"),
        (Unavailable("QA.tech gave no whole answer within 8 s"), "rerun_unknown"),
    ],
)
async def test_a_rerun_that_qatech_did_not_start_says_so(
    bench: Bench, error: QATechError, act: str
) -> None:
    bench.qatech.fail(error)
    assert await bench.rerun() == Refused(error)
    assert bench.acts() == ["rerun_asked", act]
    assert bench.trail()[1][4] == str(error)


async def test_the_same_request_delivered_again_costs_nothing_more(bench: Bench) -> None:
    started = await bench.rerun(request_id="press-1")
    bench.clock.step(3_600)
    again = await bench.rerun(request_id="press-1")
    assert isinstance(started, Started)
    assert again == RunningAlready("U1", started.watch.key)
    assert len(bench.qatech.rerun_asked) == 1
    assert bench.acts() == ["rerun_asked", "rerun_started"]
    assert isinstance(await bench.rerun(request_id="press-2"), Started)


# --- rules and mutes


async def test_rules_and_mutes_leave_who_changed_what(bench: Bench) -> None:
    ruling = bench.ruling()
    await ruling.set("C1", Rule(notify_on=NotifyOn.ALL, watch_links=False), by="U1")
    await ruling.mute("C1", 90, by="U2")
    await ruling.mute_case("C1", "Checkout", 60, by="U2")
    await ruling.unmute_case("C1", "Checkout", by="U3")
    await ruling.unmute("C1", by="U3")
    assert [entry[:3] + entry[4:] for entry in bench.trail()] == [
        ("rules_set", "U1", "C1", "notify_on: failures → all; watch_links: yes → no"),
        ("muted", "U2", "C1", "until 2026-11-24 13:30 UTC"),
        ("case_muted", "U2", "C1", "Checkout, until 2026-11-24 13:00 UTC"),
        ("case_unmuted", "U3", "C1", "Checkout"),
        ("unmuted", "U3", "C1", ""),
    ]


async def test_who_may_not_rule_changes_nothing_whatever_they_try(bench: Bench) -> None:
    bench.permissions.no_rules.add("U2")
    ruling = bench.ruling()
    await ruling.set("C1", Rule(), by="U1")
    before = await bench.store.rule_of("C1")
    attempts = [
        ruling.set("C1", Rule(notify_on=NotifyOn.ALL), by="U2"),
        ruling.mute("C1", 60, by="U2"),
        ruling.unmute("C1", by="U2"),
        ruling.mute_case("C1", "Checkout", 60, by="U2"),
        ruling.unmute_case("C1", "Checkout", by="U2"),
    ]
    for attempt in attempts:
        with pytest.raises(UserError, match="not among those who may change"):
            await attempt
    assert await bench.store.rule_of("C1") == before
    assert bench.acts() == ["rules_set", *["rules_forbidden"] * 5]
    assert not await ruling.may_change("U2")


async def test_rules_of_the_file_leave_an_entry_when_they_are_new_and_not_at_each_start(
    bench: Bench,
) -> None:
    for rule in (Rule(live=True), Rule(live=True), Rule(live=False)):
        await bench.ruling(C1=rule).apply_file()
    assert [(who, detail) for _, who, _, _, detail in bench.trail()] == [
        ("qarun.toml", "live: no → yes"),
        ("qarun.toml", "live: yes → no"),
    ]


# --- stops


async def test_a_stop_leaves_who_stopped_which_run_once(bench: Bench) -> None:
    bench.qatech.put(KEY, RUNNING)
    asker = Asker(user="U1", channel="C1", request_id="r1")
    await bench.watching.ask("UkxK", asker)
    for _ in range(2):
        await bench.watching.stop("UkxK", asker)
    assert bench.trail() == [("watch_stopped", "U1", "C1", KEY, "")]


async def test_a_stop_over_the_api_is_that_of_the_api(bench: Bench) -> None:
    bench.qatech.put(KEY, RUNNING)
    remote = RemoteWatches(
        store=bench.store,
        watching=bench.watching,
        projects=bench.projects,
        clock=bench.clock,
        wake=_wake,
    )
    followed, _ = await remote.open(Wish(run="UkxK", channel="C9"))
    assert await remote.stop(followed.watched.watch.id)
    assert bench.trail() == [("watch_stopped", "api", "C9", KEY, "")]
