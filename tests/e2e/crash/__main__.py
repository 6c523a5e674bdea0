"""The command: `python -m tests.e2e.crash`; exit status 0 only where nothing is wrong."""

import argparse
import asyncio
import contextlib
import logging
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.e2e.crash.campaign import Outcome, carry_out
from tests.e2e.crash.plan import Plan
from tests.store.postgresql import NOT_TESTED, postgresql, server_programs


def main(words: list[str]) -> int:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # of connections cut on purpose
    plan, keep = _understood(words)
    print(f"seed {plan.seed}: repeat this with --seed {plan.seed}", flush=True)
    if plan.database == "postgresql" and server_programs() is None:
        print(NOT_TESTED, file=sys.stderr)
        return 2
    with _directory(keep) as directory, _database(plan, directory) as url:
        outcome = asyncio.run(carry_out(plan, directory, url, _say))
    print("\n".join(report(outcome)))
    return 1 if outcome.findings else 0


def report(outcome: Outcome) -> list[str]:
    """The figures, and what is wrong."""
    plan, wishes = outcome.plan, len(outcome.wanted)
    lines = [
        f"{plan.database}, {plan.replicas} replica(s), seed {plan.seed}, {outcome.seconds:.0f} s",
        f"{outcome.kills} kills, {outcome.stalls} standstills, {outcome.crashes} lines of crashes",
        f"{wishes} wishes for {plan.runs} runs in {plan.channels} channels",
        f"{outcome.by_command} by slash command, {wishes - outcome.by_command} by HTTP",
        f"{outcome.told_to_try_again} times a person was told to try again, and did",
        f"in Slack: {outcome.messages} messages, {outcome.edits} edits",
        f"everything told {outcome.seconds_after_the_last_kill:.0f} s after the last kill",
        "requests to Slack: " + _counted(outcome.calls),
        "trouble: " + _counted(outcome.met),
    ]
    if not outcome.findings:
        return [*lines, "every end was told in every channel that wanted it, once, and last"]
    return [*lines, f"{len(outcome.findings)} WRONG:", *outcome.findings]


def _understood(words: list[str]) -> tuple[Plan, Path | None]:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.crash", description=__doc__)
    for name, about in (
        ("runs", "runs that are watched"),
        ("channels", "channels that they are watched in"),
        ("kills", "SIGKILLs"),
        ("stalls", "times that a replica is stopped for longer than a lease, and goes on"),
        ("replicas", "processes that share the database"),
    ):
        parser.add_argument(f"--{name}", type=int, default=getattr(plan, name), help=about)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default=plan.database)
    parser.add_argument("--patience", type=float, default=plan.patience)
    parser.add_argument("--seconds-alive", type=float, default=plan.seconds_alive)
    parser.add_argument("--keep", type=Path, help="directory for the logs and the SQLite file")
    given = vars(parser.parse_args(words))
    keep = given.pop("keep")
    return replace(plan, **given), keep


@contextlib.contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="qarun-crash-") as name:
        yield Path(name)


@contextlib.contextmanager
def _database(plan: Plan, directory: Path) -> Iterator[str]:
    programs = server_programs()
    if plan.database == "sqlite" or programs is None:
        yield f"sqlite:///{directory / 'qarun.db'}"
        return
    with postgresql(programs) as url:
        yield url


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
