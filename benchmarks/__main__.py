"""`python -m benchmarks [names…] [--quick] [--json FILE]`: every figure beside its floor."""

import argparse
import asyncio
import gc
import importlib
from pathlib import Path

from rich.console import Console

from benchmarks.table import Row, markdown, save, show

BENCHES = (
    "cadence",
    "acking",
    "polling",
    "sweeping",
    "telling",
    "rendering",
    "starting",
    "remembering",
)
"""The modules, each with a `measure(quick)` that returns rows, in the order of the table."""


async def measured(names: list[str], *, quick: bool, into: Path, console: Console) -> list[Row]:
    """All rows; those that there are already are saved before the next ones are measured."""
    rows: list[Row] = []
    for name in names:
        console.print(f"[dim]{name} …[/dim]")
        bench = importlib.import_module(f"benchmarks.{name}")
        # As `qarun serve` does: what is imported is not looked through for garbage.
        gc.collect()
        gc.freeze()
        rows += await bench.measure(quick=quick)
        save(rows, into)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], help="all where none is given")
    parser.add_argument("--quick", action="store_true", help="smaller and fewer; for a first look")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where rows go")
    parser.add_argument("--markdown", action="store_true", help="print the table for the docs too")
    given = parser.parse_args()
    console = Console()
    names = given.names or list(BENCHES)
    rows = asyncio.run(measured(names, quick=given.quick, into=given.json, console=console))
    show(rows, console)
    if given.markdown:
        print(markdown(rows))


if __name__ == "__main__":
    main()
