"""Rules as they are set: since when a digest is told."""

from datetime import timedelta

import pytest

from bot.domain.digest_rule import DigestRule, Every
from bot.domain.rules import Rule
from bot.rule_settings import FileDigest, FileRule
from bot.services.ruling import RulingService
from tests.domain.build import NOW
from tests.fakes.clock import SteppedClock
from tests.fakes.permissions import FakePermissions
from tests.fakes.store import FakeStore

DAILY = DigestRule(every=Every.DAILY, hour=9)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


def ruling(
    store: FakeStore, clock: SteppedClock, from_file: dict[str, FileRule] | None = None
) -> RulingService:
    return RulingService(
        store=store,
        aliases=["default"],
        from_file=from_file or {},
        permissions=FakePermissions(),
        clock=clock,
    )


async def since(store: FakeStore) -> object:
    rule = await store.rule_of("C1")
    assert rule is not None
    return rule.digest.since if rule.digest else None


async def test_a_digest_is_told_from_the_moment_on_at_which_it_was_set(clock: SteppedClock) -> None:
    store = FakeStore()
    service = ruling(store, clock)
    await service.set("C1", Rule(digest=DAILY), by="U1")
    clock.step(3600)
    await service.set("C1", Rule(digest=DAILY, live=True), by="U1")
    assert await since(store) == NOW, "it has not been changed"
    await service.set("C1", Rule(digest=DAILY.model_copy(update={"hour": 17})), by="U1")
    assert await since(store) == NOW + timedelta(hours=1)
    await service.set("C1", Rule(), by="U1")
    assert await since(store) is None


async def test_muting_does_not_begin_a_digest_anew(clock: SteppedClock) -> None:
    store = FakeStore()
    service = ruling(store, clock)
    await service.set("C1", Rule(digest=DAILY), by="U1")
    clock.step(3600)
    await service.mute("C1", 60, by="U2")
    assert await since(store) == NOW


async def test_a_restart_does_not_begin_a_digest_of_the_file_anew(clock: SteppedClock) -> None:
    store = FakeStore()
    from_file = {"C1": FileRule(digest=FileDigest(every=Every.DAILY, hour=9))}
    await ruling(store, clock, from_file).apply_file()
    clock.step(3600)
    await ruling(store, clock, from_file).apply_file()
    assert await since(store) == NOW
