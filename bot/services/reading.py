"""Reading: what a sentence in a run's thread means, against the run as it stands."""

import asyncio
from dataclasses import dataclass

from bot.domain.errors import QATechError
from bot.domain.language.understanding import understand
from bot.domain.question import (
    AskHelp,
    AskIssue,
    AskIssues,
    AskLink,
    AskSummary,
    AskUnknown,
    Compare,
    Mute,
    NotUnderstood,
    Reading,
    Rerun,
    Stop,
    Thanks,
    Unmute,
)
from bot.domain.run import Run
from bot.domain.watch import TrackedRun
from bot.services.ports import CASES, WHOLE, RunSource

_MAY_NEED_ISSUES = (AskIssue, AskIssues, AskSummary, AskUnknown, Compare, NotUnderstood)
NEEDS_NO_RUN = (AskHelp, AskLink, Mute, Rerun, Stop, Thanks, Unmute)
"""Answered or done without what QA.tech says of the run, and so while it is down too."""
_NAMES_NOTHING = (Mute, Rerun, Stop, Thanks, Unmute)
"""Of these, those that are read the same whatever the test cases are called."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in Slack.

    Attributes:
        ts: of the message; with the channel it identifies the sentence.
        thread_ts: of the thread's first message, None outside threads.
        addressed: the bot was mentioned, or it is a direct message.
    """

    channel: str
    ts: str
    thread_ts: str | None
    user: str
    text: str
    addressed: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """A sentence as it was read, against the run as it stands.

    `error` is why QA.tech did not give the run; it holds no test cases then.
    """

    reading: Reading
    run: Run
    error: QATechError | None = None


class SentenceReader:
    """Understands sentences; asks QA.tech for no more of a run than they need."""

    def __init__(self, qatech: RunSource) -> None:
        self._qatech = qatech

    async def read(self, said: Said, tracked: TrackedRun) -> Understood:
        """What a sentence means, and the run as it stands or why QA.tech did not give it."""
        if tracked.run is not None and tracked.has_ended:
            return Understood(await understand_said(said, tracked.run), tracked.run)
        key = tracked.key
        nothing = Run(short_id=key.short_id, status=tracked.status)
        reading = await understand_said(said, nothing)
        if isinstance(reading, _NAMES_NOTHING):
            return Understood(reading, nothing)
        try:
            seen = await self._qatech.get_run(key, CASES)
            reading = await understand_said(said, seen)
            if isinstance(reading, _MAY_NEED_ISSUES):
                # A run in progress is asked for its issues only when somebody is.
                seen = await self._qatech.get_run(key, WHOLE)
                reading = await understand_said(said, seen)
        except QATechError as error:
            return Understood(reading, nothing, error)
        return Understood(reading, seen)


async def understand_said(said: Said, run: Run) -> Reading:
    """In a thread: a run of 500 test cases takes a tenth of a second, which others must not wait.

    Nothing is shared with it but frozen values.
    """
    return await asyncio.to_thread(understand, said.text, run, addressed=said.addressed)
