"""Rows: what was measured, what stands beside it, and whether the aim is met."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        subject: what was measured.
        here: the bot's figure, in `unit`.
        peer: what stands beside it.
        beside: the peer's figure, in the same unit and of the same run.
        ratio: what is held against the aim: `here` by `beside`, unless `of` says otherwise.
        aim: in words.
        met: whether it is; None for a figure that no aim is set for.
        note: what else there is to know.
    """

    subject: str
    here: float
    unit: str
    peer: str
    beside: float
    ratio: float
    aim: str
    met: bool | None
    note: str = ""


def at_most(
    most: float, *, subject: str, here: float, unit: str, peer: str, beside: float, note: str = ""
) -> Row:
    """`here` is to be no more than so many times `beside`."""
    ratio = here / beside if beside else float("inf")
    aim = f"at most {most:g} ×"
    return Row(subject, here, unit, peer, beside, ratio, aim, ratio <= most, note)


def at_least(
    least: float, *, subject: str, here: float, unit: str, peer: str, beside: float, note: str = ""
) -> Row:
    """`here` is to be no less than so many times `beside`."""
    ratio = here / beside if beside else float("inf")
    aim = f"at least {least:g} ×"
    return Row(subject, here, unit, peer, beside, ratio, aim, ratio >= least, note)


def told(*, subject: str, here: float, unit: str, peer: str, beside: float, note: str = "") -> Row:
    """A figure without an aim."""
    ratio = here / beside if beside else float("inf")
    return Row(subject, here, unit, peer, beside, ratio, "", None, note)


def share(values: Sequence[float], part: float) -> float:
    """The value that so great a part of all stays below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def middle(values: Sequence[float]) -> float:
    return median(values)


def show(rows: Sequence[Row], console: Console) -> None:
    """The table, and the machine it was measured on."""
    table = Table(title=machine(), title_justify="left", show_lines=False)
    for name, side in (
        ("what", "left"),
        ("here", "right"),
        ("beside it", "left"),
        ("", "right"),
        ("ratio", "right"),
        ("aim", "left"),
        ("met", "left"),
    ):
        table.add_column(name, justify=side, overflow="fold")  # type: ignore[arg-type] # two of its words
    for row in rows:
        table.add_row(
            row.subject,
            f"{figure(row.here)} {row.unit}",
            row.peer,
            figure(row.beside),
            f"{row.ratio:.2f}",
            row.aim,
            {True: "yes", False: "NO", None: ""}[row.met],
        )
    console.print(table)


def markdown(rows: Sequence[Row]) -> str:
    """The same as a table for `docs/performance.md`."""
    lines = [
        "| what | here | beside it | | ratio | aim | met |",
        "|---|--:|---|--:|--:|---|---|",
    ]
    for row in rows:
        met = {True: "yes", False: "**no**", None: ""}[row.met]
        lines.append(
            f"| {row.subject} | {figure(row.here)} {row.unit} | {row.peer} "
            f"| {figure(row.beside)} | {row.ratio:.2f} | {row.aim} | {met} |"
        )
    return "\n".join(lines)


def save(rows: Sequence[Row], path: Path) -> None:
    """The rows as JSON."""
    whole = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load": os.getloadavg()[0],
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def machine() -> str:
    """Cores and Python version, which is all that may be known of it."""
    return f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"


def figure(value: float) -> str:
    """Three digits that count."""
    if value == 0 or 100 <= abs(value) < 1e6:
        return f"{value:,.0f}"
    return f"{value:,.3g}"
