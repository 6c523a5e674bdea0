"""The composition root: builds every object from the settings and owns their lifetime. No logic."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import SecretStr

from bot import __version__
from bot.config import ProjectSettings, Settings, project_settings
from bot.domain.cadence import LIVE_EDIT_SECONDS, Bounds
from bot.domain.errors import DatabaseError, StartupError
from bot.events import Events
from bot.listening import build_listeners
from bot.metrics import CONTENT_TYPE, Metrics
from bot.owner import is_surely_dead, new_owner
from bot.qatech.client import QATech
from bot.qatech.events import QATechEvents
from bot.qatech.projects import ConfiguredProjects
from bot.qatech.requests import ProjectAccess
from bot.schedule import TICK_SECONDS, DailyJob, RegularJob, Schedule
from bot.services.alerting import CATCH_UP_SECONDS, Alerting
from bot.services.delivery import Delivery
from bot.services.digest import DigestService
from bot.services.polling import Polling
from bot.services.ports import Clock
from bot.services.remote import RemoteWatches
from bot.services.ruling import RulingService
from bot.services.trend import TrendService
from bot.services.watching import WatchService
from bot.serving import listen, serving
from bot.slack.connection import SlackConnection
from bot.slack.inbox import SlackInbox
from bot.slack.messenger import SlackMessenger
from bot.slack.permissions import AllowedPeople, ConfiguredPermissions
from bot.slack.pictures import png_of
from bot.slack.uploads import Uploads
from bot.stopping import Stopping
from bot.store.clock import DatabaseClock
from bot.store.database import Database
from bot.store.store import SqlStore
from bot.web.app import build_web
from bot.web.slack import SlackEndpoint

QATECH_SECONDS = 8.0
"""Longest time for one request to QA.tech: two of them, with the wait for a turn that the client
allows, stay within the lease of a poll."""

PRUNE_AT = "17 3 * * *"
"""At night in most of the world, and not at the full hour, when others do the same."""

DIGEST_SECONDS = 30.0
"""Between two looks for digests that are due: seldom enough to cost nothing, and hardly late."""

INBOX_MEMORY = timedelta(days=1)
"""How long what Slack has handed over is known again; it repeats an event for some minutes."""

_log = structlog.stdlib.get_logger("qarun")


def utc_now() -> datetime:
    """The clock that the whole bot is given, unless a test gives it another."""
    return datetime.now(UTC)


class Bot:
    """One running bot. Build it inside the event loop; `run` serves until `stop` is set."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        live_edit_seconds: float = LIVE_EDIT_SECONDS,
        tick_seconds: float = TICK_SECONDS,
        catch_up_seconds: float = CATCH_UP_SECONDS,
        digest_seconds: float = DIGEST_SECONDS,
        clock: Clock = utc_now,
    ) -> None:
        projects = project_settings(settings)
        owner = self._owner = new_owner()
        self._settings = settings
        self._metrics = Metrics()
        events = Events(self._metrics)
        database.report_to(events)
        self._store = SqlStore(database)
        clock = self._clock = DatabaseClock(database, own_clock=clock)
        self._qatech = build_qatech(settings, projects, events)
        self._slack = SlackConnection(
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=_revealed(settings.slack_app_token),
            api_url=settings.slack_api_url,
            events=events,
        )
        self._polling = Polling(
            store=self._store,
            qatech=self._qatech,
            bounds=Bounds(
                poll_min_seconds=settings.qarun_poll_min_seconds,
                poll_max_seconds=settings.qarun_poll_max_seconds,
                timeout_hours=settings.qarun_watch_timeout_hours,
                live_edit_seconds=live_edit_seconds,
            ),
            clock=clock,
            owner=owner,
            wake=self._wake,
            events=events,
            alerting=Alerting(
                store=self._store,
                clock=clock,
                wake=self._wake,
                events=events,
                catch_up_seconds=catch_up_seconds,
            ),
            max_rps=settings.qarun_qatech_max_rps,
            sweep_in=self._sweep_in,
        )
        self._delivery = Delivery(
            store=self._store,
            messenger=SlackMessenger(
                self._slack.client,
                bot_name=lambda: self._slack.bot_name,
                webhook=self._slack.webhook,
                standing=self._slack.standing,
                uploads=Uploads(self._slack.client, png_of),
                clock=clock,
            ),
            clock=clock,
            owner=owner,
            wake=self._wake,
            events=events,
            live_edit_seconds=live_edit_seconds,
            alert_burst=settings.qarun_alert_burst,
        )
        digests = DigestService(
            store=self._store,
            aliases=list(projects),
            clock=clock,
            wake=self._wake,
            events=events,
            retention=timedelta(days=settings.qarun_retention_days),
        )
        self._schedule = Schedule(
            sweep=self._polling.sweep,
            deliver=self._deliver,
            measure=self._measure,
            on_crash=events.loop_crashed,
            on_ran=events.loop_ran,
            tick_seconds=tick_seconds,
            regular_jobs=(
                RegularJob("digest", digests.tell_due, digest_seconds),
                RegularJob("inbox", self._take_up, tick_seconds),
            ),
            daily_jobs=(DailyJob("prune", self.prune, PRUNE_AT),),
        )
        self._stopping = Stopping(
            (self._schedule, self._slack.listeners, self._polling, self._delivery),
            stop_waiting=self._qatech.aclose,
        )
        known_projects = ConfiguredProjects(
            {alias: project.slug for alias, project in projects.items()}
        )
        watching = WatchService(
            store=self._store,
            qatech=self._qatech,
            projects=known_projects,
            direct=self._slack,
            clock=clock,
            poll_min_seconds=settings.qarun_poll_min_seconds,
            wake=self._wake,
        )
        self._remote = RemoteWatches(
            store=self._store,
            watching=watching,
            projects=known_projects,
            clock=clock,
            wake=self._wake,
        )
        permissions = ConfiguredPermissions(
            rerun=AllowedPeople(self._slack.client, settings.rerun_allowed),
            rules=AllowedPeople(self._slack.client, settings.rules_allowed),
        )
        self._ruling = RulingService(
            store=self._store,
            aliases=list(projects),
            from_file=settings.rules,
            permissions=permissions,
            clock=clock,
        )
        for listener in build_listeners(
            store=self._store,
            qatech=self._qatech,
            projects=known_projects,
            slack=self._slack,
            watching=watching,
            ruling=self._ruling,
            trends=TrendService(
                store=self._store,
                aliases=list(projects),
                direct=self._slack,
                clock=clock,
                wake=self._wake,
            ),
            permissions=permissions,
            clock=clock,
            wake=self._wake,
            allowed_teams=settings.allowed_teams,
        ):
            listener.register(self._slack.app)
        self._inbox = SlackInbox(self._slack.app, self._store, clock=clock, owner=owner)
        self._inbox.register()
        self._slack.listeners.when_ended = self._inbox.dealt_with

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish what is in flight.

        Raises:
            StartupError: the port is taken, or Slack refuses a token.
        """
        settings = self._settings
        try:
            await self._take_over()
        except DatabaseError as error:
            raise StartupError(
                f"QARUN_DATABASE_URL: the database cannot be used any more ({error}); start again "
                "when it can."
            ) from error
        try:
            listener = listen(settings.qarun_host, settings.qarun_port)
        except OSError as error:
            raise StartupError(
                f"QARUN_PORT: cannot listen on {settings.qarun_host}:{settings.qarun_port} "
                f"({error.strerror}); choose another port or QARUN_HOST."
            ) from None
        web = build_web(
            problems=self.problems,
            warnings=self.warnings,
            metrics=self._metrics.render,
            metrics_type=CONTENT_TYPE,
            slack=self._slack_endpoint(),
            remote=self._remote,
            api_token=_revealed(settings.qarun_api_token),
            api_max_rps=settings.qarun_api_max_rps,
        )
        # What Slack may ask for ends before what answers it does.
        async with self._clockwork(), serving(web, listener) as url:
            _log.info("serving", url=url, version=__version__)
            await self._until(stop)
        _log.info("stopped")

    def _slack_endpoint(self) -> SlackEndpoint | None:
        if not self._slack.over_http:
            return None
        return SlackEndpoint(
            self._slack.app,
            signing_secret=_revealed(self._settings.slack_signing_secret) or "",
            knows_itself=lambda: self._slack.identity is not None,
        )

    async def _take_over(self) -> None:
        """Free what dead processes held, and make the file's rules those of the channels."""
        await self._clock.set()
        if dead := await self._store.release_leases(lambda one: is_surely_dead(one, self._owner)):
            _log.info("leases_released", owners=len(dead))
        await self._ruling.apply_file()

    async def problems(self) -> Mapping[str, str]:
        """What is not well at this moment, for `/readyz`."""
        found = {}
        if why := await self._store.problem():
            found["database"] = why
        if why := await self._slack.problem():
            found["slack"] = why
        if not self._schedule.is_well(utc_now()):
            found["scheduler"] = "sweeps do not begin as they should"
        return found

    async def warnings(self) -> Mapping[str, str]:
        """What somebody should look at although the bot is well, for `/readyz`."""
        refusals = await self._store.refusals()
        found = {f"channel {channel}": f"refuses: {why}" for channel, why in refusals.items()}
        if why := self._qatech.problem():
            found["qatech"] = why
        if why := self._slack.standing.lacking:
            found["slack"] = why
        return found

    async def prune(self) -> None:
        """Forget what ended before the retention; a job of the night, of one process alone."""
        now = self._clock()
        if not await self._store.take_turn("prune", now=now, every=timedelta(hours=12)):
            return
        await self._store.forget(now - INBOX_MEMORY)
        pruned = await self._store.prune(now - timedelta(days=self._settings.qarun_retention_days))
        _log.info("pruned", records=pruned.records, runs=pruned.runs, notices=pruned.notices)

    async def close(self) -> None:
        """Close every connection."""
        await self._slack.close()
        await self._qatech.aclose()

    async def _until(self, stop: asyncio.Event) -> None:
        connected = asyncio.create_task(self._slack.keep_connected(), name="slack")
        stopped = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({connected, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._schedule.stop()
        self._stopping.begin()
        if connected.done():
            await connected
        connected.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connected

    @contextlib.asynccontextmanager
    async def _clockwork(self) -> AsyncIterator[None]:
        self._schedule.start()
        try:
            yield
        finally:
            self._schedule.stop()
            await self._stopping.finish()
            self._inbox.close()

    def _wake(self) -> None:
        self._schedule.wake()

    def _sweep_in(self, seconds: float) -> None:
        self._schedule.sweep_in(seconds)

    async def _deliver(self) -> None:
        # Until Slack has said who the bot is, every attempt would fail.
        if self._slack.identity is not None:
            await self._delivery.deliver_due()

    async def _take_up(self) -> None:
        if self._slack.identity is not None:
            await self._inbox.take_up()

    async def _measure(self) -> None:
        await self._clock.set()
        now = self._clock()
        self._metrics.slack_connected.set(await self._slack.problem() is None)
        self._metrics.sweep_lag.set(await self._store.overdue(now))
        backlog = await self._store.backlog(now)
        self._metrics.outbox_age.set(backlog.age)
        self._metrics.outbox_depth.set(backlog.depth)


def build_qatech(
    settings: Settings,
    projects: Mapping[str, ProjectSettings],
    events: QATechEvents | None = None,
) -> QATech:
    """The client of QA.tech for all configured projects."""
    return QATech(
        base_url=settings.qatech_api_url,
        projects={
            alias: ProjectAccess(token=project.token, project=project.project)
            for alias, project in projects.items()
        },
        max_rps=settings.qarun_qatech_max_rps,
        version=__version__,
        timeout_seconds=QATECH_SECONDS,
        rest_seconds=(settings.qarun_poll_min_seconds, settings.qarun_poll_max_seconds),
        events=events,
    )


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Prepare the database and run the bot until `stop` is set.

    Raises:
        StartupError: a setting is wrong, the database cannot be used, Slack refuses a token.
    """
    async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
        before, after = await database.migrate()
        if before != after:
            _log.info("migrated", before=before, after=after)
        bot = Bot(settings, database)
        try:
            await bot.run(stop)
        finally:
            await bot.close()


async def migrate(settings: Settings) -> tuple[str | None, str | None]:
    """Bring the database up to date; the revisions before and after, None for an empty one."""
    async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
        return await database.migrate()
