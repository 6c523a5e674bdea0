"""Replies about the run as a whole: its summary, its link, and what changed since another."""

from collections.abc import Sequence

from bot.domain.answer import CaseLine, CategoryCount, IssueLine, LinkAnswer, SummaryAnswer
from bot.domain.reply import ComparisonAnswer
from bot.domain.run import Outcome
from bot.domain.short_id import DEFAULT_PROJECT
from bot.slack.blocks import wording
from bot.slack.blocks.answer_lines import case_row, counts_row, issue_row
from bot.slack.blocks.buttons import ACCESSIBILITY, FAILED_CASES, can_carry, run_value
from bot.slack.blocks.case_replies import HEADING_LIMIT
from bot.slack.blocks.elements import Element, button, link_button
from bot.slack.blocks.issue_lines import category_name
from bot.slack.blocks.layout import Listing
from bot.slack.blocks.message import Message
from bot.slack.blocks.open_button import OPEN_LABEL, open_link
from bot.slack.blocks.progress import progress_bar, so_far
from bot.slack.blocks.reply_layout import Subject, reply_message
from bot.slack.blocks.text import code, inline

_MOST_CATEGORIES = 6
_EMOJI_IN_PROGRESS = "⏳"


def summary_reply(answer: SummaryAnswer, subject: Subject) -> Message:
    """How the run went, or how far it is."""
    emoji = wording.VERDICT_EMOJI[answer.verdict] if answer.verdict else _EMOJI_IN_PROGRESS
    lines = [f"{emoji} {inline(answer.heading, HEADING_LIMIT)}"]
    if answer.verdict is None and answer.progress.total:
        lines += [progress_bar(answer.progress), f"{so_far(answer.progress)}."]
    if answer.verdict is not None:
        said = wording.explanation(answer.verdict, answer.status, answer.result)
        lines += [said] if said else []
    lines += _causes(answer)
    lines += _issues(answer.issues)
    return reply_message(lines, spoken=open_link(subject.url), row=_row(answer, subject))


def _causes(answer: SummaryAnswer) -> list[str]:
    """Whose failures they are."""
    parts = []
    if answer.product_failures:
        parts.append(wording.many(answer.product_failures, "product failure"))
    if answer.agent_failures:
        parts.append(wording.many(answer.agent_failures, "test agent or platform problem"))
    broken = answer.progress[Outcome.FAILED] + answer.progress[Outcome.ERRORED]
    if unknown := broken - answer.product_failures - answer.agent_failures:
        parts.append(f"{unknown:,} with the {wording.UNCLASSIFIED}")
    return [f"Of what did not pass: {', '.join(parts)}."] if parts else []


def _issues(categories: Sequence[CategoryCount] | None) -> list[str]:
    if categories is None:
        return ["The issues are not known yet."]
    if not categories:
        return ["No accessibility, console or hosting issues."]
    lines = [
        f"{category_name(category.category)}: {wording.many(category.count, 'issue')} "
        f"({counts_row(category.severities)})."
        for category in categories[:_MOST_CATEGORIES]
    ]
    if left := len(categories[_MOST_CATEGORIES:]):
        lines.append(f"{wording.many(left, 'more category', 'more categories')}.")
    return lines


def _row(answer: SummaryAnswer, subject: Subject) -> list[Element]:
    found: list[Element] = []
    if subject.key is not None and can_carry(subject.key):
        value = run_value(subject.key)
        if answer.progress[Outcome.FAILED] or answer.progress[Outcome.ERRORED]:
            found += button(FAILED_CASES, "Failed cases", value)
        if any(category.category == "accessibility" for category in answer.issues or ()):
            found += button(ACCESSIBILITY, "Accessibility", value)
    return [*found, *link_button(subject.url, OPEN_LABEL)]


def link_reply(answer: LinkAnswer, subject: Subject) -> Message:
    """Where the run is seen in QA.tech, or how the bot could come to know it."""
    name = wording.run_name(subject.key) if subject.key else inline(answer.run, 64)
    if address := open_link(subject.url):
        row = link_button(subject.url, OPEN_LABEL)
        return reply_message([f"Run {name} in QA.tech: {address[0]}"], row=row)
    if row := link_button(subject.url, OPEN_LABEL):
        return reply_message([f"Run {name} in QA.tech: press the button."], row=row)
    if subject.key is None or subject.key.project == DEFAULT_PROJECT:
        setting = "`QATECH_PROJECT_SLUG`"
    else:
        setting = f"`slug` of the project {code(subject.key.project, 64)} in `qarun.toml`"
    return reply_message(
        [
            f"I do not know the link of run {name}: QA.tech does not tell it.",
            f"Whoever runs this bot can set {setting}; then I can build the links.",
        ]
    )


def comparison_reply(answer: ComparisonAnswer) -> Message:
    """What changed from one run to another."""
    if not answer.shared:
        return reply_message([inline(answer.heading, HEADING_LIMIT)])
    totals = answer.totals
    # numbers are those of this run's lists; what is gone is not in them
    gone = [issue.model_copy(update={"number": None}) for issue in answer.gone_issues]
    listings = [
        *_cases("New failures", answer.new_failures, totals.new_failures),
        *_cases("Still failing", answer.still_failing, totals.still_failing),
        *_cases("Fixed", answer.fixed, totals.fixed),
        *_found("New issues", answer.new_issues, totals.new_issues),
        *_found("Issues that are gone", gone, totals.gone_issues),
    ]
    verb = "is" if answer.shared == 1 else "are"
    shared = f"{wording.many(answer.shared, 'test case')} {verb} in both runs"
    return reply_message(
        [inline(answer.heading, HEADING_LIMIT)],
        listings=listings,
        closing=[f"Test cases are matched by their names: {shared}."],
    )


def _cases(heading: str, cases: Sequence[CaseLine], total: int) -> list[Listing]:
    return _listing(heading, [case_row(case) for case in cases], total)


def _found(heading: str, issues: Sequence[IssueLine], total: int) -> list[Listing]:
    return _listing(heading, [issue_row(issue) for issue in issues], total)


def _listing(heading: str, rows: list[str], total: int) -> list[Listing]:
    if not total:
        return []
    return [
        Listing(
            heading=f"*{heading}: {total:,}*",
            lines=rows,
            total=total,
            more=lambda left: f"and {left:,} more",
            share=max(len(rows), 1),
        )
    ]
