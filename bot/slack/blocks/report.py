"""The report of a run that has ended (DESIGN §4 "The report")."""

from collections.abc import Collection, Mapping, Sequence

from bot.domain.changes import Changes
from bot.domain.run import Issue, Outcome, Run, RunTestCase, Verdict, verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.slack.blocks import wording
from bot.slack.blocks.case_lines import HEADINGS, MAX_CASE_COST, case_lines, numbered_by_outcome
from bot.slack.blocks.changes import changes_lines
from bot.slack.blocks.commands import typed
from bot.slack.blocks.issue_lines import (
    category_counts,
    issue_lines,
    issues_by_category,
    set_aside,
    severity_counts,
)
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Block, Message, context, header, section, sections_of
from bot.slack.blocks.open_button import open_link
from bot.slack.blocks.run_buttons import report_row
from bot.slack.blocks.text import mention

_MOST_IN_TEXT = 8
_MOST_CATEGORIES = 3
_FEW = 12
_LINE_COST = 380
"""The most that a test case may take where there are many of them, so that more of them fit."""
_SHARES = {Outcome.FAILED: 8, Outcome.ERRORED: 3}
_ISSUES_SHARE = 4
_MOST_MENTIONS = 20
_IN_TEXT = (Outcome.FAILED, Outcome.ERRORED)


def report(
    tracked: TrackedRun, *, changes: Changes | None = None, mentions: Sequence[str] = ()
) -> Message:
    """The whole report; what changed since the run before stands right after the counts."""
    if tracked.run is None:
        return _without_details(tracked)
    row = report_row(tracked)
    news = [*changes_lines(changes), *_mentioned(mentions)]
    return report_of(
        tracked.run,
        key=tracked.key,
        url=tracked.url,
        row=row,
        news=news,
        flaky=changes.flaky if changes else (),
    )


def _mentioned(ids: Sequence[str]) -> list[str]:
    """The people and groups whom the channel's rule mentions."""
    known = [who for who in map(mention, ids[:_MOST_MENTIONS]) if who]
    return [f"For {wording.joined(known)}."] if known else []


def report_of(
    run: Run,
    *,
    key: RunKey,
    url: str | None,
    row: Sequence[Block],
    news: Sequence[str] = (),
    flaky: Collection[str] = (),
) -> Message:
    """The report of a whole answer, with what can be pressed below it.

    `flaky` are names of test cases that are marked so.
    """
    told = verdict(run.status, run.result)
    opening = [*_opening(key, run, wording.Tally.of(run.run_test_cases)), *news]
    groups = numbered_by_outcome(run)
    issues = issues_by_category(run)
    closing = _closing(run, issues, key)
    accessibility = issues.get("accessibility", [])
    known = run.failures_known_as_issues_only()
    in_text = [
        _cases(key, outcome, groups[outcome], flaky) for outcome in _IN_TEXT if outcome in groups
    ]
    if known:
        in_text.append(_failures_known_as_issues_only(key, known))
    text = listed_text(
        [opening[0] + ".", *opening[1:]],
        in_text,
        [
            *([f"{category_counts('accessibility', accessibility)}."] if accessibility else []),
            *closing,
            *open_link(url),
        ],
        most=_MOST_IN_TEXT,
    )
    listings = [
        _cases(key, outcome, groups[outcome], flaky) for outcome in HEADINGS if outcome in groups
    ]
    if known:
        listings.append(_failures_known_as_issues_only(key, known))
    if accessibility:
        listings.append(_accessibility(key, accessibility))
    small_print = [context("\n".join(closing))] if closing else []
    return lay_out(text, _head(told, opening), listings, [*small_print, *row])


def _opening(key: RunKey, told: Run | TrackedRun, tally: wording.Tally) -> list[str]:
    """The verdict, what it means, and the counts."""
    ended_as = verdict(told.status, told.result)
    lines = [
        wording.headline(key, ended_as),
        wording.explanation(ended_as, told.status, told.result),
        tally.told() if tally.progress.total or isinstance(told, Run) else None,
        tally.acquittal(),
    ]
    return [line for line in lines if line]


def verdict_of(tracked: TrackedRun) -> Verdict:
    """How the run ended, by the whole answer where there is one."""
    told = tracked.run or tracked
    return verdict(told.status, told.result)


def _head(told: Verdict, opening: list[str]) -> list[Block]:
    return [
        header(f"{wording.VERDICT_EMOJI[told]} {opening[0]}"),
        *map(section, sections_of(opening[1:])),
    ]


def _without_details(tracked: TrackedRun) -> Message:
    """The run is known to have ended, and QA.tech did not give more than that."""
    opening = _opening(tracked.key, tracked, wording.Tally.of_tracked(tracked))
    note = (
        "QA.tech told how the run ended, but not its details: counts are as last seen, "
        "and the issues could not be read. "
        f"Type {typed('failed', str(tracked.key))} to ask again."
    )
    return lay_out(
        [opening[0] + ".", *opening[1:], note, *open_link(tracked.url)],
        _head(verdict_of(tracked), opening),
        [],
        [context(note), *report_row(tracked)],
    )


def _cases(
    key: RunKey,
    outcome: Outcome,
    cases: Sequence[tuple[int, RunTestCase]],
    flaky: Collection[str],
) -> Listing:
    most = _LINE_COST if len(cases) > _FEW else MAX_CASE_COST
    return Listing(
        heading=f"*{HEADINGS[outcome]}: {len(cases):,}*",
        lines=case_lines(cases, most=most, flaky=flaky),
        total=len(cases),
        more=lambda left: more_line(left, "failed", str(key)),
        share=_SHARES.get(outcome, 1),
    )


def _failures_known_as_issues_only(key: RunKey, known: Sequence[Issue]) -> Listing:
    return Listing(
        heading=f"*Failed tests that QA.tech told only as issues: {len(known):,}*",
        lines=issue_lines(enumerate(known, start=1)),
        total=len(known),
        more=lambda left: more_line(left, "issues", str(key), "failed_test"),
        share=_ISSUES_SHARE,
    )


def _accessibility(key: RunKey, found: Sequence[Issue]) -> Listing:
    heading = f"Accessibility: {wording.many(len(found), 'issue')}"
    return Listing(
        heading=f"*{heading}* ({severity_counts(found)})",
        lines=issue_lines(enumerate(found, start=1)),
        total=len(found),
        more=lambda left: more_line(left, "issues", str(key), "accessibility"),
        share=_ISSUES_SHARE,
    )


def more_line(left: int, *words: str) -> str:
    """How many were left out, and what to type to see them."""
    return f"and {left:,} more: type {typed(*words)}"


def _closing(run: Run, issues: Mapping[str, Sequence[Issue]], key: RunKey) -> list[str]:
    """Other issues as counts, and what is not shown."""
    if run.issues is None:
        return ["QA.tech did not give the issues of this run, so they could not be read."]
    if not issues:
        lines = ["No accessibility, console or hosting issues."]
    else:
        lines = _other_categories(issues, key)
    if hidden := set_aside(run):
        lines.append(hidden)
    return lines


def _other_categories(issues: Mapping[str, Sequence[Issue]], key: RunKey) -> list[str]:
    categories = [category for category in issues if category != "accessibility"]
    shown, left = categories[:_MOST_CATEGORIES], categories[_MOST_CATEGORIES:]
    lines = [f"{category_counts(category, issues[category])}." for category in shown]
    if left:
        number = wording.many(sum(len(issues[category]) for category in left), "issue")
        lines.append(f"{number} in {wording.many(len(left), 'more category', 'more categories')}.")
    if lines:
        lines[-1] += f" Type {typed('issues', str(key))} to see them."
    return lines
