"""Rendering the report of a large run, beside `json.dumps` of the same answer."""

import json
import time
from collections.abc import Callable
from functools import partial

from benchmarks.runs import answer, ended_run
from benchmarks.table import Row, at_most, middle, told
from bot.app import utc_now
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.slack.blocks.report import report

_SIZES = (24, 500, 5000)
_MOST = 5.0


async def measure(*, quick: bool) -> list[Row]:
    """Milliseconds for each size, in turn with its floor; and how they grow."""
    rounds = 5 if quick else 15
    peer = "json.dumps of the same answer"
    here, beside = {}, {}
    for cases in _SIZES:
        run, raw = ended_run("UkxK", cases), answer("UkxK", cases)
        tracked = TrackedRun.looked_at(RunKey("default", "UkxK"), None, run, utc_now())
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_milliseconds(partial(report, tracked)))
            theirs.append(_milliseconds(partial(json.dumps, raw)))
        here[cases], beside[cases] = middle(ours), middle(theirs)
    rows = [
        told(
            subject=f"rendering the report of {cases:,} test cases",
            here=here[cases],
            unit="ms",
            peer=peer,
            beside=beside[cases],
        )
        for cases in _SIZES[:-1]
    ]
    largest, middling = _SIZES[-1], _SIZES[-2]
    return [
        *rows,
        at_most(
            _MOST,
            subject=f"rendering the report of {largest:,} test cases",
            here=here[largest],
            unit="ms",
            peer=peer,
            beside=beside[largest],
        ),
        at_most(
            1.25,
            subject=f"rendering, for each test case, with {largest:,} of them",
            here=here[largest] / largest * 1000,
            unit="µs",
            peer=f"the same with {middling:,}",
            beside=here[middling] / middling * 1000,
        ),
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    """The shorter of two: what else the machine does is not what is measured."""
    spent = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent) * 1000
