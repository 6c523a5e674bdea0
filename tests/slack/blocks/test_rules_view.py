"""The form in which a channel's rule is set, and what was filled in there."""

from typing import Any

import pytest

from bot.domain.question import Severity
from bot.domain.rules import CaseMute, MentionRule, NotifyOn, Rule
from bot.slack.blocks.rules_form import (
    MOST_ROWS,
    FormPlace,
    read_place,
    read_rule,
)
from bot.slack.blocks.rules_view import Choices, fixed_rules_view, loading_rules, rules_view
from tests.slack.blocks.goldens import assert_golden_view
from tests.slack.blocks.samples import NOW
from tests.slack.blocks.test_rule_lines import LATER, WHOLE
from tests.slack.blocks.views import assert_view

PLACE = FormPlace("C0SHOP", "https://hooks.slack.test/1", 2, "UTC")
CHOICES = Choices(["shop", "web"], {"S0QA": "@qa", "S0WEB": "@web"})
SPITE = "<!channel> *bold* " * 40


def form(rule: Rule = WHOLE, place: FormPlace = PLACE, choices: Choices = CHOICES) -> Any:
    view = rules_view(rule, place, choices, is_set=True, tried="Tried.", now=NOW)
    assert_view(view, "@U0ADA", "#C0SHOP")
    return view


def test_the_form_is_as_it_was_reviewed() -> None:
    assert_golden_view("view_rules", form())
    assert_golden_view(
        "view_rules_new", form(Rule(), FormPlace("C0SHOP", None, 1, "Europe/Stockholm"))
    )
    assert_golden_view("view_rules_fixed", fixed_rules_view(WHOLE, "C0SHOP", NOW))
    assert_view(loading_rules())


def test_one_project_is_no_choice() -> None:
    names = [
        block.get("block_id") for block in form(Rule(), choices=Choices(["shop"], {}))["blocks"]
    ]
    assert "projects" not in names
    assert "groups_1" not in names


def test_the_largest_form_is_within_slacks_limits() -> None:
    mentions = tuple(
        MentionRule(who=tuple(f"U{n}" for n in range(150)), pattern=SPITE) for _ in range(9)
    )
    cases = tuple(CaseMute(name=SPITE + str(n), until=LATER) for n in range(50))
    rule = WHOLE.model_copy(update={"mentions": mentions, "muted_cases": cases})
    groups = {f"S{n}": f"@group-{n}" for n in range(300)}
    projects = [f"project-{n}" for n in range(150)]
    form(
        rule,
        FormPlace("C0SHOP", "https://x.test/" + "y" * 500, MOST_ROWS, "UTC"),
        Choices(projects, groups),
    )
    assert_view(fixed_rules_view(rule, "C0SHOP", NOW), *(f"@U{n}" for n in range(150)), "#C0SHOP")


def state_of(view: Any) -> dict[str, Any]:
    """What Slack sends of a form that nobody has touched."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        filled = {
            "selected_option": element.get("initial_option"),
            "selected_options": element.get("initial_options", []),
            "selected_users": element.get("initial_users", []),
            "value": element.get("initial_value"),
            "selected_date_time": element.get("initial_date_time"),
        }
        values[block["block_id"]] = {element["action_id"]: filled}
    return values


@pytest.mark.parametrize("rule", [WHOLE, Rule(), Rule(mentions=WHOLE.mentions[:1])])
@pytest.mark.parametrize("choices", [CHOICES, Choices(["shop"], {})])
def test_a_form_that_nobody_has_touched_means_the_rule_that_it_shows(
    rule: Rule, choices: Choices
) -> None:
    filled = read_rule(state_of(form(rule, choices=choices)), rule, NOW, rows=PLACE.rows)
    assert filled.errors == {}
    assert filled.rule == rule


def test_what_was_chosen_is_the_rule() -> None:
    values = state_of(form(Rule()))
    values["notify_on"]["notify_on"] = {"selected_option": {"value": "all"}}
    values["projects"]["projects"] = {"selected_options": [{"value": "web"}]}
    values["accessibility_from"]["accessibility_from"] = {"selected_option": {"value": "minor"}}
    values["live"]["live"] = {"selected_option": {"value": "yes"}}
    values["people_2"]["people_2"] = {"selected_users": ["U1"]}
    values["muted_until"]["muted_until"] = {"selected_date_time": int(LATER.timestamp())}
    rule = read_rule(values, Rule(), NOW, rows=2).rule
    assert rule == Rule(
        notify_on=NotifyOn.ALL,
        projects=("web",),
        accessibility_from=Severity.MINOR,
        live=True,
        mentions=(MentionRule(who=("U1",)),),
        muted_until=LATER.replace(microsecond=0),
    )


def test_a_row_that_names_nobody_and_a_moment_that_is_over_are_said_to_be_wrong() -> None:
    values = state_of(form(Rule()))
    values["pattern_1"]["pattern_1"] = {"value": "  pay "}
    values["muted_until"]["muted_until"] = {"selected_date_time": int(NOW.timestamp()) - 1}
    assert set(read_rule(values, Rule(), NOW, rows=2).errors) == {"people_1", "muted_until"}


def test_rows_that_the_form_does_not_show_are_kept() -> None:
    many = Rule(mentions=tuple(MentionRule(who=(f"U{n}",)) for n in range(MOST_ROWS + 2)))
    place = FormPlace("C0SHOP", None, MOST_ROWS, "UTC")
    filled = read_rule(state_of(form(many, place)), many, NOW, rows=MOST_ROWS)
    assert filled.rule.mentions == many.mentions


@pytest.mark.parametrize(
    ("metadata", "place"),
    [
        (PLACE.written(), PLACE),
        (FormPlace("C1", None, 99, "UTC").written(), FormPlace("C1", None, MOST_ROWS, "UTC")),
        ("", None),
        (None, None),
        ("{}", None),
        ("[0]", None),
        ('[1,"C1",null,1]', None),
        ('[0,"C1",null,1,"UTC"]', None),
        ('[2,7,null,1,"UTC"]', None),
    ],
)
def test_what_the_form_carries_is_read_and_what_another_version_wrote_is_not(
    metadata: str | None, place: FormPlace | None
) -> None:
    assert read_place(metadata) == place
