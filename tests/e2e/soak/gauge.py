"""What a process and its database hold at one moment, and whether that has grown."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.tables import metadata

_MEMORY_GROWTH = 1.05
"""Of the second half's mean over the first half's, after the warm-up."""
_MORE_FILES = 3.0
_ROWS_GROWTH = 1.25
_WARM_UP = 1 / 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One look, at a moment of the hour's own time.

    Attributes:
        memory: resident, in MiB.
        rows: of each table, after pruning.
    """

    at: float
    memory: float
    files: int
    rows: dict[str, int]

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


async def look(pid: int, database: Database, at: float) -> Sample:
    rows = {}
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            count = await connection.scalar(select(func.count()).select_from(table))
            rows[table.name] = int(count or 0)
    return Sample(at, _memory(pid), len(os.listdir(f"/proc/{pid}/fd")), rows)  # noqa: PTH208 - names only


def growth(samples: Sequence[Sample]) -> list[str]:
    """What has grown between the two halves of what comes after the warm-up."""
    warm = samples[round(len(samples) * _WARM_UP) :]
    half = len(warm) // 2
    before, after = warm[:half], warm[half:]
    found = []
    memory = [fmean(sample.memory for sample in each) for each in (before, after)]
    if memory[1] > memory[0] * _MEMORY_GROWTH:
        found.append(f"memory: {memory[0]:.1f} MiB, then {memory[1]:.1f} MiB")
    files = [fmean(sample.files for sample in each) for each in (before, after)]
    if files[1] > files[0] + _MORE_FILES:
        found.append(f"open files: {files[0]:.1f}, then {files[1]:.1f}")
    for table in samples[0].rows:
        rows = [fmean(sample.rows[table] for sample in each) for each in (before, after)]
        if rows[1] > max(rows[0], 20) * _ROWS_GROWTH:
            found.append(f"rows of {table}: {rows[0]:.0f}, then {rows[1]:.0f}")
    return found


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"/proc/{pid}/status tells no memory")
