"""Memory for each watched run more: of the process, beside the rows themselves."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.canned import canned
from benchmarks.processes import SECRET, bot_settings, free_port, process, wait_until_ready
from benchmarks.seeding import add_runs, seed_runs
from benchmarks.table import Row, at_most
from bot.store.database import Database

_MOST_BYTES = 2048
_SETTLE_SECONDS = 6.0


async def measure(*, quick: bool) -> list[Row]:
    """Bytes of the process and of the file for each run that is watched from then on."""
    number = 2000 if quick else 10_000
    with (
        tempfile.TemporaryDirectory() as name,
        canned("slack") as slack,
        canned("qatech") as qatech,
    ):
        directory = Path(name)
        url = f"sqlite:///{directory / 'bench.db'}"
        await seed_runs(url, 100, due_at=_soon)
        port = free_port()
        settings = bot_settings(directory, slack=slack, qatech=qatech, port=port)
        settings |= {"SLACK_SIGNING_SECRET": SECRET, "QARUN_QATECH_MAX_RPS": "1000"}
        log = directory / "log.txt"
        with process("bot", "serve", variables=settings, log=log) as running:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", running, log)
            await asyncio.sleep(_SETTLE_SECONDS)
            process_before, file_before = _resident(running.pid), _rows_size(directory)
            async with Database.open(url) as database:
                await add_runs(database, number, due_at=_soon, first=100)
            await asyncio.sleep(_SETTLE_SECONDS + number / 500)  # each is polled once at the least
            grown = _resident(running.pid) - process_before
            rows = _rows_size(directory) - file_before
    return [
        at_most(
            1.0,
            subject=f"memory of the process for each of {number:,} more watched runs",
            here=max(grown, 0) / number,
            unit="bytes",
            peer="2 KB",
            beside=_MOST_BYTES,
            note=f"the rows themselves take {rows / number:.0f} bytes each",
        )
    ]


def _soon(_: int) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=2)


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


def _rows_size(directory: Path) -> int:
    """Bytes of the pages in use."""
    with closing(sqlite3.connect(directory / "bench.db")) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)
