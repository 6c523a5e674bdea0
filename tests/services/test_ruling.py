"""What a channel wants to hear: read, tried, set, muted, and kept in a file."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.rules import CaseMute, NotifyOn, Rule
from bot.domain.run import Verdict
from bot.services.ruling import RulingService, Standing
from tests.domain.build import NOW
from tests.domain.test_record import F, P, record
from tests.fakes.permissions import FakePermissions
from tests.fakes.store import FakeStore


@dataclass
class Setting:
    store: FakeStore = field(default_factory=FakeStore)
    from_file: dict[str, Rule] = field(default_factory=dict)

    @property
    def ruling(self) -> RulingService:
        return RulingService(
            store=self.store,
            aliases=["shop", "web"],
            from_file=self.from_file,
            permissions=FakePermissions(),
            clock=lambda: NOW,
        )

    async def rule(self, channel: str = "C1") -> Rule:
        found = await self.store.rule_of(channel)
        assert found is not None
        return found


@pytest.fixture
def setting() -> Setting:
    return Setting()


async def test_where_nobody_has_set_a_rule_the_form_begins_with_the_defaults(
    setting: Setting,
) -> None:
    assert await setting.ruling.standing("C1") == Standing(Rule(), is_set=False, in_file=False)


async def test_a_rule_is_set_with_the_person_who_set_it(setting: Setting) -> None:
    await setting.ruling.set("C1", Rule(notify_on=NotifyOn.ALL), by="U1")
    assert await setting.rule() == Rule(notify_on=NotifyOn.ALL, set_by="U1")
    assert (await setting.ruling.standing("C1")).is_set


async def test_a_mute_stands_beside_a_rule_that_was_set(setting: Setting) -> None:
    await setting.ruling.set("C1", Rule(live=True), by="U1")
    muted = await setting.ruling.mute("C1", 120, by="U2")
    assert muted == Rule(live=True, set_by="U1", muted_until=NOW + timedelta(hours=2))
    assert (await setting.ruling.unmute("C1", by="U3")).muted_until is None


async def test_a_mute_where_nobody_has_set_a_rule_changes_nothing_else(setting: Setting) -> None:
    muted = await setting.ruling.mute("C1", 60, by="U1")
    assert (muted.mutes_only, muted.only_watched) == (True, True)
    standing = await setting.ruling.standing("C1")
    assert not standing.is_set
    assert standing.rule == Rule(muted_until=NOW + timedelta(hours=1))
    saved = await setting.ruling.set("C1", standing.rule, by="U1")
    assert not saved.mutes_only
    assert (await setting.ruling.standing("C1")).is_set


async def test_test_cases_are_muted_and_unmuted_by_name(setting: Setting) -> None:
    await setting.ruling.mute_case("C1", "Pay", 60, by="U1")
    await setting.ruling.mute_case("C1", "Log in", 60, by="U1")
    until = NOW + timedelta(hours=1)
    assert (await setting.rule()).muted_cases == (
        CaseMute(name="Pay", until=until),
        CaseMute(name="Log in", until=until),
    )
    left = await setting.ruling.unmute_case("C1", "PAY", by="U1")
    assert [mute.name for mute in left.muted_cases] == ["Log in"]
    assert (await setting.ruling.unmute("C1", by="U1")).muted_cases == ()


async def test_the_rules_of_the_file_win_and_what_people_have_muted_stays(setting: Setting) -> None:
    await setting.ruling.set("C1", Rule(notify_on=NotifyOn.ALL), by="U1")
    await setting.ruling.mute("C1", 60, by="U1")
    setting.from_file = {"C1": Rule(notify_on=NotifyOn.CHANGES), "C2": Rule(live=True)}
    await setting.ruling.apply_file()
    assert await setting.rule() == Rule(
        notify_on=NotifyOn.CHANGES, muted_until=NOW + timedelta(hours=1)
    )
    assert await setting.rule("C2") == Rule(live=True)
    assert (await setting.ruling.standing("C2")).in_file


async def test_a_rule_is_tried_on_the_runs_of_its_projects(setting: Setting) -> None:
    for number, outcome in enumerate([P, F, P]):
        verdict = Verdict.FAILED if outcome is F else Verdict.PASSED
        for project in ("shop", "web"):
            one = record(f"r{number}", number + 1, project, a=outcome)
            setting.store._remember(one.model_copy(update={"verdict": verdict}))
    both = await setting.ruling.preview(Rule())
    assert (len(both.told), both.looked_at) == (2, 6)
    web = await setting.ruling.preview(Rule(projects=("web",), notify_on=NotifyOn.CHANGES))
    assert [(each.project, each.short_id) for each, _ in web.told] == [("web", "r0"), ("web", "r1")]
    assert web.looked_at == 3


async def test_the_names_of_test_cases_are_known_from_the_runs_before(setting: Setting) -> None:
    setting.store._remember(record("old", 9, a=P, b=P))
    setting.store._remember(record("new", 1, b=P, c=P))
    assert await setting.ruling.case_names() == ["b", "c", "a"]
