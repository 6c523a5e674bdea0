"""The modal of the test cases that did not pass: each with all that explains it."""

from bot.domain.run import Issue, Outcome, Run, RunTestCase
from bot.domain.short_id import RunKey
from bot.slack.blocks import buttons
from bot.slack.blocks.case_lines import reason_of, unpassed
from bot.slack.blocks.case_replies import CASE_VERBS, EXPECTED_TO_FAIL, REASON_LIMIT
from bot.slack.blocks.elements import actions, details_button, link_button
from bot.slack.blocks.issue_lines import issue_line
from bot.slack.blocks.message import Block, context, section
from bot.slack.blocks.modal import View, modal, page_note, sections, turning
from bot.slack.blocks.open_button import OPEN_LABEL
from bot.slack.blocks.paged import Sheet, cases_opening
from bot.slack.blocks.reply_layout import Quoted
from bot.slack.blocks.text import code, inline
from bot.slack.blocks.wording import BLAME_WORDS, UNCLASSIFIED, status_words

CASES_PER_PAGE = 5
_REASONING_ROOM = 1_800
_GOAL_ROOM = 900
_BLAMED = frozenset({Outcome.FAILED, Outcome.ERRORED})
DIVIDER: Block = {"type": "divider"}


def failed_cases_view(run: Run, *, key: RunKey, url: str | None, page: int = 1) -> View:
    """One page of the test cases that did not pass, numbered as in the report.

    A page beyond the last one is the last one. Failures that an older QA.tech tells as issues
    only stand at the end of the list.
    """
    listed: list[tuple[int, RunTestCase] | Issue] = [
        *unpassed(run),
        *run.failures_known_as_issues_only(),
    ]
    sheet = Sheet.of(listed, page, CASES_PER_PAGE)
    blocks = sections(cases_opening(run, key))
    for place, item in sheet.items:
        blocks.append(DIVIDER)
        if isinstance(item, Issue):
            blocks += _known_as_issue_only(place, item)
        else:
            blocks += _case(*item, key)
    first = sheet.items[0][0] if sheet.items else 1
    note = page_note(
        sheet.number,
        sheet.pages,
        first=first,
        shown=len(sheet.items),
        total=len(listed),
        what="test cases",
    )
    if note:
        blocks += [DIVIDER, context(note[0])]
    blocks += actions([*_turning(key, sheet.number, sheet.pages), *link_button(url, OPEN_LABEL)])
    metadata = buttons.cases_page_value(key, sheet.number) if buttons.can_carry(key) else ""
    return modal("Failed cases", blocks, metadata=metadata)


def _turning(key: RunKey, page: int, pages: int) -> list[Block]:
    if not buttons.can_carry(key):
        return []
    values = [buttons.cases_page_value(key, number) for number in (page - 1, page + 1)]
    return turning(buttons.CASE_PAGE, page, pages, values)


def _case(number: int, case: RunTestCase, key: RunKey) -> list[Block]:
    lines = [f"{number}. *{inline(case.name, 120, empty='(no name)')}*", *how_it_went(case)]
    head = sections(lines)
    if buttons.can_carry(key):
        value = buttons.case_value(key, case.short_id)
        for details in details_button(f"{buttons.CASE_DETAILS}:{number}", case.name, value):
            head[0]["accessory"] = details
    rest = "press Details"
    texts = (
        Quoted("The evaluator's reasoning", case.evaluation_thought, _REASONING_ROOM, rest),
        Quoted("Goal", case.prompt_goal, _GOAL_ROOM, rest),
    )
    return [*head, *(block for text in texts for block in sections(text.lines(text.room)))]


def how_it_went(case: RunTestCase) -> list[str]:
    """Outcome, whose fault, reason and error class of a test case, a line each."""
    cause = BLAME_WORDS.get(case.blame, UNCLASSIFIED) if case.outcome in _BLAMED else ""
    verb = CASE_VERBS[case.outcome]
    lines = [f"{verb[0].upper()}{verb[1:]}{f' ({cause})' if cause else ''}."]
    if case.outcome in {Outcome.NO_RESULT, Outcome.IN_PROGRESS}:
        lines.append(f"QA.tech says: {status_words(case.status, case.result)}.")
    if reason := reason_of(case, REASON_LIMIT):
        lines.append(f"Reason: {reason}")
    elif cause:
        lines.append("QA.tech gave no reason.")
    if case.error_code:
        lines.append(f"QA.tech's error code: {code(case.error_code, 80)}")
    if (case.classification or "").upper() == "NEGATIVE":
        lines.append(EXPECTED_TO_FAIL)
    return lines


def _known_as_issue_only(place: int, issue: Issue) -> list[Block]:
    told = "QA.tech tells this failure as an issue only."
    return [section(f"{issue_line(place, issue)}\n{told}")]
