"""Traces: runs as QA.tech would show them, of 2 to 90 minutes and 5 to 300 test cases.

`FAMILIES` are the shapes that the cadence is made for, `STRANGERS` those that its constants were
never fitted to. All of them are jittered.
"""

import heapq
import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

LEAST_SECONDS, MOST_SECONDS = 120.0, 5400.0
LEAST_CASES, MOST_CASES = 5, 300
_JITTER = 0.35


@dataclass(frozen=True, slots=True)
class Trace:
    """One run; moments are seconds since it was started.

    Attributes:
        family: the shape it is of.
        end: when its status becomes a final one.
        queued: when it leaves INITIATED.
        finished: when each test case finished, ascending; fewer than `cases` in a run broken off.
        cases: how many there are.
        began: when each began, ascending; empty where the server shows all of them as RUNNING.
        usual: seconds from leaving the queue to the end of earlier runs of the suite.
        watched: when watching begins.
    """

    family: str
    end: float
    queued: float
    finished: Sequence[float]
    cases: int
    began: Sequence[float] = ()
    usual: Sequence[float] = ()
    watched: float = 0.0

    def counts(self, at: float) -> tuple[int, int, int]:
        """Test cases finished, under way and waiting at this moment."""
        finished = bisect_right(self.finished, at)
        if at < self.queued:
            return 0, 0, self.cases
        begun = bisect_right(self.began, at) if self.began else self.cases
        working = max(begun - finished, 0)
        return finished, working, self.cases - finished - working


@dataclass(frozen=True, slots=True)
class _Shape:
    """Test cases on a scale of their own: the last finishes when the run is about to end."""

    finished: list[float]
    began: list[float] = field(default_factory=list)
    queued_share: float | None = None
    final_share: float | None = None
    broken_off: float = 1.0


_Draw = Callable[[random.Random, int], _Shape]


def _lasting(draw: random.Random, number: int, spread: float) -> list[float]:
    return [draw.lognormvariate(0, spread) for _ in range(number)]


def _side_by_side(seconds: Sequence[float], workers: int) -> _Shape:
    """Each worker takes the next test case when it has finished one."""
    free = [0.0] * max(workers, 1)
    began, finished = [], []
    for each in seconds:
        at = heapq.heappop(free)
        began.append(at)
        finished.append(at + each)
        heapq.heappush(free, at + each)
    return _Shape(sorted(finished), sorted(began))


def _some(draw: random.Random, cases: int, *workers: int) -> int:
    return max(1, min(cases // 3, draw.choice(workers)))


def _steady(draw: random.Random, cases: int) -> _Shape:
    return _side_by_side(_lasting(draw, cases, _JITTER), _some(draw, cases, 1, 2, 4))


def _bursty(draw: random.Random, cases: int) -> _Shape:
    """Waves: as many as there are workers finish at nearly the same time."""
    workers = max(2, min(cases, draw.choice((4, 8, 16, 32, 64))))
    return _side_by_side(_lasting(draw, cases, 0.12), workers)


def _parallel(draw: random.Random, cases: int) -> _Shape:
    return _side_by_side(_lasting(draw, cases, _JITTER), cases)


def _long_tail(draw: random.Random, cases: int) -> _Shape:
    workers = max(2, min(cases, draw.choice((4, 8, 16))))
    return _side_by_side(_lasting(draw, cases, 1.0), workers)


def _stuck_last(draw: random.Random, cases: int) -> _Shape:
    """All but one finish in 30 to 80 % of the time; the last one hangs."""
    most = _side_by_side(_lasting(draw, cases - 1, _JITTER), _some(draw, cases, 2, 4, 8))
    last = most.finished[-1] / draw.uniform(0.3, 0.8)
    return _Shape([*most.finished, last], sorted([*most.began, most.began[-1]]))


def _queueing(draw: random.Random, cases: int) -> _Shape:
    shape = _side_by_side(
        _lasting(draw, cases, _JITTER), max(2, min(cases, draw.choice((2, 4, 8))))
    )
    return replace(shape, queued_share=draw.uniform(0.2, 0.6))


def _slow_start(draw: random.Random, cases: int) -> _Shape:
    return _Shape(
        sorted(((n + 1) / cases) ** 0.5 * draw.lognormvariate(0, 0.03) for n in range(cases))
    )


def _slow_end(draw: random.Random, cases: int) -> _Shape:
    return _Shape(
        sorted(((n + 1) / cases) ** 2.5 * draw.lognormvariate(0, 0.03) for n in range(cases))
    )


def _pause(draw: random.Random, cases: int) -> _Shape:
    """Nothing at all happens for 20 to 40 % of the time."""
    begins, lasts = draw.uniform(0.3, 0.7), draw.uniform(0.2, 0.4)
    shares = [(n + 1) / cases for n in range(cases)]
    return _Shape([each * (1 - lasts) + lasts * (each > begins) for each in shares])


def _late_status(draw: random.Random, cases: int) -> _Shape:
    """The run's own status follows its last test case after 5 to 20 % of the time."""
    return replace(_steady(draw, cases), final_share=draw.uniform(0.05, 0.2))


def _broken_off(draw: random.Random, cases: int) -> _Shape:
    """Cancelled, or an error of the infrastructure, at any moment."""
    return replace(_steady(draw, cases), broken_off=draw.uniform(0.15, 0.95))


FAMILIES: dict[str, _Draw] = {
    "steady": _steady,
    "bursty": _bursty,
    "parallel": _parallel,
    "long tail": _long_tail,
    "stuck last case": _stuck_last,
    "queueing": _queueing,
}
STRANGERS: dict[str, _Draw] = {
    "slow start": _slow_start,
    "slow end": _slow_end,
    "pause": _pause,
    "late status": _late_status,
    "broken off": _broken_off,
}


def traces(
    families: dict[str, _Draw],
    each: int,
    *,
    seed: int,
    known_runs: int = 0,
    joins_late: bool = False,
    tells_waiting: bool = True,
) -> list[Trace]:
    """So many runs of each family.

    Args:
        families: `FAMILIES`, `STRANGERS` or some of them.
        each: runs of each.
        seed: the same seed draws the same runs.
        known_runs: earlier runs of the suite that were watched; they took 8 % more or less.
        joins_late: watching begins somewhere in the first 80 % of the run.
        tells_waiting: whether QA.tech shows which test cases have not begun.
    """
    drawn = []
    for family, shape in families.items():
        draw = random.Random(f"{seed}/{family}")
        for _ in range(each):
            trace = _drawn(draw, family, shape)
            took = trace.end - trace.queued
            drawn.append(
                replace(
                    trace,
                    began=trace.began if tells_waiting else (),
                    usual=[took * draw.lognormvariate(0, 0.08) for _ in range(known_runs)],
                    watched=draw.uniform(0, 0.8) * trace.end if joins_late else 0.0,
                )
            )
    return drawn


def _drawn(draw: random.Random, family: str, shape_of: _Draw) -> Trace:
    end = _log_uniform(draw, LEAST_SECONDS, MOST_SECONDS)
    cases = round(_log_uniform(draw, LEAST_CASES, MOST_CASES))
    shape = shape_of(draw, cases)
    queued = min(draw.uniform(2, 20), 0.1 * end)
    if shape.queued_share is not None:
        queued = shape.queued_share * end
    closing = min(draw.uniform(0, 8), 0.05 * end)
    if shape.final_share is not None:
        closing = shape.final_share * end
    scale = (end - queued - closing) / shape.finished[-1] / shape.broken_off
    finished = [queued + scale * at for at in shape.finished]
    return Trace(
        family=family,
        end=end,
        queued=queued,
        finished=[at for at in finished if at < end],
        cases=cases,
        began=[queued + scale * at for at in shape.began],
    )


def _log_uniform(draw: random.Random, least: float, most: float) -> float:
    return math.exp(draw.uniform(math.log(least), math.log(most)))
