"""Which project a reference means, and where a person sees its runs."""

import pytest

from bot.domain.errors import UserError
from bot.domain.short_id import RunKey, RunReference, parse_run_reference
from bot.qatech.projects import ConfiguredProjects

PROJECTS = ConfiguredProjects({"default": "webshop", "mobile": "mob", "api": None})


@pytest.mark.parametrize(
    ("word", "key", "url"),
    [
        ("UkxK", RunKey("default", "UkxK"), "https://app.qa.tech/p/webshop/results/UkxK"),
        ("mobile/UkxK", RunKey("mobile", "UkxK"), "https://app.qa.tech/p/mob/results/UkxK"),
        ("api/UkxK", RunKey("api", "UkxK"), None),
        (
            "https://app.qa.tech/p/mob/results/UkxK",
            RunKey("mobile", "UkxK"),
            "https://app.qa.tech/p/mob/results/UkxK",
        ),
        (
            "https://app.qa.tech/p/unheard-of/results/UkxK?tab=all",
            RunKey("default", "UkxK"),
            "https://app.qa.tech/p/unheard-of/results/UkxK",
        ),
    ],
)
def test_a_reference_means_one_run_of_one_project(word: str, key: RunKey, url: str | None) -> None:
    assert PROJECTS.resolve(parse_run_reference(word)) == (key, url)


def test_an_unknown_alias_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"no project `shop`.*`api`, `default`, `mobile`\."):
        PROJECTS.resolve(RunReference("UkxK", alias="shop"))


def test_without_a_default_project_the_first_one_is_meant() -> None:
    projects = ConfiguredProjects({"mobile": None, "api": None})
    assert projects.resolve(RunReference("UkxK"))[0] == RunKey("mobile", "UkxK")
