"""Test cases and issues of an answer as lines; those of a run itself are in `case_lines`."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.domain.answer import AffectedCase, CaseLine, IssueLine, SeverityCount
from bot.domain.run import Blame, Outcome
from bot.slack.blocks.case_lines import HEADINGS, LIMITS, MAX_CASE_COST, NO_REASON
from bot.slack.blocks.issue_lines import MAX_ISSUE_COST, category_name, group_of, own_severity
from bot.slack.blocks.layout import Listing
from bot.slack.blocks.message import line_cost
from bot.slack.blocks.text import inline
from bot.slack.blocks.wording import BLAME_WORDS, UNCLASSIFIED, WORD_LIMIT, joined, many

_TITLE_LIMITS = (120, 60, 30, 16)
_BLAMED = frozenset({Outcome.FAILED, Outcome.ERRORED})


def case_row(case: CaseLine) -> str:
    """Number, name, whose fault and why; never more than `MAX_CASE_COST`."""
    row = ""
    for name_limit, reason_limit in LIMITS:
        row = f"{case.number}. *{inline(case.name, name_limit, empty='(no name)')}*"
        if cause := cause_of(case):
            row += f" ({cause})"
        if reason := inline(case.reason or "", reason_limit):
            row += f": {reason}"
        elif cause:
            row += f": {NO_REASON}"
        if line_cost(row) <= MAX_CASE_COST:
            break
    return row


def cause_of(case: CaseLine) -> str:
    """Whose fault it is, in words; empty where there is nothing to blame anybody for."""
    if case.outcome not in _BLAMED:
        return ""
    return BLAME_WORDS.get(case.blame or Blame.UNKNOWN, UNCLASSIFIED)


def issue_row(issue: IssueLine) -> str:
    """Number, rule, and how many test cases it was found in; never more than `MAX_ISSUE_COST`."""
    row = ""
    for limit in _TITLE_LIMITS:
        head = f"{issue.number}." if issue.number is not None else "•"
        row = f"{head} *{inline(issue.title, limit, empty='(no title)')}*"
        if word := own_severity(issue.severity, min(limit, WORD_LIMIT)):
            row += f" ({word})"
        if issue.affected:
            row += f": in {many(issue.affected, 'test case')}"
        if line_cost(row) <= MAX_ISSUE_COST:
            break
    return row


def issue_rows(issues: Sequence[IssueLine]) -> Iterator[str]:
    """One row each; the first of each severity has the severity's name above it."""
    for severity, group in groupby(issues, key=lambda issue: group_of(issue.severity)):
        rows = [issue_row(issue) for issue in group]
        yield f"_{severity.capitalize()}_\n{rows[0]}"
        yield from rows[1:]


def affected_row(case: AffectedCase) -> str:
    """A test case that an issue was found in."""
    name = inline(case.name, 80, empty="(no name)")
    return f"{case.number}. {name}" if case.number is not None else f"• {name}"


def case_listings(cases: Sequence[CaseLine], *, headed: bool) -> list[Listing]:
    """The test cases by outcome, with a heading over each where they may differ."""
    found = []
    for outcome, group in groupby(cases, key=lambda case: case.outcome):
        rows = [case_row(case) for case in group]
        found.append(listing(HEADINGS.get(outcome, "Passed") if headed else "", rows))
    return found


def issue_listings(issues: Sequence[IssueLine]) -> list[Listing]:
    """The issues by category and then by severity."""
    return [
        listing(category_name(category), list(issue_rows(list(group))))
        for category, group in groupby(issues, key=lambda issue: issue.category)
    ]


def listing(heading: str, rows: list[str]) -> Listing:
    """Rows that are meant to fit; should one not, it is said."""
    return Listing(
        heading=f"*{heading}*" if heading else "",
        lines=rows,
        total=len(rows),
        more=lambda left: f"and {left:,} more on this page, left out for their length",
        share=max(len(rows), 1),
    )


def counts_row(counts: Sequence[SeverityCount], most: int = 6) -> str:
    """How many of each severity: "1 critical, 2 minor"; QA.tech's own words."""
    parts = [
        f"{count.count:,} {inline(count.severity.lower(), WORD_LIMIT, empty='without a severity')}"
        for count in counts[:most]
    ]
    if left := sum(count.count for count in counts[most:]):
        parts.append(f"{left:,} of other severity")
    return joined(parts)
