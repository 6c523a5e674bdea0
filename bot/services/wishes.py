"""Wishes: what a person wants done in the thread of a run, rather than answered."""

from dataclasses import dataclass

from bot.domain.diff import compare
from bot.domain.errors import QATechError, UserError
from bot.domain.question import Compare, Mute, Rerun, Stop, Thanks, Unmute, Wish
from bot.domain.reply import Reply, WishAnswer, trouble
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.services.alerting import remembered
from bot.services.known_runs import KnownRuns
from bot.services.ports import Clock, Projects, Records
from bot.services.rerunning import RerunService
from bot.services.watching import AlreadyWatched, Asker, Waiting, WatchService


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
        records: Records,
        projects: Projects,
        runs: KnownRuns,
        watching: WatchService,
        rerunning: RerunService,
        clock: Clock,
    ) -> None:
        self._records = records
        self._projects = projects
        self._runs = runs
        self._watching = watching
        self._rerunning = rerunning
        self._clock = clock

    async def fulfil(
        self, wish: Wish, tracked: TrackedRun, run: Run, place: Place, *, is_rerun: bool = False
    ) -> Reply | None:
        """The reply; None where what was done is to be seen without words.

        Args:
            wish: what is to be done.
            tracked: the run that it is about, as it is stored.
            run: the same as QA.tech tells it.
            place: where it was said.
            is_rerun: the run was started from this thread.
        """
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
                return await self._rerun(wish, tracked, place, is_rerun=is_rerun)
            case Compare():
                return await self._compare(wish, tracked, run)

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

    async def _rerun(
        self, wish: Rerun, tracked: TrackedRun, place: Place, *, is_rerun: bool
    ) -> Reply | None:
        if wish.case is not None:
            return WishAnswer(
                heading="I can rerun all test cases or the failed ones, not a single one. "
                "Say “rerun failed”, or start it in QA.tech."
            )
        if is_rerun and (not_yet := await self._unfinished(tracked)) is not None:
            return not_yet
        return await self._rerunning.rerun_in_thread(
            tracked.key,
            failed_only=wish.failed_only,
            user=place.user,
            channel=place.channel,
            thread_ts=place.thread_ts,
            request_id=place.dedupe_key,
        )

    async def _unfinished(self, tracked: TrackedRun) -> Reply | None:
        """Who asks while a rerun of this thread goes on means the one that somebody has started.

        A run that nobody watches any more may have ended all the same.
        """
        if tracked.has_ended:
            return None
        key = tracked.key
        try:
            looked = await self._runs.whole(key)
        except QATechError as error:
            return trouble(error, key)
        if looked.run.has_ended:
            return None
        return WishAnswer(
            heading=f"Run {key} is a rerun that was started here and has not ended yet, so I did "
            "not start another. Once it has ended, ask again."
        )

    async def _compare(self, wish: Compare, tracked: TrackedRun, run: Run) -> Reply:
        if wish.other is None:
            return await self._compare_with_last(tracked, run)
        try:
            other, _ = self._projects.resolve(wish.other)
        except UserError as error:
            return WishAnswer(heading=str(error))
        if other == tracked.key:
            return WishAnswer(heading=f"Run {other} is this run. Name another to compare it with.")
        return await self._compare_with(other, run)

    async def _compare_with_last(self, tracked: TrackedRun, run: Run) -> Reply:
        """Compare with the run that the report of this one was compared with."""
        seen = await remembered(self._records, tracked.key, run, self._clock())
        if seen.past.compared is None:
            return WishAnswer(
                heading="I remember no run before this one with at least half of its test cases. "
                "Name the one to compare with, for example: compare UkxK."
            )
        return await self._compare_with(
            RunKey(tracked.key.project, seen.past.compared.short_id), run
        )

    async def _compare_with(self, other: RunKey, run: Run) -> Reply:
        try:
            looked = await self._runs.whole(other)
        except QATechError as error:
            return trouble(error, other)
        return compare(run, looked.run)
