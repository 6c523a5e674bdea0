"""A bench with every listener registered on it, and its end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.listening import build_listeners
from bot.playground.slack import Workspace, serving_slack
from bot.qatech.projects import ConfiguredProjects
from bot.services.ruling import RulingService
from bot.services.trend import TrendService
from bot.services.watching import WatchService
from bot.serving import listen
from bot.slack.connection import SlackConnection
from bot.slack.permissions import AllowedPeople, ConfiguredPermissions
from tests.e2e.stage import poll_until, value
from tests.slack.listeners.bench import Bench, now
from tests.slack.listeners.dispatch import Dispatch


@contextlib.asynccontextmanager
async def bench_of(
    *, over_http: bool, rerun_allowed: list[str] | None = None
) -> AsyncIterator[Bench]:
    """A bench whose listeners hear; gone at the end of the block."""
    slack = Workspace()
    slack.rates.is_enabled = False
    slack.courier.retry_seconds = ()
    async with serving_slack(slack, listen("127.0.0.1", 0)) as api_url:
        connection = SlackConnection(bot_token=slack.bot_token, app_token=None, api_url=api_url)
        slack.courier.transport = Dispatch(connection.app, over_http)
        bench = Bench(slack, connection, rerun_allowed=rerun_allowed)
        register_all(bench)
        connected = asyncio.create_task(connection.keep_connected())
        try:
            await poll_until(lambda: value(connection.identity), lambda found: found is not None)
            yield bench
            await bench.finished()
        finally:
            connected.cancel()
            await connection.close()


def register_all(bench: Bench) -> None:
    """Register every listener on the app of a bench."""
    projects = ConfiguredProjects({"default": "shop"})
    watching = WatchService(
        store=bench.store,
        qatech=bench.qatech,
        projects=projects,
        direct=bench.connection,
        clock=now,
        poll_min_seconds=5,
        wake=bench.wake,
    )
    client = bench.connection.client
    permissions = ConfiguredPermissions(
        rerun=AllowedPeople(client, bench.rerun_allowed), rules=AllowedPeople(client, None)
    )
    for listener in build_listeners(
        store=bench.store,
        qatech=bench.qatech,
        projects=projects,
        slack=bench.connection,
        watching=watching,
        ruling=RulingService(
            store=bench.store,
            aliases=["default"],
            from_file={},
            permissions=permissions,
            clock=now,
        ),
        trends=TrendService(
            store=bench.store,
            aliases=["default"],
            direct=bench.connection,
            clock=now,
            wake=bench.wake,
        ),
        permissions=permissions,
        allowed_teams=None,
        clock=now,
        wake=bench.wake,
    ):
        listener.register(bench.connection.app)
