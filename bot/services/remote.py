"""What a machine may do with watches: CI, which has started a run, by the HTTP API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.domain.audit import BY_API, Act, NewEntry
from bot.domain.errors import UserError
from bot.domain.notice import ended_notices
from bot.domain.rules import NotifyOn
from bot.domain.short_id import RunKey, parse_run_reference
from bot.domain.watch import WatchedRun, WatchEnd, WatchState
from bot.services.ports import Clock, Deliveries, NoticeStatus, Projects, Wake, Watches
from bot.services.watching import WatchService


class FieldError(UserError):
    """One field of a request cannot be used; `str(error)` says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wish:
    """A run that is to be watched in a channel.

    Attributes:
        run: its short ID or link, in any form that a person may type.
        project: the alias of its project, None where `run` or the default says it.
        notify_on: None leaves it to the channel's rule.
    """

    run: str
    channel: str
    project: str | None = None
    notify_on: NotifyOn | None = None
    mention: tuple[str, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A watch, and what has become of each of its notices, the oldest first."""

    watched: WatchedRun
    notices: Sequence[NoticeStatus]


class RemoteStore(Watches, Deliveries, Protocol):
    """What remote watches need of the database."""


class RemoteWatches:
    """Opens, shows and stops watches for those who are not in Slack."""

    def __init__(
        self,
        *,
        store: RemoteStore,
        watching: WatchService,
        projects: Projects,
        clock: Clock,
        wake: Wake,
    ) -> None:
        self._store = store
        self._watching = watching
        self._projects = projects
        self._clock = clock
        self._wake = wake

    async def open(self, wish: Wish) -> tuple[Followed, bool]:
        """Have a run watched; the same run and channel again is the same watch, unchanged.

        Returns the watch, and whether it is new.

        Raises:
            FieldError: the run is none, or there is no such project.
            RunNotFound, AccessDenied: nothing is stored.
        """
        key, url = self._resolve(wish)
        outcome = await self._watching.watch(
            key,
            url,
            channel=wish.channel,
            source="api",
            asked_by=None,
            notify_on=wish.notify_on,
            mention=wish.mention,
            live=wish.live,
        )
        watched = WatchedRun(outcome.watch, outcome.tracked)
        return Followed(watched, await self._store.notices_of(outcome.watch.id)), outcome.created

    async def find(self, watch_id: str) -> Followed | None:
        """The watch with this ID, None where there is none."""
        watched = await self._store.watch_of(watch_id)
        if watched is None:
            return None
        return Followed(watched, await self._store.notices_of(watch_id))

    async def stop(self, watch_id: str) -> bool:
        """Stop a watch, or leave it as it has ended; False where there is none.

        Only a live message is told of it: a channel that has seen nothing has nothing to learn.
        """
        watched = await self._store.watch_of(watch_id)
        if watched is None:
            return False
        watch = watched.watch
        await self._store.end_watch(
            watch.id,
            state=WatchState.STOPPED,
            notices=ended_notices(watch, WatchEnd.STOPPED) if watch.live else (),
            now=self._clock(),
            audit=(NewEntry(Act.WATCH_STOPPED, BY_API, watch.channel, watch.key),),
        )
        self._wake()
        return True

    def _resolve(self, wish: Wish) -> tuple[RunKey, str | None]:
        try:
            reference = parse_run_reference(wish.run)
        except UserError as error:
            raise FieldError("run", str(error)) from None
        if wish.project is not None:
            if reference.alias not in {None, wish.project}:
                why = f"`{wish.run}` names another project than `{wish.project}`."
                raise FieldError("project", why)
            reference = replace(reference, alias=wish.project, slug=None)
        try:
            return self._projects.resolve(reference)
        except UserError as error:
            field = "run" if wish.project is None else "project"
            raise FieldError(field, str(error)) from None
