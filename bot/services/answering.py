"""Answering: what a person says in the thread of a run, and what the bot replies there.

Replies are public words and leave by the outbox. One sentence gets one reply, however often Slack
delivers it: the reply's key is the sentence's own place.
"""

import asyncio
from collections import OrderedDict

from bot.domain.facts import QuestionAnswered
from bot.domain.notice import NewNotice
from bot.domain.question import (
    Ambiguous,
    LeaveAlone,
    NotUnderstood,
    Question,
    Thanks,
    Wish,
)
from bot.domain.reply import Reply, WishAnswer, trouble
from bot.domain.responding import answer
from bot.domain.run import Run
from bot.domain.short_id import RunKey, looks_like_a_run
from bot.domain.watch import TrackedRun
from bot.services.known_runs import KnownRuns
from bot.services.ports import (
    Clock,
    Conversations,
    Outbox,
    RunSource,
    ThreadRun,
    Wake,
)
from bot.services.reading import NEEDS_NO_RUN, Said, SentenceReader, understand_said
from bot.services.wishes import Place, WishService

_REMEMBERED = 500
"""Sentences that are known to have been heard; Slack tells of a mention twice within a second."""

_FRESH_SECONDS = 10.0
_PAUSES = (0.0, 0.25, 1.0)
_HOW_TO_ASK = (
    "Ask me in the thread of a run's message, for example “what failed?”. To bring a run here, "
    "type /qarun and its short ID or link."
)


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
        self._reader = SentenceReader(qatech)
        self._runs = runs
        self._wishes = wishes
        self._clock = clock
        self._wake = wake
        self._heard: OrderedDict[tuple[str, str, bool], None] = OrderedDict()

    async def hear(self, said: Said) -> bool:
        """Reply to a sentence if it is for the bot; returns whether it only deserves a reaction.

        A sentence is heard once: what it asks to have done must not be done twice, not even while
        the database, which tells this otherwise (`SlackInbox`), cannot be used.

        Raises:
            UserError: a refusal that is nobody's business but the speaker's.
        """
        sentence = (said.channel, said.ts, said.addressed)
        if sentence in self._heard:
            return False
        self._heard[sentence] = None
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)
        return await self._hear(said)

    async def _hear(self, said: Said) -> bool:
        thread = await self._thread_of(said)
        if thread is None:
            return await self._elsewhere(said) if said.addressed else False
        understood = await self._reader.read(said, thread.tracked)
        reading, error = understood.reading, understood.error
        if isinstance(reading, Thanks):
            return True
        if isinstance(reading, LeaveAlone):
            return False
        place = _place_of(said)
        if error is not None and not isinstance(reading, NEEDS_NO_RUN):
            await self._reply(place, thread.tracked, trouble(error, thread.tracked.key))
        elif isinstance(reading, NotUnderstood):
            await self._reply(place, thread.tracked, await self._once(reading, place))
        elif isinstance(reading, Ambiguous):
            await self._reply(place, thread.tracked, reading)
        else:
            is_rerun = thread.watch is not None and thread.watch.source == "rerun"
            await self._act(reading, thread.tracked, understood.run, place, is_rerun=is_rerun)
        return False

    async def answer_page(self, question: Question, key: RunKey, offset: int, place: Place) -> bool:
        """Reply with a further page of an answer, or do what was chosen.

        Returns:
            False where that reply stands there already: somebody else pressed the same button.

        Raises:
            QATechError: the run is not stored, and QA.tech does not give it.
            UserError: what was chosen cannot be done, or not by this person.
        """
        looked = await self._runs.whole(key)
        # Not the thread's run: a rerun may have come into the thread since.
        tracked = await self._conversations.known_run(key) or TrackedRun.looked_at(
            key, looked.url, looked.run, self._clock()
        )
        return await self._act(question, tracked, looked.run, place, offset=offset)

    async def _act(
        self,
        question: Question,
        tracked: TrackedRun,
        run: Run,
        place: Place,
        *,
        offset: int = 0,
        is_rerun: bool = False,
    ) -> bool:
        """Answer a question about a run, or do what was wished; False: it was replied to before."""
        if not isinstance(question, Wish):
            page = answer(question, run, offset=offset)
            return await self._reply(place, tracked, page, question)
        reply = await self._wishes.fulfil(question, tracked, run, place, is_rerun=is_rerun)
        return True if reply is None else await self._reply(place, tracked, reply)

    async def _once(self, reading: NotUnderstood, place: Place) -> NotUnderstood:
        """The examples are given once in a thread; after that it is a short word and no more."""
        told = await self._conversations.was_not_understood(
            place.channel, place.thread_ts, besides=place.dedupe_key
        )
        return NotUnderstood(examples=()) if told else reading

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

    async def _elsewhere(self, said: Said) -> bool:
        """The bot was spoken to where no run is: bring the run that was named, or say how.

        Returns:
            As `hear`.
        """
        place = _place_of(said)
        words = [word for word in said.text.split() if not word.startswith("<@")]
        reply = None
        if len(words) == 1 and looks_like_a_run(words[0]):
            reply = await self._wishes.bring(words[0], place, thread_ts=said.thread_ts)
            if reply is None:
                return False
        elif isinstance(await understand_said(said, Run(short_id="", status="")), Thanks):
            return True
        await self._write(
            NewNotice(
                dedupe_key=place.dedupe_key,
                channel=place.channel,
                fact=QuestionAnswered(reply=reply or WishAnswer(heading=_HOW_TO_ASK)),
                thread_ts=place.thread_ts,
                asked_by=place.user,
            )
        )
        return False

    async def _reply(
        self, place: Place, tracked: TrackedRun, reply: Reply, question: Question | None = None
    ) -> bool:
        return await self._write(
            NewNotice(
                dedupe_key=place.dedupe_key,
                channel=place.channel,
                fact=QuestionAnswered(
                    reply=reply, question=question, about=tracked.key, url=tracked.url
                ),
                run_id=tracked.id or None,
                thread_ts=place.thread_ts,
                asked_by=place.user,
            )
        )

    async def _write(self, notice: NewNotice) -> bool:
        """Whether it is new."""
        written = await self._outbox.add([notice], self._clock())
        self._wake()
        return bool(written)


def _place_of(said: Said) -> Place:
    """Where a sentence is replied to."""
    key = f"answer:{said.channel}:{said.ts}"
    return Place(said.channel, said.thread_ts or said.ts, said.user, key)


def _is_fresh(ts: str, thread_ts: str) -> bool:
    """Whether a reply came within seconds of the message that it replies to."""
    try:
        return float(ts) - float(thread_ts) < _FRESH_SECONDS
    except ValueError:
        return False
