"""The command line: parse, call, print."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot import __version__
from bot.domain.errors import StartupError

if TYPE_CHECKING:
    from bot.config import Settings

# What only one command needs is imported in that command: `--help` should not wait for it.

cli = typer.Typer(
    name="qarun",
    help="Brings the runs of QA.tech into Slack: ask, watch, be told once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


outbox = typer.Typer(
    name="outbox",
    help="The notices that were given up, and putting them back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
cli.add_typer(outbox)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qarun {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
]
"""Taken by every command; its callback has done all there is to do."""


AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@outbox.callback()
@cli.callback()
def _options(version: Version = False) -> None:
    """The options before a command."""


@cli.command()
def serve(version: Version = False) -> None:
    """Run the bot in the foreground until SIGINT or SIGTERM."""
    # What is imported stays for good: looking for garbage in it, now or later, is time lost, and
    # later it would hold up acknowledgements.
    gc.disable()
    from bot.app import serve as serve_bot
    from bot.stopping import end_at_last

    settings = _settings(logged_from=None)
    gc.freeze()
    gc.enable()
    asyncio.run(_until_signal(lambda stop: serve_bot(settings, stop), then=end_at_last))


@cli.command()
def demo(
    terminal: Annotated[
        bool, typer.Option("--terminal", help="A scripted visit in the terminal, without a page.")
    ] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="Go on after the visit until Ctrl+C.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the page's address, open no browser.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of the page.", show_default="7357, or a free one"
        ),
    ] = None,
    version: Version = False,
) -> None:
    """Try the whole bot between a simulated QA.tech and Slack; no account, no network."""
    from bot.demo import show_page, visit
    from bot.logs import configure_logs

    configure_logs("console", "error")

    async def work(stop: asyncio.Event) -> None:
        if terminal:
            await visit(stop, stay=stay)
        else:
            await show_page(
                stop,
                port=port,
                open_browser=not no_browser,
                # Who opens the page by themselves ends the demo by themselves too.
                can_be_stopped=no_browser or sys.stdin.isatty() or sys.stdout.isatty(),
                say=typer.echo,
                # Where there is neither a terminal nor a visitor, it is shown all the same.
                otherwise=lambda: visit(stop, stay=stay),
            )

    asyncio.run(_until_signal(work))


@cli.command()
def doctor(version: Version = False) -> None:
    """Check settings, database, QA.tech and Slack; exit status 0 only when all is well."""
    from bot.doctor import examine, show

    checks = asyncio.run(examine(_settings()))
    show(checks)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@cli.command()
def migrate(version: Version = False) -> None:
    """Bring the database up to date and say from where to where."""
    from bot.app import migrate as migrate_database

    before, after = asyncio.run(migrate_database(_settings()))
    if before == after:
        typer.echo(f"The database is up to date: revision {after}.")
    else:
        typer.echo(f"The database was brought from {before or 'empty'} to revision {after}.")


@outbox.command("list")
def list_outbox(as_json: AsJson = False, version: Version = False) -> None:
    """List the notices that were given up, each with the reason, the oldest first."""
    from bot.operating import dead_letters, show_letters

    show_letters(asyncio.run(dead_letters(_settings())), as_json=as_json)


@outbox.command("retry")
def retry_outbox(
    ids: Annotated[
        list[int] | None, typer.Argument(min=1, help="IDs of notices, as `list` shows them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    as_json: AsJson = False,
    version: Version = False,
) -> None:
    """Put notices back, to be told once; exit status 1 where one could not be."""
    from bot.operating import retry, show_revivals
    from bot.services.ports import Revival

    if bool(ids) == everything:
        raise typer.BadParameter("name the IDs of notices, or say --all")
    outcomes = asyncio.run(retry(_settings(), None if everything else list(ids or ())))
    show_revivals(outcomes, as_json=as_json)
    if not everything and set(outcomes.values()) - {Revival.PUT_BACK}:
        raise typer.Exit(1)


@cli.command()
def audit(
    channel: Annotated[
        str | None, typer.Option(help="Slack's ID of a channel; left out, all of them.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many of the newest.")] = 50,
    as_json: AsJson = False,
    version: Version = False,
) -> None:
    """Show who reran, muted, stopped or changed rules: where and when, the newest last."""
    from bot.operating import audit_trail, show_entries

    entries = asyncio.run(audit_trail(_settings(), channel, limit))
    show_entries(entries, as_json=as_json)


def _settings(logged_from: str | None = "error") -> "Settings":
    """The settings; once they are read, none of their secrets is ever written into a log.

    `logged_from` is the lowest level that is logged; None for the one of the settings.
    """
    from bot.config import load_settings
    from bot.discretion import secrets_of
    from bot.logs import configure_logs

    settings = load_settings()
    configure_logs(
        settings.qarun_log_format,
        logged_from or settings.qarun_log_level,
        secrets=secrets_of(settings),
    )
    return settings


async def _until_signal(
    work: Callable[[asyncio.Event], Awaitable[None]], then: Callable[[], None] = lambda: None
) -> None:
    """Run `work` with an event that SIGINT and SIGTERM set; `then` is called with the first."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin_to_stop() -> None:
        if not stop.is_set():
            stop.set()
            then()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, begin_to_stop)
    await work(stop)


def main() -> None:
    """Entry point of `qarun`: a bad setting is one sentence on stderr and exit status 2.

    An error of our own goes through the log, which no secret passes, and is exit status 1.
    """
    try:
        cli()
    except StartupError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except Exception:
        logging.getLogger("qarun").critical("crashed", exc_info=True)
        sys.exit(1)
