"""Links: which runs of a message are watched, and which get a preview."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.domain.errors import AccessDenied, QATechError, RateLimited, RunNotFound, Unavailable
from bot.domain.rules import Rule
from bot.domain.short_id import RunKey, RunReference
from bot.domain.sightings import linked_run
from bot.domain.watch import WatchState
from bot.qatech.projects import ConfiguredProjects
from bot.services.known_runs import KnownRuns
from bot.services.linking import (
    MOST_LINKS,
    LinkReason,
    LinkService,
    Mentioned,
)
from bot.services.watching import WatchService
from tests.domain.build import KEY, NOW, run
from tests.domain.test_record import record
from tests.fakes.messenger import FakeMessenger
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

WEB = RunKey("web", "UkxK")
RUNNING = run()
DONE = run("COMPLETED", "PASSED", run_test_cases=(), issues=())


def url(run_id: str = "UkxK", slug: str = "shop") -> str:
    return f"https://app.qa.tech/p/{slug}/results/{run_id}"


def link(run_id: str = "UkxK", slug: str = "shop") -> RunReference:
    found = linked_run(url(run_id, slug))
    assert found is not None
    return found


@dataclass
class Setting:
    """A channel C1 with a rule, a run that is in progress."""

    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)

    def __post_init__(self) -> None:
        self.qatech.put(KEY, RUNNING)
        projects = ConfiguredProjects({"default": "shop", "web": "web", "app": None})
        watching = WatchService(
            store=self.store,
            qatech=self.qatech,
            projects=projects,
            direct=FakeMessenger(),
            clock=lambda: NOW,
            poll_min_seconds=5,
            wake=lambda: None,
        )
        runs = KnownRuns(conversations=self.store, qatech=self.qatech, projects=projects)
        self.links = LinkService(store=self.store, watching=watching, projects=projects, runs=runs)

    async def rule(self, **parts: object) -> None:
        await self.store.save_rule("C1", Rule.model_validate(parts), NOW)

    async def hear(self, *runs: RunReference, **parts: Any) -> list[tuple[str, LinkReason]]:
        mentioned = Mentioned("C1", ts="1.1", thread_ts=None, user="U1", runs=runs)
        heard = await self.links.hear(replace(mentioned, **parts))
        return [(str(linked.key), linked.reason) for linked in heard]

    async def previewed(self, *links: str) -> list[str]:
        return list((await self.links.previews(links, "C1")).runs)


@pytest.fixture
async def setting() -> Setting:
    setting = Setting()
    await setting.rule()
    return setting


async def test_a_run_whose_link_is_posted_is_watched_where_it_was_posted(setting: Setting) -> None:
    assert await setting.hear(link()) == [("UkxK", LinkReason.WATCHED)]
    (watched,) = await setting.store.watches_in("C1")
    watch = watched.watch
    assert (watch.source, watch.asked_by, watch.live, watch.thread_ts) == (
        "link",
        "U1",
        False,
        None,
    )
    assert watched.tracked.url == url()


async def test_a_link_is_answered_in_its_thread_where_the_rule_says_so(setting: Setting) -> None:
    await setting.rule(in_thread=True)
    setting.qatech.put(RunKey("default", "Two"), RUNNING)
    await setting.hear(link())
    await setting.hear(link("Two"), ts="2.2", thread_ts="1.0")
    threads = [each.watch.thread_ts for each in await setting.store.watches_in("C1")]
    assert threads == ["1.1", "1.0"]


async def test_a_rule_that_wants_live_messages_has_one_for_a_link(setting: Setting) -> None:
    await setting.rule(live=True)
    await setting.hear(link())
    (watched,) = await setting.store.watches_in("C1")
    assert watched.watch.live
    assert [kept.new.fact.kind for kept in setting.store.kept.values()] == ["run_progressed"]


@pytest.mark.parametrize(
    "rule", [None, Rule(watch_links=False), Rule(mutes_only=True, only_watched=True)]
)
async def test_nothing_is_watched_where_nobody_wants_it(rule: Rule | None) -> None:
    setting = Setting()
    if rule is not None:
        await setting.store.save_rule("C1", rule, NOW)
    assert await setting.hear(link()) == []
    assert setting.qatech.asked == []


async def test_a_run_of_another_project_is_left_alone(setting: Setting) -> None:
    await setting.rule(projects=["default"])
    assert await setting.hear(link(slug="web")) == [("web/UkxK", LinkReason.OTHER_PROJECT)]
    assert setting.qatech.asked == []


async def test_a_run_is_watched_once_however_often_it_is_linked(setting: Setting) -> None:
    assert await setting.hear(link(), link()) == [("UkxK", LinkReason.WATCHED)]
    assert await setting.hear(link()) == [("UkxK", LinkReason.KNOWN)]
    (watched,) = await setting.store.watches_in("C1")
    await setting.store.end_watch(watched.watch.id, state=WatchState.STOPPED, notices=(), now=NOW)
    assert await setting.hear(link()) == [("UkxK", LinkReason.KNOWN)]
    assert await setting.store.watches_in("C1") == []


async def test_a_run_whose_end_is_known_is_not_told_again(setting: Setting) -> None:
    setting.store._remember(record("UkxK", project="default"))
    assert await setting.hear(link()) == [("UkxK", LinkReason.KNOWN)]


@pytest.mark.parametrize(
    ("error", "reason", "watches"),
    [
        (RunNotFound("404"), LinkReason.NOT_FOUND, 0),
        (AccessDenied("403"), LinkReason.REFUSED, 0),
        (Unavailable("down"), LinkReason.UNVERIFIED, 1),
        (RateLimited("429", 3.0), LinkReason.UNVERIFIED, 1),
    ],
)
async def test_what_qatech_says_decides_whether_it_is_watched(
    setting: Setting, error: QATechError, reason: LinkReason, watches: int
) -> None:
    setting.qatech.fail(error)
    assert await setting.hear(link()) == [("UkxK", reason)]
    assert len(await setting.store.watches_in("C1")) == watches


async def test_a_list_of_links_is_not_a_wish_for_each_of_them(setting: Setting) -> None:
    many = [link(f"Run{number}") for number in range(MOST_LINKS + 5)]
    for each in many:
        setting.qatech.put(RunKey("default", each.short_id), RUNNING)
    assert len(await setting.hear(*many)) == MOST_LINKS


# --- `Run #… started`


STARTED = (RunReference("UkxK"),)


async def test_a_run_that_qatech_says_has_started_is_watched(setting: Setting) -> None:
    heard = await setting.hear(started=STARTED, user=None)
    assert heard == [("UkxK", LinkReason.WATCHED)]
    (watched,) = await setting.store.watches_in("C1")
    assert watched.watch.asked_by is None
    assert watched.tracked.url == url()


async def test_a_link_beside_the_words_says_the_project_better(setting: Setting) -> None:
    setting.qatech.put(WEB, RUNNING)
    heard = await setting.hear(link(slug="web"), started=STARTED)
    assert heard == [("web/UkxK", LinkReason.WATCHED)]


async def test_a_run_without_a_project_is_in_the_first_that_knows_it(setting: Setting) -> None:
    setting.qatech.remove(KEY)
    setting.qatech.put(WEB, RUNNING)
    assert await setting.hear(started=STARTED) == [("web/UkxK", LinkReason.WATCHED)]
    assert await setting.hear(started=STARTED) == [("web/UkxK", LinkReason.KNOWN)]


async def test_only_the_projects_of_the_rule_are_asked(setting: Setting) -> None:
    await setting.rule(projects=["web", "gone"])
    assert await setting.hear(started=STARTED) == [("web/UkxK", LinkReason.NOT_FOUND)]
    assert [key for key, _ in setting.qatech.asked] == [WEB]


async def test_while_nobody_can_be_asked_a_run_without_a_project_is_watched_in_each(
    setting: Setting,
) -> None:
    setting.qatech.fail(Unavailable("down"))
    heard = await setting.hear(started=STARTED)
    assert heard == [(name, LinkReason.UNVERIFIED) for name in ("UkxK", "web/UkxK", "app/UkxK")]


async def test_a_run_that_no_project_knows_is_not_watched(setting: Setting) -> None:
    setting.qatech.remove(KEY)
    assert await setting.hear(started=STARTED) == [("UkxK", LinkReason.NOT_FOUND)]
    assert await setting.store.watches_in("C1") == []
