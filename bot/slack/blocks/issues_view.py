"""The modal of a run's issues: by severity, with a filter."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from bot.domain.listing import listed_issues
from bot.domain.run import Issue, Run
from bot.slack.blocks import buttons, wording
from bot.slack.blocks.buttons import IssuesPlace
from bot.slack.blocks.elements import actions, link_button, option, plain_text
from bot.slack.blocks.issue_lines import (
    category_name,
    issue_line,
    set_aside,
    severity_counts,
    severity_group,
)
from bot.slack.blocks.message import Block, context, section
from bot.slack.blocks.modal import View, modal, page_note, sections, turning
from bot.slack.blocks.open_button import OPEN_LABEL
from bot.slack.blocks.paged import ISSUES_PER_PAGE, Sheet

_Numbered = tuple[int, Issue]


def issues_view(run: Run, *, place: IssuesPlace, url: str | None) -> View:
    """One page of the issues of a category, of one severity or of all.

    A severity that the run has no issue of shows all; a page beyond the last one is the last one.
    """
    if run.issues is None:
        blocks = [section("QA.tech did not give the issues of this run, so they cannot be shown.")]
        return modal("Issues", [*blocks, *actions(link_button(url, OPEN_LABEL))])
    found = _issues(run, place.category)
    present = list(dict.fromkeys(severity_group(issue) for _, issue in _by_severity(found)))
    if place.severity not in present:
        place = replace(place, severity=None)
    wanted = [
        (number, issue)
        for number, issue in _by_severity(found)
        if place.severity in (None, severity_group(issue))
    ]
    sheet = Sheet.of(wanted, place.page, ISSUES_PER_PAGE)
    place = replace(place, page=sheet.number)
    blocks = sections(_opening(run, place, found))
    can_turn = buttons.can_carry(place.key)
    if len(present) > 1 and can_turn:
        blocks.append(_filter(present, place.severity))
    shown = [item for _, item in sheet.items]
    blocks += _groups(shown)
    first = sheet.items[0][0] if sheet.items else 1
    note = page_note(
        sheet.number,
        sheet.pages,
        first=first,
        shown=len(shown),
        total=len(wanted),
        what="issues",
    )
    blocks += [context(line) for line in note]
    row = [*(_turning(place, sheet.pages) if can_turn else []), *link_button(url, OPEN_LABEL)]
    metadata = buttons.issues_value(place) if can_turn else ""
    return modal(issues_title(place.category), [*blocks, *actions(row)], metadata=metadata)


def issues_title(category: str | None) -> str:
    """The title of the view, and of the one that stands there while it loads."""
    return f"{category_name(category)} issues" if category else "Issues"


def _issues(run: Run, category: str | None) -> list[_Numbered]:
    """The issues with the numbers that people call them by; `failed_test` ones have their own."""
    if category == "failed_test":
        return list(enumerate(run.issues_of(category), start=1))
    numbered = enumerate(listed_issues(run), start=1)
    return [pair for pair in numbered if category is None or pair[1].category == category]


def _by_severity(issues: Sequence[_Numbered]) -> list[_Numbered]:
    """The gravest first; within a severity the order of the list stands."""
    return sorted(issues, key=lambda pair: _RANKS[severity_group(pair[1])])


_RANKS = {"critical": 0, "major": 1, "moderate": 2, "minor": 3, "other severity": 4}


def _opening(run: Run, place: IssuesPlace, found: Sequence[_Numbered]) -> list[str]:
    kind = f"{category_name(place.category).lower()} issue" if place.category else "issue"
    counted = wording.many(len(found), kind) if found else f"no {kind}s"
    so_far = "" if run.has_ended else " so far"
    by_severity = f" ({severity_counts(issue for _, issue in found)})" if found else ""
    lines = [f"*Run {wording.run_name(place.key)}*{so_far}: {counted}{by_severity}."]
    if place.severity:
        lines.append(f"Shown: {place.severity} only.")
    if hidden := set_aside(run, place.category):
        lines.append(hidden)
    return lines


def _filter(present: Sequence[str], chosen: str | None) -> Block:
    """A menu with its label beside it, for those who hear rather than see it."""
    options = [
        option("All severities", buttons.ALL_SEVERITIES),
        *(option(severity.capitalize(), severity) for severity in present),
    ]
    value = chosen or buttons.ALL_SEVERITIES
    block = section("Show issues of:")
    block["accessory"] = {
        "type": "static_select",
        "action_id": buttons.ISSUE_FILTER,
        "placeholder": plain_text("Choose a severity"),
        "options": options,
        "initial_option": next(each for each in options if each["value"] == value),
    }
    return block


def _groups(shown: Sequence[_Numbered]) -> list[Block]:
    """The issues below the name of their severity."""
    blocks: list[Block] = []
    for severity, group in groupby(shown, key=lambda pair: severity_group(pair[1])):
        lines = [issue_line(number, issue, tags=True) for number, issue in group]
        blocks += sections([f"*{severity.capitalize()}*", *lines])
    return blocks


def _turning(place: IssuesPlace, pages: int) -> list[Block]:
    values = [
        buttons.issues_value(replace(place, page=page)) for page in (place.page - 1, place.page + 1)
    ]
    return turning(buttons.ISSUE_PAGE, place.page, pages, values)
