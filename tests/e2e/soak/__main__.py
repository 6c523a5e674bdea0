"""The command: `python -m tests.e2e.soak`; exit status 0 only where nothing has grown."""

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.database import Database
from bot.store.store import SqlStore
from tests.e2e.process import check_log, environment
from tests.e2e.soak.gauge import Sample, growth, look
from tests.e2e.soak.load import API_TOKEN, OrdinaryLoad
from tests.e2e.stage import Installation, installed
from tests.store.postgresql import NOT_TESTED, postgresql, server_programs

_CHANNELS = 20
_KEPT_SECONDS = 600.0
"""The retention, in the hour's own time: long enough for what is under way."""


async def soak(
    directory: Path, url: str, *, hours: float, speed: float, samples: int
) -> tuple[list[Sample], OrdinaryLoad]:
    """Put the load on, and look at the bot after each part of it."""
    async with installed(
        directory,
        QARUN_DATABASE_URL=url,
        QARUN_API_TOKEN=API_TOKEN,
        QARUN_POLL_MIN_SECONDS=str(5 / speed),
        QARUN_POLL_MAX_SECONDS=str(30 / speed),
        QARUN_LOG_FORMAT="json",
    ) as installation:
        installation.stage.qatech.time_source = time.time
        installation.slack.rates.is_enabled = False  # they are Slack's, in real seconds
        channels = [installation.channel(f"team-{n}") for n in range(_CHANNELS)]
        load = OrdinaryLoad(installation, channels, speed)
        taken: list[Sample] = []
        part = hours * 3600 / samples
        async with _bot(installation, speed) as pid, Database.open(url) as database:
            store = SqlStore(database)
            for number in range(1, samples + 1):
                await load.make(part)
                before = datetime.now(UTC) - timedelta(seconds=_KEPT_SECONDS / speed)
                await store.prune(before)
                await store.forget(before)
                taken.append(await look(pid, database, number * part))
                print(_row(taken[-1]), flush=True)
        return taken, load


@contextlib.asynccontextmanager
async def _bot(installation: Installation, speed: float) -> AsyncIterator[int]:
    log = installation.directory / "log.txt"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.e2e.soak.hurried", str(speed)),
            cwd=installation.directory,
            env=environment(installation.variables),
            stdout=stderr,
            stderr=stderr,
        )
    try:
        await installation.ready()
        yield process.pid
        process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0, log.read_text()[-2000:]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    check_log(installation, log.read_text())


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0, help="of ordinary load")
    parser.add_argument("--speed", type=float, default=20.0, help="how much faster than life")
    parser.add_argument("--samples", type=int, default=12, help="looks at the bot, evenly spread")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args(words)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    programs = server_programs()
    if given.database == "postgresql" and programs is None:
        print(NOT_TESTED, file=sys.stderr)
        return 2
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qarun-soak-")))
        url = f"sqlite:///{directory / 'qarun.db'}"
        if given.database == "postgresql" and programs is not None:
            url = stack.enter_context(postgresql(programs))
        print(
            f"{given.hours:g} h of ordinary load, {given.speed:g} times as fast, {given.database}"
        )
        print("minute  memory  open files  rows after pruning")
        taken, load = asyncio.run(
            soak(directory, url, hours=given.hours, speed=given.speed, samples=given.samples)
        )
    print(", ".join(f"{what}: {times}" for what, times in sorted(load.done.items())))
    found = growth(taken)
    print("\n".join(["GROWN:", *found]) if found else "nothing has grown")
    return 1 if found else 0


def _row(sample: Sample) -> str:
    return f"{sample.at / 60:6.0f} {sample.memory:6.1f} M {sample.files:11d} {sample.all_rows:19d}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
