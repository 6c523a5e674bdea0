"""Wishes: what a person wants done in the thread of a run, rather than answered."""

from dataclasses import dataclass

from bot.domain.diff import SHARED_AT_LEAST, compare
from bot.domain.errors import QATechError, UserError
from bot.domain.question import Compare, Mute, Rerun, Stop, Thanks, Unmute, Wish
from bot.domain.reply import Reply, WishAnswer, trouble
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.services.known_runs import KnownRuns
from bot.services.ports import Conversations, Projects, ThreadRun
from bot.services.rerunning import RerunService
from bot.services.watching import AlreadyWatched, Asker, Waiting, WatchService

_CANDIDATES = 10
"""Runs that are looked at to find the one before."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply goes, and the key under which it is told once."""

    channel: str
    thread_ts: str
    user: str
    dedupe_key: str


class WishService:
    """Fulfils wishes and says what became of them; it posts nothing itself."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        projects: Projects,
        runs: KnownRuns,
        watching: WatchService,
        rerunning: RerunService,
    ) -> None:
        self._conversations = conversations
        self._projects = projects
        self._runs = runs
        self._watching = watching
        self._rerunning = rerunning

    async def fulfil(self, wish: Wish, thread: ThreadRun, run: Run, place: Place) -> Reply | None:
        """The reply; None where what was done is to be seen without words."""
        match wish:
            case Thanks():
                return None
            case Stop() | Mute():
                return await self._stop(thread, place)
            case Unmute():
                return await self._follow(thread, place)
            case Rerun():
                return await self._rerun(wish, thread, place)
            case Compare():
                return await self._compare(wish, thread, run, place)

    async def bring(self, run: str, place: Place) -> Reply | None:
        """Report or follow the run that was named in a mention; None when that says it all."""
        asker = Asker(place.user, place.channel, place.dedupe_key)
        try:
            asked = await self._watching.ask(run, asker)
        except UserError as error:
            return WishAnswer(heading=str(error))
        except QATechError as error:
            return trouble(error, self._watching.resolve(run)[0])
        if isinstance(asked, AlreadyWatched):
            return WishAnswer(heading=f"Run {asked.watch.key} is being watched here already.")
        return trouble(asked.error, asked.watch.key) if isinstance(asked, Waiting) else None

    async def _stop(self, thread: ThreadRun, place: Place) -> Reply:
        key = thread.tracked.key
        stopped = await self._watching.stop_key(key, place.channel, by=place.user)
        if stopped.was_watched:
            return WishAnswer(
                heading=f"I stopped watching run {key} here. The run itself goes on in QA.tech."
            )
        return WishAnswer(heading=f"Run {key} is not being watched here any more.")

    async def _follow(self, thread: ThreadRun, place: Place) -> Reply | None:
        if thread.tracked.has_ended:
            return WishAnswer(heading=f"Run {thread.tracked.key} has ended: nothing to follow.")
        asker = Asker(place.user, place.channel, place.dedupe_key, thread_ts=place.thread_ts)
        await self._watching.ask_key(thread.tracked.key, thread.tracked.url, asker)
        return None

    async def _rerun(self, wish: Rerun, thread: ThreadRun, place: Place) -> Reply | None:
        if wish.case is not None:
            return WishAnswer(
                heading="I can rerun all test cases or the failed ones, not a single one. "
                "Say “rerun failed”, or start it in QA.tech."
            )
        return await self._rerunning.rerun_in_thread(
            thread.tracked.key,
            failed_only=wish.failed_only,
            user=place.user,
            channel=place.channel,
            thread_ts=place.thread_ts,
        )

    async def _compare(self, wish: Compare, thread: ThreadRun, run: Run, place: Place) -> Reply:
        key = thread.tracked.key
        if wish.other is None:
            return await self._compare_with_last(key, run, place)
        try:
            other, _ = self._projects.resolve(wish.other)
            looked = await self._runs.whole(other)
            if not run.issues and not thread.tracked.has_ended:
                run = (await self._runs.whole(key)).run
        except UserError as error:
            return WishAnswer(heading=str(error))
        except QATechError as error:
            return trouble(error, other)
        return compare(run, looked.run)

    async def _compare_with_last(self, key: RunKey, run: Run, place: Place) -> Reply:
        """Compare with the run that ended last in this channel and has most test cases shared."""
        for result in await self._conversations.results_in([place.channel], _CANDIDATES):
            known = await self._conversations.known_run(result.key)
            if result.key == key or result.key.project != key.project:
                continue
            if known is None or known.run is None:
                continue
            found = compare(run, known.run)
            if found.shared >= SHARED_AT_LEAST * len(run.run_test_cases):
                return found
        return WishAnswer(
            heading="I know no run before this one in this channel. Name the one to compare "
            "with, for example: compare UkxK."
        )
