"""The crash test, a short one for each database; `docs/reliability.md` gives the long ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.crash.__main__ import report
from tests.e2e.crash.campaign import carry_out
from tests.e2e.crash.plan import Plan

SHORT = Plan(
    runs=14, channels=7, kills=5, seconds_alive=2.0, patience=90, quiet=3, shortest=2, longest=8
)


@pytest.mark.timeout(300)  # seven starts of a process, each a few seconds on a busy machine
async def test_killed_again_and_again_the_bot_tells_every_end_once_and_last(
    fresh_url: str, tmp_path: Path
) -> None:
    plan = SHORT
    if fresh_url.startswith("postgres"):
        plan = replace(SHORT, database="postgresql", replicas=2)
    outcome = await carry_out(plan, tmp_path, fresh_url, print)
    assert outcome.findings == [], "\n".join(report(outcome))
    assert outcome.kills == plan.kills
