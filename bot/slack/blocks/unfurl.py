"""The preview of a link to a run: the short report, or how far the run is."""

from datetime import datetime

from bot.domain.run import Outcome, Run
from bot.domain.watch import TrackedRun
from bot.slack.blocks import wording
from bot.slack.blocks.case_lines import case_lines, numbered_by_outcome
from bot.slack.blocks.commands import typed
from bot.slack.blocks.issue_lines import category_counts
from bot.slack.blocks.message import Block, compose, context, section, sections_of
from bot.slack.blocks.progress import progress_bar, so_far
from bot.slack.blocks.report import more_line
from bot.slack.blocks.text import date

_MOST_CASES = 3
_LINE_COST = 300
_BROKEN = (Outcome.FAILED, Outcome.ERRORED)


def unfurl(tracked: TrackedRun, *, now: datetime) -> tuple[Block, ...]:
    """A few lines below the message that holds the link; `tracked.run` is the whole answer."""
    run = tracked.run
    if run is not None and run.has_ended:
        lines, small = _ended(tracked, run), f"More: {typed(str(tracked.key))}"
    else:
        lines, small = _in_progress(tracked), f"As of {date(now)}"
    return compose((), [*(section(part) for part in sections_of(lines)), context(small)]).blocks


def _ended(tracked: TrackedRun, run: Run) -> list[str]:
    verdict = run.verdict
    headline = f"{wording.VERDICT_EMOJI[verdict]} *{wording.headline(tracked.key, verdict)}*"
    said = wording.explanation(verdict, run.status, run.result)
    lines = [headline, *([said] if said else []), wording.Tally.of(run.run_test_cases).told()]
    groups = numbered_by_outcome(run)
    broken = [case for outcome in _BROKEN for case in groups.get(outcome, ())]
    lines += case_lines(broken[:_MOST_CASES], most=_LINE_COST)
    if len(broken) > _MOST_CASES:
        lines.append(more_line(len(broken) - _MOST_CASES, "failed", str(tracked.key)))
    if found := run.issues_of("accessibility"):
        lines.append(f"{category_counts('accessibility', found)}.")
    return lines


def _in_progress(tracked: TrackedRun) -> list[str]:
    lines = [
        f"⏳ *Run {wording.run_name(tracked.key)} is in progress*",
        f"Status: {wording.status_words(tracked.status, tracked.result)}",
    ]
    if tracked.progress.total:
        lines += [progress_bar(tracked.progress), f"{so_far(tracked.progress)}."]
    return lines
