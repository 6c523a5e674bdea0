"""Replies about test cases: lists of them, why one failed, what one tests."""

from bot.domain.answer import CaseAnswer, CaseLine, CasesAnswer, GoalAnswer
from bot.domain.question import CaseGroup, Question
from bot.domain.run import Outcome
from bot.slack.blocks import elements, wording
from bot.slack.blocks.answer_lines import (
    case_listings,
    cause_of,
    issue_rows,
    listing,
)
from bot.slack.blocks.buttons import CASE_DETAILS, can_carry, case_value
from bot.slack.blocks.elements import Element
from bot.slack.blocks.message import Message
from bot.slack.blocks.next_page import next_button, place
from bot.slack.blocks.reply_layout import Quoted, Subject, reply_message
from bot.slack.blocks.text import code, inline

HEADING_LIMIT = 400
REASON_LIMIT = 400
"""Characters; escaped five-fold they still fit one section."""
_REASONING_ROOM = 6_500
_GOAL_ROOM = 4_000
_MOST_ISSUES = 10

CASE_VERBS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERRORED: "errored: it did not run properly",
    Outcome.SKIPPED: "was skipped",
    Outcome.CANCELLED: "was canceled",
    Outcome.NO_RESULT: "ended without a known result",
    Outcome.IN_PROGRESS: "is not finished",
}
_MIXED = frozenset({CaseGroup.FAILED, CaseGroup.ALL})


def cases_reply(answer: CasesAnswer, subject: Subject, question: Question | None) -> Message:
    """A page of test cases, with the numbers that the report gives them."""
    listings = case_listings(answer.cases, headed=answer.group in _MIXED)
    if answer.unlisted:
        heading = "Failed tests that QA.tech told only as issues"
        listings.append(listing(heading, list(issue_rows(answer.unlisted))))
    row = next_button(answer, subject, question)
    closing = place(answer, subject, row)
    return reply_message(
        [inline(answer.heading, HEADING_LIMIT)], listings=listings, closing=closing, row=row
    )


def case_reply(answer: CaseAnswer, subject: Subject) -> Message:
    """How one test case went and why: outcome, whose fault, reason, the evaluator's reasoning."""
    case = answer.case
    cause = cause_of(case)
    opening = [f"{case_name(case)} {CASE_VERBS[case.outcome]}{f' ({cause})' if cause else ''}."]
    if case.outcome in {Outcome.NO_RESULT, Outcome.IN_PROGRESS}:
        opening.append(f"QA.tech says: {wording.status_words(answer.status, answer.result)}.")
    if reason := inline(case.reason or "", REASON_LIMIT):
        opening.append(f"Reason: {reason}")
    if answer.error_code:
        opening.append(f"QA.tech's error code: {code(answer.error_code, 80)}")
    if answer.expected_to_fail:
        opening.append(EXPECTED_TO_FAIL)
    row = details_button(subject, case)
    rest = "press Details" if row else "open the run in QA.tech"
    reasoning = Quoted("The evaluator's reasoning", answer.reasoning, _REASONING_ROOM, rest)
    if cause and not reasoning.lines(_REASONING_ROOM):
        opening.append("The evaluator gave no reasoning.")
    found = answer.issues[:_MOST_ISSUES]
    listings = [listing("Issues found in it", list(issue_rows(found)))] if found else []
    closing = [f"and {left:,} more issues"] if (left := len(answer.issues) - len(found)) else []
    return reply_message(opening, quoted=[reasoning], listings=listings, closing=closing, row=row)


EXPECTED_TO_FAIL = (
    "This test is expected to fail (negative test); the result takes that into account already."
)


def goal_reply(answer: GoalAnswer, subject: Subject) -> Message:
    """What one test case tests."""
    row = details_button(subject, answer.case)
    rest = "press Details" if row else "open the run in QA.tech"
    quoted = [
        Quoted("Goal", answer.goal, _GOAL_ROOM, rest),
        Quoted("Examples", answer.examples, _GOAL_ROOM, rest),
    ]
    if any(text.lines(text.room) for text in quoted):
        opening = f"What {case_name(answer.case)} tests:"
    else:
        opening = f"{case_name(answer.case)} states no goal in QA.tech."
    return reply_message([opening], quoted=quoted, row=row)


def case_name(case: CaseLine) -> str:
    return f"{case.number}. *{inline(case.name, 120, empty='(no name)')}*"


def details_button(subject: Subject, case: CaseLine) -> list[Element]:
    """A button that shows everything about one test case."""
    if subject.key is None or not can_carry(subject.key):
        return []
    return elements.details_button(CASE_DETAILS, case.name, case_value(subject.key, case.short_id))
