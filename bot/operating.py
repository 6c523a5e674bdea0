"""What an operator looks up and puts right: `qarun outbox` and `qarun audit`."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import utc_now
from bot.config import Settings
from bot.domain.audit import Entry
from bot.domain.errors import StartupError
from bot.services.ports import DeadLetter, Revival
from bot.store.database import Database
from bot.store.store import SqlStore

MOST_LETTERS = 10_000

_REVIVALS: Mapping[Revival, str] = {
    Revival.PUT_BACK: "put back: it is told at once, if Slack does not have it already",
    Revival.UNKNOWN: "there is no such notice",
    Revival.NOT_DROPPED: "not put back: it was told, or still waits to be",
    Revival.SUPERSEDED: "not put back: a newer notice tells more",
}


async def dead_letters(settings: Settings, limit: int = MOST_LETTERS) -> Sequence[DeadLetter]:
    """The notices that were given up.

    Raises:
        StartupError: the database cannot be used.
    """
    async with _store(settings) as store:
        return await store.dead_letters(limit=limit)


async def retry(settings: Settings, ids: Sequence[int] | None) -> Mapping[int, Revival]:
    """Put these notices back into the outbox, or with None all that can be.

    Raises:
        StartupError: the database cannot be used.
    """
    async with _store(settings) as store:
        if ids is None:
            ids = [letter.id for letter in await store.dead_letters(limit=MOST_LETTERS)]
        return await store.revive(ids, now=utc_now())


async def audit_trail(settings: Settings, channel: str | None, limit: int) -> Sequence[Entry]:
    """The newest entries of the audit trail, of one channel or of all, the oldest first.

    Raises:
        StartupError: the database cannot be used.
    """
    async with _store(settings) as store:
        page = await store.audit(channel, limit=limit)
        return list(reversed(page.entries))


def show_letters(letters: Sequence[DeadLetter], *, as_json: bool) -> None:
    """The notices as a table, or as JSON, on stdout."""
    if as_json:
        _print_json([{**asdict(one), "run": _run(one)} for one in letters])
        return
    rows = [
        (str(one.id), _moment(one.created_at), one.channel, one.kind, _run(one) or "", one.why)
        for one in letters
    ]
    _print_table(("id", "written", "channel", "kind", "run", "given up because"), rows)
    said = "None was given up." if not letters else f"{len(letters)} given up; see `retry --help`."
    Console().print(said, markup=False)


def show_revivals(outcomes: Mapping[int, Revival], *, as_json: bool) -> None:
    """What came of putting notices back, on stdout."""
    if as_json:
        _print_json([{"id": one, "outcome": outcome.value} for one, outcome in outcomes.items()])
        return
    for one, outcome in outcomes.items():
        Console().print(f"{one}: {_REVIVALS[outcome]}", markup=False)
    if not outcomes:
        Console().print("None was given up.")


def show_entries(entries: Sequence[Entry], *, as_json: bool) -> None:
    """The entries as a table, or as JSON, on stdout."""
    if as_json:
        _print_json([{**asdict(one), "run": _run(one)} for one in entries])
        return
    rows = [
        (_moment(one.at), one.who, one.act, one.channel or "", _run(one) or "", one.detail)
        for one in entries
    ]
    _print_table(("when", "who", "what", "where", "run", "detail"), rows)


@contextlib.asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[SqlStore]:
    async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
        if why := await database.misfit():
            raise StartupError(
                f"QARUN_DATABASE_URL: the database cannot be used ({why}); for a new database or "
                "after an upgrade, run `qarun migrate`."
            )
        yield SqlStore(database)


def _print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        # As texts: what people and servers said may look like rich's markup.
        table.add_row(*(Text(_printable(cell)) for cell in row))
    Console().print(table)


def _print_json(rows: Sequence[Mapping[str, Any]]) -> None:
    print(json.dumps(rows, default=_json, indent=2))  # noqa: T201 - what the command is for


def _json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _printable(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _run(one: DeadLetter | Entry) -> str | None:
    return None if one.run is None else str(one.run)
