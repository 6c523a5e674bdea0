"""Wishes: what a person wants done in the thread of a run, rather than answered."""

from dataclasses import dataclass

from bot.domain.diff import SHARED_AT_LEAST, compare
from bot.domain.errors import QATechError, UserError
from bot.domain.question import Compare, Mute, Rerun, Stop, Thanks, Unmute, Wish
from bot.domain.reply import Reply, WishAnswer, trouble
from bot.domain.run import Run
from bot.domain.watch import TrackedRun
from bot.services.known_runs import KnownRuns
from bot.services.ports import Conversations, Projects
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

    async def fulfil(self, wish: Wish, tracked: TrackedRun, run: Run, place: Place) -> Reply | None:
        """The reply; None where what was done is to be seen without words."""
        match wish:
            case Thanks():
                return None
            case Stop():
                return await self._stop(tracked, place)
            case Mute():
                return await self._mute(tracked, place)
            case Unmute():
                return await self._follow(tracked, place)
            case Rerun():
                return await self._rerun(wish, tracked, place)
            case Compare():
                return await self._compare(wish, tracked, run, place)

    async def bring(self, run: str, place: Place, *, thread_ts: str | None) -> Reply | None:
        """Report or follow the run that was named in a mention; None when that says it all.

        In a thread that is where it is told, else in the channel itself.
        """
        asker = Asker(place.user, place.channel, place.dedupe_key, thread_ts=thread_ts)
        try:
            asked = await self._watching.ask(run, asker)
        except UserError as error:
            return WishAnswer(heading=str(error))
        except QATechError as error:
            return trouble(error, self._watching.resolve(run)[0])
        if isinstance(asked, AlreadyWatched):
            return WishAnswer(heading=f"Run {asked.watch.key} is being watched here already.")
        return trouble(asked.error, asked.watch.key) if isinstance(asked, Waiting) else None

    async def _stop(self, tracked: TrackedRun, place: Place) -> WishAnswer:
        key = tracked.key
        stopped = await self._watching.stop_key(key, place.channel, by=place.user)
        if stopped.was_watched:
            return WishAnswer(
                heading=f"I stopped watching run {key} here. The run itself goes on in QA.tech."
            )
        return WishAnswer(heading=f"Run {key} is not being watched here any more.")

    async def _mute(self, tracked: TrackedRun, place: Place) -> Reply:
        """Nothing but the watch speaks here; for how long it is silent, a person decides."""
        stopped = await self._stop(tracked, place)
        if tracked.has_ended:
            return stopped
        return WishAnswer(heading=f"{stopped.heading} Say “unmute” to have it watched again.")

    async def _follow(self, tracked: TrackedRun, place: Place) -> Reply | None:
        if tracked.has_ended:
            return WishAnswer(heading=f"Run {tracked.key} has ended: nothing to follow.")
        asker = Asker(place.user, place.channel, place.dedupe_key, thread_ts=place.thread_ts)
        try:
            asked = await self._watching.ask_key(tracked.key, tracked.url, asker)
        except QATechError as error:
            return trouble(error, tracked.key)
        if isinstance(asked, AlreadyWatched):
            return WishAnswer(heading=f"Run {tracked.key} is being watched here already.")
        return None

    async def _rerun(self, wish: Rerun, tracked: TrackedRun, place: Place) -> Reply | None:
        if wish.case is not None:
            return WishAnswer(
                heading="I can rerun all test cases or the failed ones, not a single one. "
                "Say “rerun failed”, or start it in QA.tech."
            )
        return await self._rerunning.rerun_in_thread(
            tracked.key,
            failed_only=wish.failed_only,
            user=place.user,
            channel=place.channel,
            thread_ts=place.thread_ts,
            request_id=place.dedupe_key,
        )

    async def _compare(self, wish: Compare, tracked: TrackedRun, run: Run, place: Place) -> Reply:
        if wish.other is None:
            return await self._compare_with_last(tracked, run, place)
        try:
            other, _ = self._projects.resolve(wish.other)
        except UserError as error:
            return WishAnswer(heading=str(error))
        if other == tracked.key:
            return WishAnswer(heading=f"Run {other} is this run. Name another to compare it with.")
        try:
            looked = await self._runs.whole(other)
        except QATechError as error:
            return trouble(error, other)
        return compare(run, looked.run)

    async def _compare_with_last(self, tracked: TrackedRun, run: Run, place: Place) -> Reply:
        """Compare with the newest run before it in this channel that has most test cases shared."""
        for result in await self._conversations.results_in([place.channel], _CANDIDATES):
            if tracked.has_ended and result.ended_at >= tracked.changed_at:
                continue  # it came after this one, or is this one
            if result.key == tracked.key or result.key.project != tracked.key.project:
                continue
            known = await self._conversations.known_run(result.key)
            if known is None or known.run is None:
                continue
            found = compare(run, known.run)
            if found.shared >= SHARED_AT_LEAST * len(run.run_test_cases):
                return found
        return WishAnswer(
            heading="I know no run before this one in this channel. Name the one to compare "
            "with, for example: compare UkxK."
        )
