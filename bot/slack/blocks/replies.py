"""Replies to what a person says in a thread, each kind with the words that fit it."""

from collections import Counter
from typing import assert_never

from bot.domain.answer import (
    CaseAnswer,
    CasesAnswer,
    GoalAnswer,
    HelpAnswer,
    IssueAnswer,
    IssuesAnswer,
    LinkAnswer,
    SummaryAnswer,
    UnknownAnswer,
)
from bot.domain.question import (
    Ambiguous,
    AskGoal,
    AskIssue,
    AskWhy,
    Choice,
    NotUnderstood,
    Question,
)
from bot.domain.reply import ComparisonAnswer, Reply, WishAnswer
from bot.domain.short_id import RunKey
from bot.slack.blocks.buttons import CHOOSE, can_carry, choice_value
from bot.slack.blocks.case_replies import HEADING_LIMIT, case_reply, cases_reply, goal_reply
from bot.slack.blocks.commands import typed
from bot.slack.blocks.elements import Element, button
from bot.slack.blocks.issue_replies import issue_reply, issues_reply
from bot.slack.blocks.message import Message
from bot.slack.blocks.reply_layout import Subject, reply_message
from bot.slack.blocks.run_replies import comparison_reply, link_reply, summary_reply
from bot.slack.blocks.text import code, inline
from bot.slack.blocks.wording import joined, many

MOST_CHOICES = 5
_EXAMPLE_LIMIT = 120


def render_reply(
    reply: Reply, *, key: RunKey | None, url: str | None, question: Question | None
) -> Message:
    """The message that tells a reply. Never raises, never exceeds a limit of Slack.

    Args:
        reply: what is to be said.
        key: the run that it is about; None where that is not known: the reply has no buttons then.
        url: where a person sees that run.
        question: what was understood, so that the next page can be asked for; None where the
            reply itself is to say.
    """
    subject = Subject(key, url)
    match reply:
        case SummaryAnswer():
            return summary_reply(reply, subject)
        case CasesAnswer():
            return cases_reply(reply, subject, question)
        case CaseAnswer():
            return case_reply(reply, subject)
        case GoalAnswer():
            return goal_reply(reply, subject)
        case IssuesAnswer():
            return issues_reply(reply, subject, question)
        case IssueAnswer():
            return issue_reply(reply, subject)
        case _:
            return _of_the_conversation(reply, subject)


def _of_the_conversation(
    reply: LinkAnswer
    | HelpAnswer
    | UnknownAnswer
    | ComparisonAnswer
    | WishAnswer
    | Ambiguous
    | NotUnderstood,
    subject: Subject,
) -> Message:
    match reply:
        case LinkAnswer():
            return link_reply(reply, subject)
        case ComparisonAnswer():
            return comparison_reply(reply)
        case HelpAnswer():
            return _help(reply)
        case WishAnswer():
            return reply_message([inline(reply.heading, HEADING_LIMIT, empty="Done.")])
        case UnknownAnswer():
            heading = inline(reply.heading, HEADING_LIMIT)
            asked = [heading, "Did you mean one of these?"] if reply.nearest else [heading]
            return _choices(asked, reply.nearest, subject)
        case Ambiguous():
            text = inline(reply.text, 80)
            asked = [f"Which one do you mean{f' by “{text}”' if text else ''}?"]
            return _choices(asked, reply.choices, subject)
        case NotUnderstood():
            return _not_understood(reply)
    assert_never(reply)


def _not_understood(reply: NotUnderstood) -> Message:
    examples = [code(example, _EXAMPLE_LIMIT) for example in reply.examples[:3]]
    said = "I did not understand that."
    more = f"Try {joined(examples, 'or')}." if examples else "Say `help` to see what I know."
    return reply_message([f"{said} {more}"])


def _help(reply: HelpAnswer) -> Message:
    lines = ["You can ask me about this run in this thread, for example:"]
    lines += [f"• {code(example, _EXAMPLE_LIMIT)}" for example in reply.examples[:5]]
    lines.append(
        "I also know `summary`, `passed`, `skipped`, `console issues`, `link`, `rerun failed`, "
        "`compare` with another run's ID, and `stop`."
    )
    return reply_message(lines, closing=[f"What you can type anywhere: {typed('help')}."])


def _choices(opening: list[str], choices: tuple[Choice, ...], subject: Subject) -> Message:
    """What may have been meant, as lines and as buttons with the same numbers."""
    labels = _labels(choices[:MOST_CHOICES])
    lines = [*opening, *(f"{n}. {inline(label, 120)}" for n, label in enumerate(labels, 1))]
    if left := len(choices) - len(labels):
        lines.append(f"and {many(left, 'more', 'more')} that match as well")
    row: list[Element] = []
    if subject.key is not None and can_carry(subject.key):
        for number, (label, choice) in enumerate(zip(labels, choices, strict=False), 1):
            value = choice_value(subject.key, choice.question)
            row += button(f"{CHOOSE}:{number}", f"{number}. {label}", value)
    if labels:
        way = "Press its button, or ask again with the whole name."
        lines.append(way if row else "Ask again with the whole name.")
    return reply_message(lines, row=row)


def _labels(choices: tuple[Choice, ...]) -> list[str]:
    """The names; those that several have with the short ID, so that they can be told apart."""
    seen = Counter(choice.label for choice in choices)
    return [
        f"{choice.label[:60]} ({short_id})"
        if seen[choice.label] > 1 and (short_id := _short_id(choice.question))
        else choice.label or "(no name)"
        for choice in choices
    ]


def _short_id(question: Question) -> str | None:
    if isinstance(question, AskWhy | AskGoal):
        return question.case
    return question.issue if isinstance(question, AskIssue) else None
