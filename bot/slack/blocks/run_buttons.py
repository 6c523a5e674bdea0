"""The row of buttons below a message about a run."""

from bot.domain.question import Rerun
from bot.domain.responding import rerun_cases
from bot.domain.run import Outcome, Run
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.slack.blocks import buttons, wording
from bot.slack.blocks.elements import (
    Element,
    actions,
    button,
    confirm,
    link_button,
    option,
    overflow,
)
from bot.slack.blocks.message import Block
from bot.slack.blocks.open_button import OPEN_LABEL

_OPTION_LABELS = {
    buttons.REFRESH: "Refresh",
    buttons.STOP_WATCHING: "Stop watching",
    buttons.COPY_ID: "Copy the run's ID",
}


def report_row(tracked: TrackedRun) -> list[Block]:
    """Below a report: what can be looked at, what can be done."""
    return run_row(tracked.key, tracked.url, tracked.run)


def run_row(key: RunKey, url: str | None, run: Run | None) -> list[Block]:
    """The same for a run that was looked at; a button stands only where it leads somewhere."""
    if not buttons.can_carry(key):
        return actions(link_button(url, OPEN_LABEL))
    return actions(
        [
            *look_buttons(key, run),
            *(rerun_button(key, run) if run and run.has_ended else []),
            *link_button(url, OPEN_LABEL),
            *menu(key, buttons.REFRESH, buttons.COPY_ID),
        ]
    )


def live_row(tracked: TrackedRun) -> list[Block]:
    """Below a live message."""
    return _open_and_menu(tracked, buttons.REFRESH, buttons.STOP_WATCHING, buttons.COPY_ID)


def ended_row(tracked: TrackedRun) -> list[Block]:
    """Below the last form of a live message whose run has not ended."""
    return _open_and_menu(tracked, buttons.COPY_ID)


def look_buttons(key: RunKey, run: Run | None) -> list[Element]:
    """The modals that show something of this run."""
    if run is None or not buttons.can_carry(key):
        return []
    value = buttons.run_value(key)
    found: list[Element] = []
    if run.cases(Outcome.FAILED, Outcome.ERRORED) or run.failures_known_as_issues_only():
        found += button(buttons.FAILED_CASES, "Failed cases", value)
    if run.issues_of("accessibility"):
        found += button(buttons.ACCESSIBILITY, "Accessibility", value)
    return found


def rerun_button(key: RunKey, run: Run) -> list[Element]:
    """Rerun what failed; the dialog says how many that are, and that they are paid for."""
    number = len(rerun_cases(Rerun(failed_only=True), run))
    if not number:
        return []
    skipped = len(run.cases(Outcome.SKIPPED))
    verb = "was" if skipped == 1 else "were"
    besides = f"QA.tech may add the {skipped:,} that {verb} skipped. " if skipped else ""
    asked = confirm(
        "Rerun what failed?",
        f"Rerun {wording.many(number, 'test case')} of run {key}? {besides}"
        "QA.tech counts them as a new run against your quota.",
        f"Rerun {wording.many(number, 'test case')}",
    )
    return button(buttons.RERUN_FAILED, "Rerun failed", buttons.run_value(key), confirm=asked)


def menu(key: RunKey, *choices: str) -> list[Element]:
    """The menu behind three dots."""
    if not buttons.can_carry(key):
        return []
    return overflow(
        buttons.MORE,
        [option(_OPTION_LABELS[what], buttons.more_value(what, key)) for what in choices],
    )


def _open_and_menu(tracked: TrackedRun, *choices: str) -> list[Block]:
    return actions([*link_button(tracked.url, OPEN_LABEL), *menu(tracked.key, *choices)])
