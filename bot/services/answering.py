"""Answering: what a person says in the thread of a run, and what the bot replies there.

Replies are public words and leave by the outbox. One sentence gets one reply, however often Slack
delivers it: the reply's key is the sentence's own place.
"""

import asyncio
from dataclasses import dataclass

from bot.domain.errors import QATechError
from bot.domain.language.understanding import understand
from bot.domain.notice import NewNotice, QuestionAnswered
from bot.domain.question import (
    Ambiguous,
    AskIssue,
    AskIssues,
    AskSummary,
    AskUnknown,
    LeaveAlone,
    NotUnderstood,
    Question,
    Reading,
    Thanks,
    Wish,
)
from bot.domain.reply import Reply, WishAnswer, trouble
from bot.domain.responding import answer
from bot.domain.run import Run
from bot.domain.short_id import RunKey, looks_like_a_run
from bot.services.known_runs import KnownRuns
from bot.services.ports import (
    CASES,
    WHOLE,
    Clock,
    Conversations,
    Outbox,
    RunSource,
    ThreadRun,
    Wake,
)
from bot.services.wishes import Place, WishService

_MAY_NEED_ISSUES = (AskIssue, AskIssues, AskSummary, AskUnknown, NotUnderstood)

_FRESH_SECONDS = 10.0
_PAUSES = (0.0, 0.25, 1.0)
_HOW_TO_ASK = (
    "Ask me in the thread of a run's message, for example “what failed?”. To bring a run here, "
    "type /qarun and its short ID or link."
)


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


class AnswerService:
    """Understands sentences about runs and replies; it posts nothing itself."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        outbox: Outbox,
        qatech: RunSource,
        runs: KnownRuns,
        wishes: WishService,
        clock: Clock,
        wake: Wake,
    ) -> None:
        self._conversations = conversations
        self._outbox = outbox
        self._qatech = qatech
        self._runs = runs
        self._wishes = wishes
        self._clock = clock
        self._wake = wake

    async def hear(self, said: Said) -> bool:
        """Reply to a sentence if it is for the bot; returns whether it only deserves a reaction."""
        thread = await self._thread_of(said)
        if thread is None:
            if said.addressed:
                await self._elsewhere(said)
            return False
        reading, run = await self._read(said, thread)
        if isinstance(reading, Thanks):
            return True
        if isinstance(reading, LeaveAlone):
            return False
        place = Place(
            said.channel, said.thread_ts or said.ts, said.user, f"answer:{said.channel}:{said.ts}"
        )
        if isinstance(run, QATechError):
            await self._reply(place, thread, trouble(run, thread.tracked.key))
        elif isinstance(reading, Ambiguous | NotUnderstood):
            await self._reply(place, thread, reading)
        else:
            await self.act(reading, thread, run, place)
        return False

    async def act(self, question: Question, thread: ThreadRun, run: Run, place: Place) -> None:
        """Answer a question about a run, or do what was wished, and reply."""
        if isinstance(question, Wish):
            reply = await self._wishes.fulfil(question, thread, run, place)
            if reply is not None:
                await self._reply(place, thread, reply)
        else:
            await self._reply(place, thread, answer(question, run), question)

    async def answer_page(self, question: Question, key: RunKey, offset: int, place: Place) -> None:
        """Reply with a further page of an answer, or do what was chosen.

        Raises:
            QATechError: the run is not stored, and QA.tech does not give it.
        """
        looked = await self._runs.whole(key)
        thread = await self._conversations.run_in_thread(place.channel, place.thread_ts)
        tracked = thread.tracked if thread else await self._conversations.known_run(key)
        if tracked is None:
            return
        about = ThreadRun(tracked, thread.watch if thread else None)
        if isinstance(question, Wish):
            await self.act(question, about, looked.run, place)
        else:
            page = answer(question, looked.run, offset=offset)
            await self._reply(place, about, page, question)

    async def _thread_of(self, said: Said) -> ThreadRun | None:
        """The run that the thread is about.

        Who replies to a message the moment it appears may be faster than our note of its `ts`.
        """
        if said.thread_ts is None:
            return None
        for pause in _PAUSES if _is_fresh(said.ts, said.thread_ts) else (0.0,):
            await asyncio.sleep(pause)
            thread = await self._conversations.run_in_thread(said.channel, said.thread_ts)
            if thread is not None:
                return thread
        return None

    async def _read(self, said: Said, thread: ThreadRun) -> tuple[Reading, Run | QATechError]:
        """What a sentence means, and the run as it stands or why QA.tech did not give it."""
        tracked = thread.tracked
        if tracked.run is not None and tracked.has_ended:
            return await _understand(said, tracked.run), tracked.run
        key = tracked.key
        try:
            seen = await self._qatech.get_run(key, CASES)
            reading = await _understand(said, seen)
            if isinstance(reading, _MAY_NEED_ISSUES):
                # A run in progress is asked for its issues only when somebody is.
                seen = await self._qatech.get_run(key, WHOLE)
                reading = await _understand(said, seen)
        except QATechError as error:
            nothing = Run(short_id=key.short_id, status=tracked.status)
            return await _understand(said, nothing), error
        return reading, seen

    async def _elsewhere(self, said: Said) -> None:
        """The bot was spoken to where no run is: bring the run that was named, or say how."""
        place = Place(
            said.channel, said.thread_ts or said.ts, said.user, f"answer:{said.channel}:{said.ts}"
        )
        words = [word for word in said.text.split() if not word.startswith("<@")]
        reply = None
        if len(words) == 1 and looks_like_a_run(words[0]):
            reply = await self._wishes.bring(words[0], place)
            if reply is None:
                return
        await self._write(
            NewNotice(
                dedupe_key=place.dedupe_key,
                channel=place.channel,
                fact=QuestionAnswered(reply=reply or WishAnswer(heading=_HOW_TO_ASK)),
                thread_ts=place.thread_ts,
                asked_by=place.user,
            )
        )

    async def _reply(
        self, place: Place, thread: ThreadRun, reply: Reply, question: Question | None = None
    ) -> None:
        await self._write(
            NewNotice(
                dedupe_key=place.dedupe_key,
                channel=place.channel,
                fact=QuestionAnswered(reply=reply, question=question),
                run_id=thread.tracked.id,
                thread_ts=place.thread_ts,
                asked_by=place.user,
            )
        )

    async def _write(self, notice: NewNotice) -> None:
        await self._outbox.add([notice], self._clock())
        self._wake()


def _is_fresh(ts: str, thread_ts: str) -> bool:
    """Whether a reply came within seconds of the message that it replies to."""
    try:
        return float(ts) - float(thread_ts) < _FRESH_SECONDS
    except ValueError:
        return False


async def _understand(said: Said, run: Run) -> Reading:
    """In a thread: a run of 500 test cases takes a tenth of a second, which others must not wait.

    Nothing is shared with it but frozen values.
    """
    return await asyncio.to_thread(understand, said.text, run, addressed=said.addressed)
