"""`qarun outbox` and `qarun audit`: what they print, what they do, and how they end."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli import cli
from bot.domain.audit import Act, NewEntry
from bot.domain.errors import StartupError
from bot.domain.short_id import RunKey
from bot.store.database import Database
from bot.store.store import SqlStore
from tests.contracts.store_steps import report

NOW = datetime.now(UTC)
HOSTILE = "[red]\x1b[31m<!channel>\u202e"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of database in turn, as the settings name it."""
    found = str(request.getfixturevalue(f"prepared_{request.param}"))
    monkeypatch.chdir(tmp_path)
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "QATECH_API_TOKEN": "key",
        "QARUN_DATABASE_URL": found,
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return found


async def _give_up(url: str, *names: str, why: str) -> list[int]:
    given_up = []
    async with Database.open(url) as database:
        store = SqlStore(database)
        await store.add([report(name) for name in names], NOW)
        until = NOW + timedelta(seconds=30)
        await store.claim_channels(now=NOW, limit=1, owner="one", until=until)
        for _ in names:
            attempt = await store.begin("C1", now=NOW, owner="one", until=until)
            assert attempt is not None
            await store.drop(attempt, why=why, now=NOW)
            given_up.append(attempt.telling.notice.id)
        await store.release("C1", owner="one", free_at=NOW)
    return given_up


def give_up(url: str, *names: str, why: str = "is_archived") -> list[int]:
    """Notices that Slack would not take; their IDs."""
    return asyncio.run(_give_up(url, *names, why=why))


def run(*words: str) -> tuple[int, str]:
    """Exit status and output of a command."""
    done = CliRunner().invoke(cli, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def listed() -> list[dict[str, Any]]:
    status, out = run("outbox", "list", "--json")
    assert status == 0
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_nothing_given_up_is_said(url: str) -> None:
    assert run("outbox", "list") == (0, run("outbox", "list")[1])
    assert "None was given up." in run("outbox", "list")[1]
    assert listed() == []
    assert run("outbox", "retry", "--all") == (0, "None was given up.\n")


def test_what_was_given_up_is_listed_with_the_reason(url: str) -> None:
    first, second = give_up(url, "one", "two", why=HOSTILE)
    status, out = run("outbox", "list")
    assert status == 0
    assert "run_finished" in out
    assert "2 given up" in out
    # Neither rich nor the terminal reads anything into what a server said.
    assert "[red]" in out
    assert "\x1b" not in out
    assert [letter["id"] for letter in listed()] == [first, second]
    assert listed()[0] == {
        "id": first,
        "channel": "C1",
        "kind": "run_finished",
        "run": None,
        "attempts": 1,
        "created_at": NOW.isoformat(),
        "why": HOSTILE,
    }


def test_some_are_put_back_and_the_rest_stays(url: str) -> None:
    first, second, third = give_up(url, "one", "two", "three")
    status, out = run("outbox", "retry", str(first), str(third))
    assert status == 0
    assert f"{first}: put back" in out
    assert [letter["id"] for letter in listed()] == [second]
    assert run("outbox", "retry", "--all", "--json") == (
        0,
        json.dumps([{"id": second, "outcome": "put_back"}], indent=2) + "\n",
    )
    assert listed() == []


def test_what_cannot_be_put_back_is_refused_with_status_1(url: str) -> None:
    (only,) = give_up(url, "one")
    assert run("outbox", "retry", str(only))[0] == 0
    status, out = run("outbox", "retry", str(only), "999999")
    assert status == 1
    assert f"{only}: not put back: it was told, or still waits" in out
    assert "999999: there is no such notice" in out


@pytest.mark.parametrize("words", [[], ["7", "--all"], ["seven"], ["0"]])
def test_a_retry_of_nothing_or_of_nonsense_is_refused(url: str, words: list[str]) -> None:
    assert run("outbox", "retry", *words)[0] == 2


def test_the_audit_trail_is_shown_of_all_channels_or_one(url: str) -> None:
    async def write() -> None:
        async with Database.open(url) as database:
            entries = [
                NewEntry(Act.RERUN_STARTED, "U1", "C1", RunKey("default", "UkxK"), "newOne"),
                NewEntry(Act.CASE_MUTED, "U2", "C2", detail=HOSTILE),
            ]
            for entry in entries:
                await SqlStore(database).add_entries([entry], NOW)

    asyncio.run(write())
    status, out = run("audit")
    assert status == 0
    assert out.index("rerun_started") < out.index("case_muted")
    assert "\x1b" not in out
    assert "case_muted" not in run("audit", "--channel", "C1")[1]
    assert "rerun_started" not in run("audit", "--limit", "1")[1]
    status, out = run("audit", "--json", "--channel", "C1")
    (entry,) = json.loads(out)
    assert (entry["act"], entry["who"], entry["run"], entry["at"]) == (
        "rerun_started",
        "U1",
        "UkxK",
        NOW.isoformat(),
    )


@pytest.mark.parametrize("words", [["outbox", "list"], ["outbox", "retry", "1"], ["audit"]])
def test_a_database_of_another_version_is_one_sentence(url: str, words: list[str]) -> None:
    async def age() -> None:
        async with Database.open(url) as database, database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    async def mend() -> None:
        async with Database.open(url) as database, database.writing() as connection:
            await connection.execute(
                text("UPDATE alembic_version SET version_num = :n"), {"n": was}
            )

    async def revision() -> str:
        async with Database.open(url) as database, database.reading() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found)

    was = asyncio.run(revision())
    asyncio.run(age())
    try:
        with pytest.raises(StartupError, match=r"its revision is 0001.*`qarun migrate`"):
            run(*words)
    finally:
        asyncio.run(mend())
