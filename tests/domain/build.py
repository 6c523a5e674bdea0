"""Runs, test cases and watches to test with: whole by default, each part replaceable."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.run import Issue, Progress, Run, RunTestCase
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun, Watch, WatchState

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = RunKey("default", "UkxK")


def case(short_id: str, **parts: Any) -> RunTestCase:
    """A passed test case, unless told otherwise."""
    whole = {"id": f"id-{short_id}", "name": f"Test {short_id}", "status": "COMPLETED"}
    return RunTestCase(**{**whole, "short_id": short_id, "result": "PASSED", **parts})


def issue(short_id: str, **parts: Any) -> Issue:
    whole = {"id": f"id-{short_id}", "title": f"Issue {short_id}", "severity": "Major"}
    return Issue(
        **{
            **whole,
            "short_id": short_id,
            "issue_type": "ACCESSIBILITY",
            "status": "Active",
            **parts,
        }
    )


def run(status: str = "RUNNING", result: str | None = None, **parts: Any) -> Run:
    return Run(**{"short_id": "UkxK", "id": "run-1", "status": status, "result": result, **parts})


def tracked_run(**parts: Any) -> TrackedRun:
    """A run in progress that has been seen once, just now."""
    whole = TrackedRun(
        id=1,
        key=KEY,
        url=None,
        active=True,
        status="RUNNING",
        result=None,
        progress=Progress(),
        run=None,
        watched_since=NOW,
        changed_at=NOW,
        cases_seen_at=None,
        next_poll_at=NOW,
        live=True,
    )
    return replace(whole, **parts)


def watch(**parts: Any) -> Watch:
    whole = Watch(
        id="w1",
        run_id=1,
        key=KEY,
        channel="C1",
        thread_ts=None,
        asked_by="U1",
        live=True,
        live_ts=None,
        state=WatchState.ACTIVE,
        response_url=None,
        created_at=NOW,
    )
    return replace(whole, **parts)
