"""Backup while the bot runs, restore, and on it goes: by the commands of docs/operations.md."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.playground.scenarios import three_failed
from tests.e2e.stage import ROOT, Installation, about, installed, replies
from tests.store.postgresql import NOT_TESTED, server_programs

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def command(section: str, name: str) -> str:
    """The commands of a section of the page that begin with the comment `# name`."""
    part = PAGE.partition(f"\n### {section}\n")[2]
    found = re.search(rf"```sh\n# {name}\n(.*?)```", part, re.DOTALL)
    assert found, (section, name)
    return found[1]


async def sh(commands: str, **variables: str) -> None:
    """Run the commands as an operator would."""
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-euc", commands),
        env={"PATH": os.environ["PATH"], **variables},
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()


async def followed(installation: Installation, run: str, *, duration: float) -> None:
    installation.stage.qatech.add(three_failed(run, duration=duration))
    await installation.type(run)
    await installation.live(run)


async def verdicts(installation: Installation, run: str, number: int) -> None:
    """Until the verdict of a run has been given so often."""
    await installation.until(lambda: len(verdicts_of(installation, run)) == number)


def verdicts_of(installation: Installation, run: str) -> list[str]:
    return [m.text for m in replies(installation.qa) if f"Run {run}" in m.text.split("\n")[0]]


Step = Callable[[], Awaitable[None]]


async def goes_on_after_a_restore(installation: Installation, backup: Step, restore: Step) -> None:
    """One run told before the backup, one between it and the restore, one after."""
    async with installation.running():
        await followed(installation, "Early1", duration=100)
        installation.runs.step(100)
        await verdicts(installation, "Early1", 1)
        await followed(installation, "Midst1", duration=100)
        await followed(installation, "Late1", duration=300)
        await installation.answer_to("mute 1h")
        await backup()
        installation.runs.step(100)
        await verdicts(installation, "Midst1", 1)
        await installation.answer_to("unmute")
    await restore()
    async with installation.running():
        await verdicts(installation, "Midst1", 2)
        installation.runs.step(200)
        await verdicts(installation, "Late1", 1)
        assert "muted" in (await installation.answer_to("list")).text
    # Nothing twice but what the page says: the reply about what was told in between.
    runs = ("Early1", "Midst1", "Late1")
    assert [len(verdicts_of(installation, run)) for run in runs] == [1, 2, 1]
    assert [len(about(run, installation.qa)) for run in runs] == [1, 1, 1]


async def test_a_file_is_backed_up_and_restored(tmp_path: Path) -> None:
    variables = {"DATABASE": str(tmp_path / "qarun.db"), "BACKUP": str(tmp_path / "backup.db")}
    async with installed(tmp_path) as installation:
        await goes_on_after_a_restore(
            installation,
            lambda: sh(command("SQLite", "backup"), **variables),
            lambda: sh(command("SQLite", "restore"), **variables),
        )


async def test_a_database_of_postgresql_is_backed_up_and_restored(
    tmp_path: Path, postgresql_server: str
) -> None:
    programs = server_programs()
    assert programs is not None, NOT_TESTED
    if not all((programs / name).exists() for name in ("pg_dump", "pg_restore", "createdb")):
        pytest.skip("pg_dump, pg_restore or createdb is not installed beside the server")
    path = f"{programs}:{os.environ['PATH']}"
    names = [f"{name}_{os.getpid()}" for name in ("backed_up", "restored")]
    first, second = (
        urlsplit(postgresql_server)._replace(path=f"/{name}").geturl() for name in names
    )

    async def on_server(program: str) -> None:
        for name in names:
            command = f'{program} --maintenance-db="$SERVER" {name}'
            await sh(command, SERVER=postgresql_server, PATH=path)

    async with installed(tmp_path, QARUN_DATABASE_URL=first) as installation:
        given = {"BACKUP": str(tmp_path / "qarun.dump"), "PATH": path}

        async def restore() -> None:
            await sh(command("PostgreSQL", "restore"), DATABASE_URL=second, **given)
            installation.variables["QARUN_DATABASE_URL"] = second

        await on_server("createdb")
        try:
            await goes_on_after_a_restore(
                installation,
                lambda: sh(command("PostgreSQL", "backup"), DATABASE_URL=first, **given),
                restore,
            )
        finally:
            await on_server("dropdb --force")
