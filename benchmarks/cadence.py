"""The cadence: requests for each run, the delay from its end to the look that sees it, and bytes.

Simulated, over the traces of `traces.py`, with the bot's own pure steps (`watching.py`). Other
traces: `python -m benchmarks.cadence FILE`, one JSON object a line with the fields of `Trace`
(seconds since the run was started): `{"end": 300, "queued": 5, "cases": 8, "finished": [60, …],
"began": [5, …], "usual": [290], "watched": 0, "family": "mine"}`; all but `end`, `cases` and
`finished` may be left out.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.table import Row, at_most, middle, share, show, told
from benchmarks.traces import FAMILIES, STRANGERS, Trace, traces
from benchmarks.watching import Watched, watch_at_intervals, watch_with_the_bot

_POLLERS = {
    5.0: "poller of 5 s (QA.tech's command line)",
    20.0: "poller of 20 s (its action)",
    30.0: "poller of 30 s (its GitLab example)",
}


async def measure(*, quick: bool) -> list[Row]:
    """The aims over all families, and what each family and what is unknown makes of them."""
    each = 30 if quick else 200
    suites = {
        "suites never seen before": traces(FAMILIES, each, seed=1),
        "suites seen three times": traces(FAMILIES, each, seed=2, known_runs=3),
    }
    rows = [row for name, drawn in suites.items() for row in aims(name, drawn)]
    others = {
        "no word of cases that wait": traces(FAMILIES, each, seed=3, tells_waiting=False),
        "joined in the middle": traces(FAMILIES, each, seed=4, joins_late=True),
        "shapes never fitted to": traces(STRANGERS, each, seed=5),
    }
    for name, drawn in others.items():
        rows += without_aims(name, drawn)
    for family in FAMILIES:
        drawn = [trace for trace in suites["suites never seen before"] if trace.family == family]
        rows += without_aims(family, drawn)
    return rows


def aims(name: str, drawn: Sequence[Trace]) -> list[Row]:
    """The rows of the issue for these traces."""
    ours = [watch_with_the_bot(trace) for trace in drawn]
    theirs = {
        seconds: [watch_at_intervals(trace, seconds) for trace in drawn] for seconds in _POLLERS
    }
    rows = [_requests(name, ours, theirs[5.0], 5.0, 0.5), _delay(name, ours, theirs[5.0], 5.0)]
    rows += [
        _delay(name, ours, theirs[20.0], 20.0),
        _delay(name, ours, theirs[20.0], 20.0, part=0.95),
        _requests(name, ours, theirs[20.0], 20.0, 1.0),
        _requests(name, ours, theirs[30.0], 30.0, None),
        _delay(name, ours, theirs[30.0], 30.0, aimed=False),
    ]
    rows.append(
        at_most(
            0.2,
            subject=f"bytes read for each run, median; {name}",
            here=middle([each.read for each in ours]) / 1024,
            unit="KiB",
            peer="testCases=all&issues=all at each of the same looks",
            beside=middle([each.read_whole for each in ours]) / 1024,
        )
    )
    return rows


def without_aims(name: str, drawn: Sequence[Trace]) -> list[Row]:
    """Requests and delays beside the poller of 5 s."""
    ours = [watch_with_the_bot(trace) for trace in drawn]
    theirs = [watch_at_intervals(trace, 5.0) for trace in drawn]
    return [
        _requests(name, ours, theirs, 5.0, None),
        _delay(name, ours, theirs, 5.0, aimed=False),
        _delay(name, ours, theirs, 5.0, part=0.95, aimed=False),
    ]


def _requests(
    name: str,
    ours: Sequence[Watched],
    theirs: Sequence[Watched],
    seconds: float,
    most: float | None,
) -> Row:
    """Of all runs together, so that a long one counts for as much as it costs."""
    subject = f"requests for each run, mean; {name}"
    here = sum(each.requests for each in ours) / len(ours)
    beside = sum(each.requests for each in theirs) / len(theirs)
    if most is None:
        return told(subject=subject, here=here, unit="", peer=_POLLERS[seconds], beside=beside)
    return at_most(most, subject=subject, here=here, unit="", peer=_POLLERS[seconds], beside=beside)


def _delay(
    name: str,
    ours: Sequence[Watched],
    theirs: Sequence[Watched],
    seconds: float,
    *,
    part: float = 0.5,
    aimed: bool = True,
) -> Row:
    which = "median" if part == 0.5 else f"p{part * 100:.0f}"
    subject = f"delay from the end to the look that sees it, {which}; {name}"
    here = share([each.delay for each in ours], part)
    beside = share([each.delay for each in theirs], part)
    if not aimed:
        return told(subject=subject, here=here, unit="s", peer=_POLLERS[seconds], beside=beside)
    return at_most(1.0, subject=subject, here=here, unit="s", peer=_POLLERS[seconds], beside=beside)


def read_traces(path: Path) -> list[Trace]:
    """Traces of somebody else's, see above."""
    found = []
    for line in path.read_text().splitlines():
        if line.strip():
            given = {"family": path.stem, "queued": 0.0, **json.loads(line)}
            found.append(Trace(**given))
    return found


if __name__ == "__main__":
    others = read_traces(Path(sys.argv[1]))
    show(aims(sys.argv[1], others), Console())
