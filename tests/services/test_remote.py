"""What CI may do with watches."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.domain.errors import AccessDenied, RunNotFound, Unavailable
from bot.domain.notice import live_key
from bot.domain.rules import NotifyOn
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import WatchState
from bot.qatech.projects import ConfiguredProjects
from bot.services.remote import FieldError, RemoteWatches, Wish
from bot.services.watching import WatchService
from tests.fakes.messenger import FakeMessenger
from tests.fakes.qatech import FakeQATech
from tests.fakes.store import FakeStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = RunKey("default", "UkxK")
WEB = RunKey("web", "UkxK")


@dataclass
class Setting:
    store: FakeStore = field(default_factory=FakeStore)
    qatech: FakeQATech = field(default_factory=FakeQATech)
    woken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for key in (KEY, WEB):
            self.qatech.put(key, Run(short_id="UkxK", status="RUNNING"))
        projects = ConfiguredProjects({"default": "shop", "web": None})
        self.remote = RemoteWatches(
            store=self.store,
            watching=WatchService(
                store=self.store,
                qatech=self.qatech,
                projects=projects,
                direct=FakeMessenger(),
                clock=lambda: NOW,
                poll_min_seconds=5,
                wake=lambda: None,
            ),
            projects=projects,
            clock=lambda: NOW,
            wake=lambda: self.woken.append("woken"),
        )


@pytest.fixture
def setting() -> Setting:
    return Setting()


async def test_a_run_is_watched_with_all_that_was_wished(setting: Setting) -> None:
    wish = Wish("UkxK", "C1", notify_on=NotifyOn.CHANGES, mention=("U1", "S1"))
    followed, is_new = await setting.remote.open(wish)
    watch = followed.watched.watch
    assert is_new
    assert (watch.key, watch.channel, watch.source, watch.asked_by) == (KEY, "C1", "api", None)
    assert (watch.notify_on, watch.mention, watch.live) == (NotifyOn.CHANGES, ("U1", "S1"), False)
    assert followed.watched.tracked.url == "https://app.qa.tech/p/shop/results/UkxK"
    assert followed.notices == []


async def test_the_same_run_and_channel_again_is_the_same_watch(setting: Setting) -> None:
    first, _ = await setting.remote.open(Wish("UkxK", "C1"))
    again, is_new = await setting.remote.open(Wish("#UkxK", "C1", notify_on=NotifyOn.ALL))
    assert not is_new
    assert again.watched.watch == first.watched.watch
    other, is_new = await setting.remote.open(Wish("UkxK", "C2"))
    assert is_new
    assert other.watched.watch.id != first.watched.watch.id


@pytest.mark.parametrize(
    ("run", "project", "key"),
    [
        ("web/UkxK", None, WEB),
        ("UkxK", "web", WEB),
        ("web/UkxK", "web", WEB),
        ("https://app.qa.tech/p/shop/results/UkxK", "web", WEB),
        ("https://app.qa.tech/p/shop/results/UkxK?tab=1", None, KEY),
    ],
)
async def test_the_project_is_the_one_that_is_named(
    setting: Setting, run: str, project: str | None, key: RunKey
) -> None:
    followed, _ = await setting.remote.open(Wish(run, "C1", project=project))
    assert followed.watched.watch.key == key


@pytest.mark.parametrize(
    ("run", "project", "field", "words"),
    [
        ("two words", None, "run", "is not a run"),
        ("https://[", None, "run", "not one of a QA.tech run"),
        ("https://app.qa.tech/p/shop/results/test/UkxK", None, "run", "one test case"),
        ("app/UkxK", None, "run", "no project `app`"),
        ("UkxK", "app", "project", "no project `app`"),
        ("web/UkxK", "default", "project", "another project"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(
    setting: Setting, run: str, project: str | None, field: str, words: str
) -> None:
    with pytest.raises(FieldError, match=words) as raised:
        await setting.remote.open(Wish(run, "C1", project=project))
    assert raised.value.field == field
    assert setting.qatech.asked == []


@pytest.mark.parametrize("error", [RunNotFound("no"), AccessDenied("no")])
async def test_what_qatech_refuses_is_not_stored(setting: Setting, error: Exception) -> None:
    setting.qatech.fail(error)
    with pytest.raises(type(error)):
        await setting.remote.open(Wish("UkxK", "C1"))
    assert await setting.store.watches_in(None) == []


async def test_a_qatech_that_does_not_answer_loses_no_watch(setting: Setting) -> None:
    setting.qatech.fail(Unavailable("down"))
    followed, is_new = await setting.remote.open(Wish("UkxK", "C1"))
    assert is_new
    assert not followed.watched.tracked.is_verified


async def test_a_watch_is_found_with_what_became_of_its_notices(setting: Setting) -> None:
    opened, _ = await setting.remote.open(Wish("UkxK", "C1", live=True))
    found = await setting.remote.find(opened.watched.watch.id)
    assert found is not None
    assert found.watched.watch == opened.watched.watch
    assert [(each.kind, each.state) for each in found.notices] == [("run_progressed", "pending")]
    assert await setting.remote.find("unknown") is None


async def test_a_watch_that_is_stopped_tells_only_its_live_message(setting: Setting) -> None:
    live, _ = await setting.remote.open(Wish("UkxK", "C1", live=True))
    silent, _ = await setting.remote.open(Wish("UkxK", "C2"))
    for each in (live, silent):
        assert await setting.remote.stop(each.watched.watch.id)
        found = await setting.remote.find(each.watched.watch.id)
        assert found is not None
        assert found.watched.watch.state is WatchState.STOPPED
    told = {key: kept.state for key, kept in setting.store.kept.items()}
    watch = live.watched.watch
    assert told == {live_key(watch.id): "superseded", f"ended:{watch.id}": "pending"}
    assert setting.woken


async def test_stopping_again_changes_nothing_and_stopping_nothing_says_so(
    setting: Setting,
) -> None:
    opened, _ = await setting.remote.open(Wish("UkxK", "C1"))
    assert await setting.remote.stop(opened.watched.watch.id)
    assert await setting.remote.stop(opened.watched.watch.id)
    assert not await setting.remote.stop("unknown")
