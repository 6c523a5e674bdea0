"""Watching a trace: with the bot's own decisions, or at fixed intervals as QA.tech's pollers do."""

import json
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from benchmarks.traces import Trace
from bot.domain.cadence import Bounds, wants_cases
from bot.domain.observe import Observation, Seen, observe
from bot.domain.pace import first_pace
from bot.domain.run import Progress, Run, RunTestCase
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun

BOUNDS = Bounds(poll_min_seconds=5, poll_max_seconds=30, timeout_hours=24)
ANSWER_SECONDS = 0.2
"""How long QA.tech takes to answer."""
_START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

_CASE: dict[str, Any] = {
    "id": "8b7c6a54-0000-4000-8000-000000000000",
    "shortId": "a1B2c3",
    "name": "Customer can pay with a saved card",
    "status": "RUNNING",
    "result": None,
    "resultTitle": None,
    "evaluationThought": None,
    "errorCode": None,
    "classification": "POSITIVE",
    "promptGoal": "Log in, put a product into the cart, pay with the saved card. " * 4,
    "promptExamples": None,
}
_FINISHED = {
    "status": "COMPLETED",
    "result": "PASSED",
    "resultTitle": "The order was placed and confirmed.",
    "evaluationThought": "The agent saw the confirmation with an order number. " * 12,
}
_ISSUE: dict[str, Any] = {
    "id": "8b7c6a54-0000-4000-8000-000000000000",
    "shortId": "i1B2c3",
    "title": "Elements must meet minimum color contrast ratio thresholds",
    "description": "The element has insufficient color contrast of 2.9. " * 4,
    "severity": "Major",
    "issueType": "ACCESSIBILITY",
    "helpUrl": "https://dequeuniversity.com/rules/axe/4.10/color-contrast",
    "tags": ["wcag2aa", "wcag143"],
    "status": "Active",
    "testCases": [{"shortId": "a1B2c3", "name": "Customer can pay with a saved card"}],
}
_RUN_BYTES = len(json.dumps({"id": _CASE["id"], "shortId": "UkxK", "status": "RUNNING"})) + 40
_CASE_BYTES = len(json.dumps(_CASE))
_FINISHED_BYTES = len(json.dumps({**_CASE, **_FINISHED}))
_ISSUE_BYTES = len(json.dumps(_ISSUE))
_ISSUES_FOR_EACH_CASE = 0.3
"""Issues are de-duplicated over the test cases of a run."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What it took to see the end of a run.

    Attributes:
        requests: all of them, the whole look at the end included.
        delay: seconds from the end to the answer that shows it.
        read: bytes of all answers.
        read_whole: what they would have been with test cases and issues at each of these looks.
    """

    requests: int
    delay: float
    read: float = 0.0
    read_whole: float = 0.0


def watch_at_intervals(trace: Trace, seconds: float) -> Watched:
    """Look, wait for so many seconds, look again: QA.tech's own pollers."""
    period = seconds + ANSWER_SECONDS
    looks = math.ceil((trace.end - trace.watched) / period)
    seen_at = trace.watched + looks * period + ANSWER_SECONDS
    return Watched(requests=looks + 1, delay=seen_at - trace.end)


def watch_with_the_bot(trace: Trace, bounds: Bounds = BOUNDS) -> Watched:
    """The bot's own pure steps, from the opening look to the final one."""
    at = trace.watched
    opening = _answer(trace, at, with_cases=True)
    requests, read, read_whole = 1, _weight(trace, at, "cases"), _weight(trace, at, "whole")
    tracked = _tracked(trace, opening)
    at += ANSWER_SECONDS + bounds.poll_min_seconds
    while True:
        now = _START + timedelta(seconds=at + ANSWER_SECONDS)
        with_cases = wants_cases(tracked, now, bounds)
        seen = Seen(_answer(trace, at, with_cases=with_cases), with_cases=with_cases)
        requests += 1
        read += _weight(trace, at, "cases" if with_cases else "bare")
        read_whole += _weight(trace, at, "whole")
        asked_at = _START + timedelta(seconds=at)
        step = observe(tracked, seen, now, bounds, asked_at=asked_at)
        if step.observation is Observation.ENDING:
            seen_at = at + ANSWER_SECONDS
            read += _weight(trace, seen_at, "whole")
            return Watched(requests + 1, seen_at - trace.end, read, read_whole)
        tracked = step.tracked
        at = (tracked.next_poll_at - _START).total_seconds()


def _tracked(trace: Trace, opening: Run) -> TrackedRun:
    now = _START + timedelta(seconds=trace.watched)
    known = TrackedRun.looked_at(RunKey("default", "UkxK"), None, opening, now)
    pace = replace(first_pace(opening), usual=tuple(trace.usual))
    return replace(known, active=True, run=None, live=True, pace=pace)


def _answer(trace: Trace, at: float, *, with_cases: bool) -> Run:
    over = at >= trace.end
    status = "COMPLETED" if over else "INITIATED" if at < trace.queued else "RUNNING"
    finished, working, waiting = trace.counts(at)
    cases = (
        (_case("COMPLETED"),) * finished
        + (_case("RUNNING"),) * working
        + (_case("INITIATED"),) * waiting
    )
    return Run.model_construct(
        short_id="UkxK",
        status=status,
        result="PASSED" if over else None,
        run_test_cases=cases if with_cases else (),
    )


@cache
def _case(status: str) -> RunTestCase:
    result = "PASSED" if status == "COMPLETED" else None
    return RunTestCase(id="c", short_id="c", status=status, result=result)


def _weight(trace: Trace, at: float, look: str) -> float:
    """Bytes of one answer."""
    if look == "bare":
        return _RUN_BYTES
    finished = trace.counts(at)[0]
    cases = finished * _FINISHED_BYTES + (trace.cases - finished) * _CASE_BYTES
    issues = finished * _ISSUES_FOR_EACH_CASE * _ISSUE_BYTES if look == "whole" else 0.0
    return _RUN_BYTES + cases + issues


def progress_of(trace: Trace, at: float) -> Progress:
    """How far the run has come at this moment."""
    return Progress.of(_answer(trace, at, with_cases=True).run_test_cases)
