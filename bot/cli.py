"""The command line: parse, call, print."""

import asyncio
import signal
import sys
from typing import Annotated

import typer

from bot import __version__
from bot.domain.errors import StartupError

# What only one command needs is imported in that command: `--help` should not wait for it.

cli = typer.Typer(
    name="qarun",
    help="Brings the runs of QA.tech into Slack: ask, watch, be told once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qarun {__version__}")
        raise typer.Exit


@cli.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """The options before a command."""


@cli.command()
def serve() -> None:
    """Run the bot in the foreground until SIGINT or SIGTERM."""
    from bot.app import serve as serve_bot
    from bot.config import load_settings
    from bot.logs import configure_logs

    settings = load_settings()
    configure_logs(settings.qarun_log_format, settings.qarun_log_level)

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await serve_bot(settings, stop)

    asyncio.run(run())


@cli.command()
def migrate() -> None:
    """Bring the database up to date and say from where to where."""
    from bot.app import migrate as migrate_database
    from bot.config import load_settings

    before, after = asyncio.run(migrate_database(load_settings()))
    if before == after:
        typer.echo(f"The database is up to date: revision {after}.")
    else:
        typer.echo(f"The database was brought from {before or 'empty'} to revision {after}.")


def main() -> None:
    """Entry point of `qarun`: a bad setting is one sentence on stderr and exit status 2."""
    try:
        cli()
    except StartupError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
