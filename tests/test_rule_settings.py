"""`[rules.<channel>]` of `qarun.toml`: what it may say, and the sentence where it is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.domain.errors import StartupError
from bot.domain.question import Severity
from bot.domain.rules import MentionRule, NotifyOn, Rule
from tests.test_config import Setting, setting

__all__ = ["setting"]

WHOLE = """
[projects.web]
token = "w"

[rules.C0SHOP]
projects = ["default", "web"]
only_watched = true
notify_on = "changes"
accessibility_from = "major"
accessibility_new_only = false
mentions = [
  { who = ["U1", "S1"], pattern = "*check*", severity = "critical" },
  { who = ["W2"] },
]
live = true
in_thread = true
broadcast = false
watch_links = false
muted_until = 2026-12-24T18:00:00Z
set_by = "U1"

[rules.G0OPS]
"""


@pytest.fixture(autouse=True)
def enough(setting: Setting) -> None:
    setting()


def rules(text: str) -> dict[str, Rule]:
    Path("qarun.toml").write_text(text)
    return {
        channel: Rule.model_validate(rule.model_dump())
        for channel, rule in load_settings().rules.items()
    }


def sentence(text: str) -> str:
    with pytest.raises(StartupError) as caught:
        rules(text)
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_the_file_can_say_all_that_a_rule_can() -> None:
    assert rules(WHOLE) == {
        "C0SHOP": Rule(
            projects=("default", "web"),
            only_watched=True,
            notify_on=NotifyOn.CHANGES,
            accessibility_from=Severity.MAJOR,
            accessibility_new_only=False,
            mentions=(
                MentionRule(who=("U1", "S1"), pattern="*check*", severity=Severity.CRITICAL),
                MentionRule(who=("W2",)),
            ),
            live=True,
            in_thread=True,
            broadcast=False,
            watch_links=False,
            muted_until=datetime(2026, 12, 24, 18, tzinfo=UTC),
            set_by="U1",
        ),
        "G0OPS": Rule(),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules.qa]", "[rules.qa] is not the ID of a channel; it looks like C0123ABCD"),
        ("[rules.C1]\nnotify = 'all'", "[rules.C1] notify is not known"),
        ("[rules.C1]\nnotify_on = 'sometimes'", "[rules.C1] notify_on is not right: it must be"),
        ("[rules.C1]\nlive = 'maybe'", "[rules.C1] live is not right"),
        ("[rules.C1]\nprojects = ['web']", "[rules.C1] names in projects web, which is not conf"),
        ("[rules.C1]\nmentions = [{ pattern = 'x' }]", "[rules.C1] mentions"),
        ("[rules.C1]\nmentions = [{ who = ['@ada'] }]", "[rules.C1] mentions needs in `who` IDs"),
        ("[rules.C1]\nmentions = [{ who = [] }]", "[rules.C1] mentions needs in `who` IDs"),
        ("[rules.C1]\nmuted_until = 2026-12-24T18:00:00", "[rules.C1] muted_until is not right"),
        (
            "[rules.C1]\nmuted_cases = [{ name = 'x', until = 2026-12-24T18:00:00Z }]",
            "[rules.C1] muted_cases cannot stand here; mute test cases with /qarun mute",
        ),
        ("[rules.C1]\nset_by = 'ada'", "[rules.C1] set_by is not the ID of a Slack user"),
        ("[rules.C1]\nmutes_only = true", "[rules.C1] mutes_only is not right"),
        ("rules = 7", "[rules] is not right"),
    ],
)
def test_a_rule_that_is_wrong_is_named_with_the_cure(text: str, said: str) -> None:
    assert sentence(text).startswith(said)
