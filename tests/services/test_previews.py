"""Previews: which links of a message are shown with their run."""

from datetime import timedelta

import pytest

from bot.domain.errors import RunNotFound
from bot.domain.rules import Rule
from bot.domain.short_id import RunKey
from bot.services.linking import MOST_PREVIEWS
from tests.domain.build import NOW, run
from tests.services.test_linking import Setting, setting, url

__all__ = ["setting"]

DONE = run("COMPLETED", "PASSED", run_test_cases=(), issues=())


async def test_links_are_previewed_with_the_run_as_it_is(setting: Setting) -> None:
    found = await setting.links.previews([url(), "https://example.com/", url("test/c1")], "C1")
    assert [(link, looked.run.status) for link, looked in found.runs.items()] == [
        (url(), "RUNNING")
    ]
    assert found.error is None


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (None, True),
        (Rule(), True),
        (Rule(projects=("default",)), True),
        (Rule(projects=("web",)), False),
        (Rule(watch_links=False), False),
        (Rule(watch_links=False, mutes_only=True), True),
        (Rule(muted_until=NOW + timedelta(days=1)), True),
    ],
)
async def test_nothing_is_previewed_in_a_channel_that_the_rules_exclude(
    rule: Rule | None, *, shown: bool
) -> None:
    setting = Setting()
    if rule is not None:
        await setting.store.save_rule("C1", rule, NOW)
    assert await setting.previewed(url()) == ([url()] if shown else [])


async def test_so_many_links_are_previewed_and_no_more(setting: Setting) -> None:
    many = [url(f"Run{number}") for number in range(MOST_PREVIEWS + 3)]
    for number in range(len(many)):
        setting.qatech.put(RunKey("default", f"Run{number}"), DONE)
    assert await setting.previewed(*many) == many[:MOST_PREVIEWS]


async def test_what_qatech_does_not_give_is_left_out_and_the_reason_known(
    setting: Setting,
) -> None:
    found = await setting.links.previews([url(), url("Nobody")], "C1")
    assert list(found.runs) == [url()]
    assert isinstance(found.error, RunNotFound)
