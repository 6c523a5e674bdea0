"""The modal of a run that somebody looked up: its report, or how far it is."""

from bot.domain.run import Progress, Run
from bot.domain.short_id import RunKey
from bot.slack.blocks import wording
from bot.slack.blocks.case_lines import case_lines, unpassed
from bot.slack.blocks.commands import typed
from bot.slack.blocks.elements import actions, link_button
from bot.slack.blocks.message import Block, context, header
from bot.slack.blocks.modal import View, modal, sections
from bot.slack.blocks.open_button import OPEN_LABEL
from bot.slack.blocks.progress import progress_bar, so_far
from bot.slack.blocks.report import report_of
from bot.slack.blocks.run_buttons import look_buttons

_MOST_CASES = 20


def run_view(run: Run, *, key: RunKey, url: str | None) -> View:
    """A run as one look shows it; its buttons open more on top of it."""
    row = actions([*look_buttons(key, run), *link_button(url, OPEN_LABEL)])
    if run.has_ended:
        return modal("Run", report_of(run, key=key, url=url, row=row).blocks)
    return modal("Run", [*_in_progress(run, key), *row])


def _in_progress(run: Run, key: RunKey) -> list[Block]:
    progress = Progress.of(run.run_test_cases)
    lines = [f"Status: {wording.status_words(run.status, run.result)}"]
    if progress.total:
        lines += [progress_bar(progress), f"{so_far(progress)}."]
    else:
        lines.append("QA.tech has not listed the test cases yet.")
    failed = unpassed(run)
    listed = list(case_lines(failed[:_MOST_CASES]))
    if left := len(failed) - len(listed):
        listed.append(f"and {left:,} more: type {typed('failed', str(key))}")
    return [
        header(f"⏳ Run {wording.run_name(key)} is in progress"),
        *sections(lines),
        *(sections(["*Did not pass so far*", *listed]) if listed else []),
        context(f"To follow it, type {typed(str(key))} in a channel."),
    ]
