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
from bot.domain.errors import StartupError
from bot.listening import build_listeners
from bot.logs import Events
from bot.metrics import CONTENT_TYPE, Metrics
from bot.owner import is_surely_dead, new_owner
from bot.qatech.client import QATech
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
from bot.slack.messenger import SlackMessenger
from bot.slack.permissions import RerunPermissions
from bot.slack.pictures import png_of
from bot.slack.uploads import Uploads
from bot.store.database import Database
from bot.store.store import SqlStore
from bot.web.app import build_web

STOP_SECONDS = 3.0
"""Time for what is in flight to finish, and as much again once QA.tech is not waited for any more;
with the rest of the stop it stays under 10 s."""

QATECH_SECONDS = 8.0
"""Longest time for one request to QA.tech: two of them, with the wait for a turn that the client
allows, stay within the lease of a poll."""

PRUNE_AT = "17 3 * * *"
"""At night in most of the world, and not at the full hour, when others do the same."""

DIGEST_SECONDS = 30.0
"""Between two looks for digests that are due: seldom enough to cost nothing, and hardly late."""

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
        self._clock = clock
        self._metrics = Metrics()
        events = Events(self._metrics)
        self._store = SqlStore(database)
        self._qatech = build_qatech(settings, projects)
        self._slack = SlackConnection(
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=_revealed(settings.slack_app_token),
            signing_secret=_revealed(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
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
                uploads=Uploads(self._slack.client, png_of),
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
            regular_jobs=(RegularJob("digest", digests.tell_due, digest_seconds),),
            daily_jobs=(DailyJob("prune", self._prune, PRUNE_AT),),
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
        self._ruling = RulingService(
            store=self._store,
            aliases=list(projects),
            from_file=settings.rules,
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
            permissions=RerunPermissions(self._slack.client, settings.rerun_allowed),
            clock=clock,
            wake=self._wake,
        ):
            listener.register(self._slack.app)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish what is in flight.

        Raises:
            StartupError: the port is taken, or Slack refuses a token.
        """
        settings = self._settings
        if dead := await self._store.release_leases(lambda one: is_surely_dead(one, self._owner)):
            _log.info("leases_released", owners=len(dead))
        await self._ruling.apply_file()
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
            slack=self._slack.app if self._slack.over_http else None,
            remote=self._remote,
            api_token=_revealed(settings.qarun_api_token),
        )
        # What Slack may ask for ends before what answers it does.
        async with self._clockwork(), serving(web, listener) as url:
            _log.info("serving", url=url, version=__version__)
            await self._until(stop)
        _log.info("stopped")

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
        return {f"channel {channel}": f"refuses: {why}" for channel, why in refusals.items()}

    async def close(self) -> None:
        """Close every connection."""
        await self._slack.close()
        await self._qatech.aclose()

    async def _until(self, stop: asyncio.Event) -> None:
        connected = asyncio.create_task(self._slack.keep_connected(), name="slack")
        stopped = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({connected, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
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
            await self._finish()
            # Who still waits for QA.tech now takes it to be down: a wish is stored, not lost.
            await self._qatech.aclose()
            await self._finish()

    async def _finish(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._schedule.finish()
                await asyncio.gather(
                    self._slack.finish(), self._polling.finish(), self._delivery.finish()
                )

    def _wake(self) -> None:
        self._schedule.wake()

    def _sweep_in(self, seconds: float) -> None:
        self._schedule.sweep_in(seconds)

    async def _deliver(self) -> None:
        # Until Slack has said who the bot is, every attempt would fail.
        if self._slack.identity is not None:
            await self._delivery.deliver_due()

    async def _prune(self) -> None:
        retention = timedelta(days=self._settings.qarun_retention_days)
        pruned = await self._store.prune(self._clock() - retention)
        _log.info("pruned", records=pruned.records, runs=pruned.runs, notices=pruned.notices)

    async def _measure(self) -> None:
        now = self._clock()
        self._metrics.sweep_lag.set(await self._store.overdue(now))
        self._metrics.outbox_age.set(await self._store.oldest_due(now))


def build_qatech(settings: Settings, projects: Mapping[str, ProjectSettings]) -> QATech:
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
