"""Replies about issues: lists of them, and one in full."""

from bot.domain.answer import IssueAnswer, IssuesAnswer
from bot.domain.question import Question
from bot.slack.blocks import wording
from bot.slack.blocks.answer_lines import affected_row, counts_row, issue_listings
from bot.slack.blocks.case_replies import HEADING_LIMIT
from bot.slack.blocks.issue_lines import category_name
from bot.slack.blocks.layout import Listing
from bot.slack.blocks.message import Message
from bot.slack.blocks.next_page import next_button, place
from bot.slack.blocks.reply_layout import Quoted, Subject, reply_message
from bot.slack.blocks.text import inline, link, safe_url

_DESCRIPTION_ROOM = 5_000
_MOST_TAGS = 20
_MOST_CASES = 60


def issues_reply(answer: IssuesAnswer, subject: Subject, question: Question | None) -> Message:
    """A page of issues, by category and severity."""
    opening = [inline(answer.heading, HEADING_LIMIT)]
    if not answer.known:
        opening.append("QA.tech did not give them, so an empty list would say nothing.")
    if len(answer.counts) > 1:
        opening.append(f"By severity: {counts_row(answer.counts)}.")
    row = next_button(answer, subject, question)
    closing = place(answer, subject, row)
    return reply_message(opening, listings=issue_listings(answer.issues), closing=closing, row=row)


def issue_reply(answer: IssueAnswer, subject: Subject) -> Message:
    """One issue in full: what it is, how to fix it, where it was found."""
    issue = answer.issue
    head = f"{issue.number}. " if issue.number is not None else ""
    severity = inline(issue.severity, wording.WORD_LIMIT, empty="no severity")
    status = inline(answer.status, wording.WORD_LIMIT)
    kind = category_name(issue.category)
    opening = [
        f"{head}*{inline(issue.title, 200, empty='(no title)')}*",
        f"{kind} issue. Severity: {severity}.{f' Status: {status}.' if status else ''}",
    ]
    if safe_url(answer.help_url, limit=500):
        opening.append(link(answer.help_url, "How to fix"))
    if tags := _tags(answer.tags):
        opening.append(f"Tags: {tags}.")
    rest = "open the run in QA.tech to read all of it"
    quoted = [Quoted("Description", answer.description, _DESCRIPTION_ROOM, rest)]
    if answer.cases:
        listings = [_affected(answer)]
    else:
        listings = []
        opening.append("QA.tech names no test case that it was found in.")
    return reply_message(opening, quoted=quoted, listings=listings)


def _affected(answer: IssueAnswer) -> Listing:
    total = len(answer.cases)
    return Listing(
        heading=f"*Found in {wording.many(total, 'test case')}*",
        lines=[affected_row(case) for case in answer.cases[:_MOST_CASES]],
        total=total,
        more=lambda left: f"and {wording.many(left, 'more test case')}",
    )


def _tags(tags: tuple[str, ...]) -> str:
    words = [word for tag in tags[:_MOST_TAGS] if (word := inline(tag, wording.WORD_LIMIT))]
    return wording.some_of(words, len(words), len(words) + max(len(tags) - _MOST_TAGS, 0))
