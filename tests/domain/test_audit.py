"""What was changed in the rules of a channel, in one line."""

import pytest

from bot.domain.audit import rule_changes
from bot.domain.digest_rule import DigestRule, Every
from bot.domain.question import Severity
from bot.domain.rules import CaseMute, MentionRule, NotifyOn, Rule
from tests.domain.build import NOW


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (Rule(), "as they were"),
        (
            Rule(set_by="U1", muted_until=NOW, muted_cases=(CaseMute(name="a", until=NOW),)),
            "as they were",
        ),
        (Rule(notify_on=NotifyOn.ALL), "notify_on: failures → all"),
        (
            Rule(digest=DigestRule(every=Every.DAILY, hour=8, since=NOW)),
            "digest: none → daily, weekday monday, hour 8, time_zone UTC",
        ),
        (Rule(live=True, watch_links=False), "live: no → yes; watch_links: yes → no"),
        (Rule(projects=("web", "app")), "projects: none → web, app"),
        (Rule(accessibility_from=Severity.CRITICAL), "accessibility_from: none → critical"),
        (
            Rule(mentions=(MentionRule(who=("U1", "S2"), pattern="*checkout*"),)),
            "mentions: none → U1 S2 *checkout*",
        ),
    ],
)
def test_a_change_of_rules_is_told_setting_by_setting(after: Rule, said: str) -> None:
    assert rule_changes(Rule(), after) == said


def test_however_much_was_changed_it_stays_a_line_of_moderate_length() -> None:
    after = Rule(projects=tuple(f"project-{number}" for number in range(1_000)))
    assert len(rule_changes(Rule(), after)) <= 1_000
