"""The report of a run that has ended (DESIGN §4 "The report")."""

from collections.abc import Iterator

from bot.domain.listing import listed_issues
from bot.domain.run import Outcome, Progress, Run, Verdict, verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.slack.blocks import wording
from bot.slack.blocks.case_lines import HEADINGS, case_lines, numbered_by_outcome
from bot.slack.blocks.commands import typed
from bot.slack.blocks.issue_lines import (
    category_counts,
    issue_lines,
    set_aside,
    severity_counts,
)
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Block, Message, context, header, section
from bot.slack.blocks.open_button import open_button, open_link

_MOST_IN_TEXT = 8
_MOST_CATEGORIES = 3
_SHARES = {Outcome.FAILED: 8, Outcome.ERRORED: 3}
_ACCESSIBILITY_SHARE = 4
_IN_TEXT = (Outcome.FAILED, Outcome.ERRORED)


def report(tracked: TrackedRun) -> Message:
    """The whole report; what changed since the run before would stand right after the counts."""
    key, run = tracked.key, tracked.run
    if run is None:
        return _without_details(tracked)
    opening = _opening(tracked)
    closing = _closing(run, key)
    text = listed_text(
        [opening[0] + ".", *opening[1:]],
        [_failures(run, key, outcome) for outcome in _IN_TEXT if run.cases(outcome)],
        [*_accessibility_in_words(run), *closing, *open_link(tracked.url)],
        most=_MOST_IN_TEXT,
    )
    return lay_out(
        text,
        _head(tracked, opening),
        list(_listings(run, key)),
        [context("\n".join(closing)), *open_button(tracked.url)],
    )


def _opening(tracked: TrackedRun) -> list[str]:
    """The verdict, what it means, and the counts."""
    run = tracked.run
    told = run or tracked
    progress = Progress.of(run.run_test_cases) if run else tracked.progress
    lines = [
        wording.headline(tracked.key, verdict_of(tracked)),
        wording.explanation(verdict_of(tracked), told.status, told.result),
        wording.counts(progress, run),
        wording.acquittal(run) if run else None,
    ]
    return [line for line in lines if line]


def verdict_of(tracked: TrackedRun) -> Verdict:
    """How the run ended, by the whole answer where there is one."""
    told = tracked.run or tracked
    return verdict(told.status, told.result)


def _head(tracked: TrackedRun, opening: list[str]) -> list[Block]:
    return [
        header(f"{wording.VERDICT_EMOJI[verdict_of(tracked)]} {opening[0]}"),
        section("\n".join(opening[1:])),
    ]


def _without_details(tracked: TrackedRun) -> Message:
    """The run is known to have ended, and QA.tech did not give more than that."""
    opening = _opening(tracked)
    note = (
        "QA.tech told how the run ended, but not its details: the test cases above are as last "
        "seen, and the issues could not be read. "
        f"Type {typed('failed', str(tracked.key))} to ask again."
    )
    return lay_out(
        [opening[0] + ".", *opening[1:], note, *open_link(tracked.url)],
        _head(tracked, opening),
        [],
        [context(note), *open_button(tracked.url)],
    )


def _listings(run: Run, key: RunKey) -> Iterator[Listing]:
    groups = numbered_by_outcome(run)
    for outcome, heading in HEADINGS.items():
        if cases := groups.get(outcome):
            yield Listing(
                heading=f"*{heading}: {len(cases):,}*",
                lines=case_lines(cases),
                total=len(cases),
                more=lambda left: more_line(left, "failed", str(key)),
                share=_SHARES.get(outcome, 1),
            )
    if known := run.failures_known_as_issues_only():
        yield Listing(
            heading=f"*Failed tests that QA.tech told only as issues: {len(known):,}*",
            lines=issue_lines(enumerate(known, start=1)),
            total=len(known),
            more=lambda left: more_line(left, "issues", str(key), "failed_test"),
            share=4,
        )
    if found := run.issues_of("accessibility"):
        heading = f"Accessibility: {wording.many(len(found), 'issue')}"
        yield Listing(
            heading=f"*{heading}* ({severity_counts(found)})",
            lines=issue_lines(enumerate(found, start=1)),
            total=len(found),
            more=lambda left: more_line(left, "issues", str(key), "accessibility"),
            share=_ACCESSIBILITY_SHARE,
        )


def _failures(run: Run, key: RunKey, outcome: Outcome) -> Listing:
    cases = numbered_by_outcome(run)[outcome]
    return Listing(
        heading=f"{HEADINGS[outcome]}: {len(cases):,}",
        lines=case_lines(cases),
        total=len(cases),
        more=lambda left: more_line(left, "failed", str(key)),
    )


def more_line(left: int, *words: str) -> str:
    """How many were left out, and what to type to see them."""
    return f"and {left:,} more: type {typed(*words)}"


def _accessibility_in_words(run: Run) -> list[str]:
    found = run.issues_of("accessibility")
    return [f"{category_counts('accessibility', found)}."] if found else []


def _closing(run: Run, key: RunKey) -> list[str]:
    """Other issues as counts, and what is not shown."""
    if run.issues is None:
        return ["QA.tech did not give the issues of this run, so they could not be read."]
    lines = _other_categories(run, key)
    if not lines and not run.issues_of("accessibility"):
        lines = ["No accessibility, console or hosting issues."]
    if hidden := set_aside(run):
        lines.append(hidden)
    return lines


def _other_categories(run: Run, key: RunKey) -> list[str]:
    categories = dict.fromkeys(issue.category for issue in listed_issues(run))
    categories.pop("accessibility", None)
    shown = list(categories)[:_MOST_CATEGORIES]
    lines = [f"{category_counts(category, run.issues_of(category))}." for category in shown]
    if left := list(categories)[_MOST_CATEGORIES:]:
        number = sum(len(run.issues_of(category)) for category in left)
        lines.append(f"{wording.many(number, 'issue')} in {len(left):,} more categories.")
    if lines:
        lines[-1] += f" Type {typed('issues', str(key))} to see them."
    return lines
