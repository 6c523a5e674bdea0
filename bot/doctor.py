"""`qarun doctor`: is everything well, and if not, what is the cure?"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from rich.console import Console
from rich.table import Table
from rich.text import Text
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import build_qatech
from bot.config import Settings, project_settings
from bot.domain.addresses import is_loopback
from bot.domain.errors import AccessDenied, QATechError, RunNotFound, StartupError
from bot.domain.short_id import DEFAULT_PROJECT, RunKey
from bot.services.ports import BARE
from bot.slack.examination import (
    Failed,
    examine_app_token,
    examine_bot_token,
    examine_channels,
    missing_scopes,
)
from bot.slack.identity import Identity
from bot.slack.outgoing import slack_session, web_client
from bot.slack.scopes import SCOPES
from bot.store.database import Database
from bot.store.store import SqlStore

_NO_RUN = "qarun-doctor"
"""Asked for to see whether the key is let in: a 404 says that it is."""
_MOST_CHANNELS = 50
_DEAD_LETTERS = timedelta(days=7)
"""Of notices given up before that, nobody wants to be told any more."""
_UNREACHABLE = "Check SLACK_API_URL and the network; try again."
_log = structlog.stdlib.get_logger("qarun")
_SILENT = logging.getLogger("slack_sdk.qarun")
"""What it would say stands in the table."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found and, where it is not well, the cure."""

    what: str
    found: str
    cure: str | None = None

    @property
    def ok(self) -> bool:
        return self.cure is None


async def examine(settings: Settings) -> list[Check]:
    """Look at everything; changes nothing and posts nothing."""
    way = "Socket Mode" if settings.slack_app_token else "signed HTTP at POST /slack/events"
    checks = [
        Check("settings", f"complete; Slack is reached by {way}{_unencrypted(settings)}"),
        Check("permissions", _permissions(settings)),
    ]
    channels: list[str] = []
    checks += await _database(settings, channels)
    checks += [check async for check in _qatech(settings)]
    checks += [check async for check in _slack(settings, channels)]
    return checks


def _unencrypted(settings: Settings) -> str:
    """The addresses to which keys travel for everybody to read."""
    addresses = {
        "SLACK_API_URL": settings.slack_api_url,
        "QATECH_API_URL": settings.qatech_api_url,
    }
    bare = [
        name
        for name, url in addresses.items()
        if urlsplit(url).scheme == "http" and not is_loopback(urlsplit(url).hostname or "")
    ]
    return f"; NOT ENCRYPTED: {', '.join(bare)} (use https)" if bare else ""


def _permissions(settings: Settings) -> str:
    """Who may do what, in the words of the settings."""
    allowed = settings.allowed_teams
    teams = "everyone" if allowed is None else ", ".join(["its own workspace", *allowed])
    parts = [
        f"used by: {teams}",
        f"reruns: {settings.qarun_rerun_allowed}",
        f"rules and mutes: {settings.qarun_rules_allowed}",
        f"/api/v1: {'whoever has QARUN_API_TOKEN' if settings.qarun_api_token else 'off'}",
    ]
    return "; ".join(parts)


def show(checks: list[Check]) -> None:
    """The checks as a table on stdout."""
    table = Table(show_lines=True)
    for heading in ("", "what", "found", "cure"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        cells = ("ok" if check.ok else "NOT WELL", check.what, check.found, check.cure or "")
        # As texts: what a server or a setting says may look like rich's markup.
        table.add_row(*map(Text, cells))
    Console().print(table)
    wrong = sum(not check.ok for check in checks)
    Console().print("All is well." if not wrong else f"{wrong} of {len(checks)} are not well.")


async def _database(settings: Settings, channels: list[str]) -> list[Check]:
    """The database, and the channels that refuse alerts; `channels` are told to, to be examined."""
    try:
        async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
            if why := await database.misfit():
                cure = (
                    "Check QARUN_DATABASE_URL; for a new database or after an upgrade, run "
                    "`qarun migrate`."
                )
                return [Check("database", why, cure)]
            store = SqlStore(database)
            watched = await store.watches_in(None)
            rules = [
                channel
                for channel, rule in (await store.all_rules()).items()
                if not rule.mutes_only
            ]
            refusals = await store.refusals()
            given_up = await store.count_dead_letters(datetime.now(UTC) - _DEAD_LETTERS)
    except StartupError as error:
        return [Check("database", "cannot be opened", str(error))]
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the neighbours are looked at too
        _log.exception("database_unreadable")
        cure = "The log says where; docs/operations.md tells how to restore a backup."
        return [Check("database", f"cannot be read: {type(error).__name__}", cure)]
    channels += sorted({*rules, *(each.watch.channel for each in watched)})
    found = f"reached, prepared; {len(watched)} watches active"
    if rules:
        found += f", channels with rules: {len(rules)}"
    return [
        Check("database", found),
        _dead_letters(given_up),
        *(_refusal(*each) for each in refusals.items()),
    ]


def _dead_letters(number: int) -> Check:
    what, when = "notices given up", f"in the last {_DEAD_LETTERS.days} days"
    if not number:
        return Check(what, f"none {when}")
    cure = (
        "`qarun outbox list` shows them with the reasons; when those are cured, `qarun outbox "
        "retry` tells them after all."
    )
    return Check(what, f"{number} {when}: nobody was told", cure)


def _refusal(channel: str, why: str) -> Check:
    cure = "Invite the bot there again, or change the rules of that channel with /qarun alerts."
    return Check(f"alerts in {channel}", f"Slack refuses them: {why}", cure)


async def _qatech(settings: Settings) -> AsyncIterator[Check]:
    projects = project_settings(settings)
    client = build_qatech(settings, projects)
    try:
        for alias in projects:
            what = "QA.tech key" if alias == DEFAULT_PROJECT else f"QA.tech key of {alias}"
            try:
                await client.get_run(RunKey(alias, _NO_RUN), BARE)
            except RunNotFound:
                yield Check(what, "accepted")
            except AccessDenied as error:
                yield Check(what, str(error), _cure_of_key(alias))
            except QATechError as error:
                yield Check(what, str(error), "Check QATECH_API_URL and the network; try again.")
            else:
                yield Check(what, "accepted")
    finally:
        await client.aclose()


def _cure_of_key(alias: str) -> str:
    if alias == DEFAULT_PROJECT:
        key, project = "QATECH_API_TOKEN", "QATECH_PROJECT"
    else:
        key, project = f"the token of [projects.{alias}]", "its project"
    return f"Set {key} to a valid key; an organisation's key needs {project} too."


async def _slack(settings: Settings, channels: list[str]) -> AsyncIterator[Check]:
    async with slack_session(settings.slack_api_url) as session:
        token = settings.slack_bot_token.get_secret_value()
        client = web_client(settings.slack_api_url, token, session, _SILENT)
        async for check in _workspace(settings, client, channels):
            yield check


async def _workspace(
    settings: Settings, client: AsyncWebClient, channels: list[str]
) -> AsyncIterator[Check]:
    identity = await examine_bot_token(client)
    if isinstance(identity, Failed):
        cure = "Copy SLACK_BOT_TOKEN again from “OAuth & Permissions”."
        yield Check("Slack bot token", identity.why, cure if identity.is_refusal else _UNREACHABLE)
        return
    yield Check("Slack bot token", f"@{identity.name} in {identity.team}")
    yield _scopes(identity)
    if settings.slack_app_token is not None:
        yield await _app_token(client, settings.slack_app_token.get_secret_value())
    outside = await examine_channels(client, channels[:_MOST_CHANNELS])
    for channel, why in outside.items():
        cure = f"In that channel, type /invite @{identity.name}, or stop its watches."
        yield Check(f"channel {channel}", why, cure)
    if channels and not outside:
        yield Check("channels with watches", f"a member of all {len(channels)}")


async def _app_token(client: AsyncWebClient, token: str) -> Check:
    failed = await examine_app_token(client, token)
    if failed is None:
        return Check("Slack app token", "opens a socket")
    cure = "Copy SLACK_APP_TOKEN again; it needs connections:write and Socket Mode switched on."
    return Check("Slack app token", failed.why, cure if failed.is_refusal else _UNREACHABLE)


def _scopes(identity: Identity) -> Check:
    if identity.scopes is None:
        return Check("Slack scopes", "Slack did not name them")
    if missing := missing_scopes(identity):
        needed = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        return Check(
            "Slack scopes",
            f"missing: {needed}",
            "Add them under “OAuth & Permissions” (or paste manifest.yml) and reinstall the app.",
        )
    return Check("Slack scopes", f"all {len(SCOPES)} granted")
