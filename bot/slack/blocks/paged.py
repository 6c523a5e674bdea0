"""Answers that go over pages: the test cases that did not pass, and the issues."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

from bot.domain.listing import listed_issues
from bot.domain.run import Issue, Outcome, Run, RunTestCase, Verdict
from bot.domain.short_id import RunKey
from bot.slack.blocks import wording
from bot.slack.blocks.case_lines import HEADINGS, case_lines, unpassed
from bot.slack.blocks.commands import typed
from bot.slack.blocks.issue_lines import (
    category_counts,
    category_name,
    issue_lines,
    issues_by_category,
    set_aside,
)
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Message, context, section
from bot.slack.blocks.open_button import open_button, open_link

CASES_PER_PAGE = 10
ISSUES_PER_PAGE = 8
_MOST_CATEGORIES = 4

_ITEM = TypeVar("_ITEM")


@dataclass(frozen=True, slots=True)
class Sheet(Generic[_ITEM]):
    """One page of a numbered list; a page beyond the last one is the last one."""

    items: Sequence[tuple[int, _ITEM]]
    number: int
    pages: int
    asked: int

    @classmethod
    def of(cls, items: Sequence[_ITEM], asked: int, length: int) -> "Sheet[_ITEM]":
        pages = max(-(-len(items) // length), 1)
        number = min(max(asked, 1), pages)
        first = (number - 1) * length
        return cls(
            items=list(enumerate(items[first : first + length], start=first + 1)),
            number=number,
            pages=pages,
            asked=asked,
        )

    def guide(self, command: Callable[[int], str]) -> list[str]:
        """Where in the list this page is, and what to type for the next one."""
        lines = []
        if self.asked != self.number:
            lines.append(f"There is no page {self.asked:,}.")
        if self.pages > 1:
            place = f"Page {self.number:,} of {self.pages:,}"
            following = self.number % self.pages + 1
            word = "Next" if following > self.number else "First page"
            lines.append(f"{place}. {word}: {command(following)}.")
        return lines


def failed_cases(run: Run, *, key: RunKey, url: str | None, page: int = 1) -> Message:
    """The test cases that did not pass, with the numbers that the report gives them.

    Works while the run is in progress too. Test cases still in progress are listed once the run
    has ended without finishing them.
    """
    listed = [case for _, case in unpassed(run)]
    sheet = Sheet.of(listed, page, CASES_PER_PAGE)
    opening = cases_opening(run, key)
    guide = sheet.guide(lambda number: typed("failed", str(key), str(number)))
    return _answer(opening, lambda: _case_listings(sheet), guide, url)


def cases_opening(run: Run, key: RunKey) -> list[str]:
    """The counts, without a total: QA.tech may have been asked for the failed test cases only."""
    tally = wording.Tally.of(run.run_test_cases)
    parts = tally.parts()
    if not tally.progress[Outcome.FAILED]:
        parts.insert(0, "no failed test case")
    lines = [f"*Run {wording.run_name(key)}*{'' if run.has_ended else ' so far'}: "]
    lines[0] += f"{', '.join(parts)}."
    if not run.run_test_cases and run.has_ended and run.verdict is Verdict.FAILED:
        lines.append(
            "QA.tech says that the run failed, but lists no failed test case. "
            f"It may tell of them here: {typed('issues', str(key), 'failed_test')}."
        )
    return lines


def _case_listings(sheet: Sheet[RunTestCase]) -> Iterator[Listing]:
    for outcome, group in groupby(sheet.items, key=lambda item: item[1].outcome):
        cases = list(group)
        yield _listing(HEADINGS[outcome], list(case_lines(cases)))


def _listing(heading: str, lines: list[str]) -> Listing:
    return Listing(
        heading=f"*{heading}*",
        lines=lines,
        total=len(lines),
        more=lambda left: f"and {left:,} more on this page, left out for their length",
        share=len(lines),
    )


def issues(
    run: Run, *, key: RunKey, url: str | None, category: str | None = None, page: int = 1
) -> Message:
    """The active issues, of one category or of all, by category and then by severity.

    `failed_test` issues are listed only when asked for: each is a failed test case, which
    `failed_cases` tells.
    """
    if run.issues is None:
        name = wording.run_name(key)
        return _answer(
            [f"*Run {name}*: QA.tech did not give the issues, so they could not be read."],
            lambda: iter(()),
            [],
            url,
        )
    found = listed_issues(run) if category is None else run.issues_of(category)
    sheet = Sheet.of(found, page, ISSUES_PER_PAGE)
    words = ["issues", str(key), *([category] if category else [])]
    guide = sheet.guide(lambda number: typed(*words, str(number)))
    return _answer(
        _issues_opening(run, key, found, category), lambda: _issue_listings(sheet), guide, url
    )


def _issues_opening(
    run: Run, key: RunKey, found: Sequence[Issue], category: str | None
) -> list[str]:
    kind = f"{category_name(category).lower()} issue" if category else "issue"
    number = wording.many(len(found), kind) if found else f"no {kind}s"
    lines = [f"*Run {wording.run_name(key)}*: {number}{'' if run.has_ended else ' so far'}."]
    if category is None:
        groups = list(issues_by_category(run).items())
        lines += [f"{category_counts(name, group)}." for name, group in groups[:_MOST_CATEGORIES]]
        if left := groups[_MOST_CATEGORIES:]:
            lines.append(f"{wording.many(len(left), 'more category', 'more categories')}.")
        if failed := len(run.issues_of("failed_test")):
            lines.append(
                f"{wording.many(failed, 'failed test')} not counted here: "
                f"type {typed('failed', str(key))}."
            )
    if hidden := set_aside(run, category):
        lines.append(hidden)
    return lines


def _issue_listings(sheet: Sheet[Issue]) -> Iterator[Listing]:
    for category, group in groupby(sheet.items, key=lambda item: item[1].category):
        yield _listing(category_name(category), list(issue_lines(group, tags=True)))


def _answer(
    opening: list[str],
    listings: Callable[[], Iterator[Listing]],
    guide: list[str],
    url: str | None,
) -> Message:
    shown = list(listings())
    tail = [context("\n".join(guide))] if guide else []
    return lay_out(
        listed_text(opening, shown, [*guide, *open_link(url)], most=CASES_PER_PAGE),
        [section("\n".join(opening))],
        shown,
        [*tail, *open_button(url)],
    )
