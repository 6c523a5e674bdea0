"""The modal of one test case: everything that QA.tech tells about it."""

from datetime import timedelta

from bot.domain.errors import AccessDenied, QATechError, RateLimited, RunNotFound
from bot.domain.run import RunTestCase, TestCaseDetails
from bot.domain.short_id import RunKey
from bot.slack.blocks import buttons, wording
from bot.slack.blocks.elements import Element, actions, link_button
from bot.slack.blocks.failed_cases_view import how_it_went
from bot.slack.blocks.message import context, section
from bot.slack.blocks.modal import View, modal, sections
from bot.slack.blocks.open_button import OPEN_LABEL
from bot.slack.blocks.reply_layout import Quoted
from bot.slack.blocks.text import code, date, inline

_REASONING_ROOM = 40_000
_PROMPT_ROOM = 10_000


def case_view(
    case: RunTestCase,
    *,
    key: RunKey,
    details: TestCaseDetails | None,
    problem: QATechError | None = None,
) -> View:
    """One test case in full.

    Args:
        case: as the run tells it.
        key: the run it belongs to.
        details: what QA.tech tells of the test case alone; None where it did not.
        problem: why there are no details; the rest stands all the same.
    """
    head = [
        f"*{inline(case.name, 200, empty='(no name)')}*",
        f"Test case {code(case.short_id, 80)} of run {wording.run_name(key)}.",
        *how_it_went(case),
        *(_times(details) if details else []),
    ]
    told = details or case
    rest = "open the test case in QA.tech"
    texts = (
        Quoted(
            "The evaluator's reasoning",
            case.evaluation_thought or told.evaluation_thought,
            _REASONING_ROOM,
            rest,
        ),
        Quoted("Goal", case.prompt_goal or told.prompt_goal, _PROMPT_ROOM, rest),
        Quoted("Examples", case.prompt_examples or told.prompt_examples, _PROMPT_ROOM, rest),
    )
    blocks = sections(head)
    for text in texts:
        blocks += sections(text.lines(text.room))
    if problem is not None:
        blocks.append(section(_no_details(problem)))
    links, passing = _links(details)
    if passing:
        blocks.append(context(f"Links to the {passing} work for a while only, then they expire."))
    metadata = buttons.case_value(key, case.short_id) or ""
    return modal("Test case", [*blocks, *actions(links)], metadata=metadata)


def _times(details: TestCaseDetails) -> list[str]:
    """When it began and ended, in the reader's time zone, and how long it took."""
    lines = []
    if details.started_at:
        lines.append(f"Started: {date(details.started_at)}")
    if details.completed_at:
        lines.append(f"Ended: {date(details.completed_at)}")
    if details.duration_ms is not None and 0 <= details.duration_ms < _LONGEST_MS:
        lines.append(f"Took {_precisely(timedelta(milliseconds=details.duration_ms))}.")
    return lines


_LONGEST_MS = 1e12
"""About 32 years; no number beyond it is a duration."""


def _precisely(span: timedelta) -> str:
    """A short span with its seconds: "3 min 12 s"."""
    whole = int(span.total_seconds())
    if whole >= 3_600:
        return wording.duration(span)
    minutes, seconds = divmod(whole, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _links(details: TestCaseDetails | None) -> tuple[list[Element], str]:
    """The buttons that lead to the test case's places, and which of them will stop to."""
    if details is None:
        return [], ""
    recording = link_button(details.recording_url, "Recording", f"{buttons.OPEN_RUN}:recording")
    screenshot = link_button(details.screenshot_url, "Screenshot", f"{buttons.OPEN_RUN}:screenshot")
    durable = link_button(details.url, OPEN_LABEL)
    passing = [
        word for word, found in (("recording", recording), ("screenshot", screenshot)) if found
    ]
    return [*durable, *recording, *screenshot], wording.joined(passing)


def _no_details(problem: QATechError) -> str:
    """Why times, recording and screenshot are missing, and whose fault that is."""
    match problem:
        case RunNotFound():
            said = "QA.tech has no more to tell about this test case"
        case AccessDenied():
            said = "QA.tech does not let the bot's key see more of this test case"
        case RateLimited():
            said = "QA.tech says that this bot asks too often just now"
        case _:
            said = "QA.tech did not answer when asked for more about this test case"
    return f"{said}, so times, recording and screenshot are missing here. It is not your fault."
