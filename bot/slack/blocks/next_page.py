"""The way to the next page of a long answer."""

from bot.domain.answer import PAGE_SIZE, CasesAnswer, IssuesAnswer
from bot.domain.question import AskCases, AskIssues, Question
from bot.domain.short_id import RunKey
from bot.slack.blocks.buttons import NEXT_PAGE, can_carry, page_value
from bot.slack.blocks.commands import typed
from bot.slack.blocks.elements import Element, button
from bot.slack.blocks.reply_layout import Subject

Paged = CasesAnswer | IssuesAnswer


def place(answer: Paged, subject: Subject, row: list[Element]) -> list[str]:
    """Which part of the list is shown, and what to type where no button leads on."""
    shown = answer.total - answer.offset - answer.remaining
    if not shown or shown == answer.total:
        return []
    lines = [f"Showing {answer.offset + 1:,}–{answer.offset + shown:,} of {answer.total:,}."]
    if answer.remaining and not row and subject.key:
        lines.append(f"For all of them type {_command(answer, subject.key)}.")
    return lines


def next_button(answer: Paged, subject: Subject, question: Question | None) -> list[Element]:
    """A button for the page that follows; none on the last page."""
    if not answer.remaining or subject.key is None or not can_carry(subject.key):
        return []
    shown = answer.total - answer.offset - answer.remaining
    value = page_value(subject.key, question or asked_by(answer), answer.offset + shown)
    return button(NEXT_PAGE, f"Next {min(answer.remaining, PAGE_SIZE)}", value)


def asked_by(answer: Paged) -> Question:
    """The question that this answers, for replies that were stored without it."""
    if isinstance(answer, CasesAnswer):
        return AskCases(group=answer.group, blame=answer.blame)
    return AskIssues(
        category=answer.category,
        severities=answer.severities,
        case=answer.case.short_id if answer.case else None,
    )


def _command(answer: Paged, key: RunKey) -> str:
    if isinstance(answer, CasesAnswer):
        return typed("failed", str(key))
    return typed("issues", str(key), *([answer.category] if answer.category else []))
