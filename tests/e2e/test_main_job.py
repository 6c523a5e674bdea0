"""The main job: ask about a run, see it followed, be told once how it ended."""

from itertools import pairwise

from bot.playground.scenarios import three_failed
from tests.e2e.stage import (
    LIVE_EDIT_SECONDS,
    Installation,
    is_live,
    outside_threads,
)


async def test_a_run_in_progress_is_one_message_that_turns_into_the_report(
    everywhere: Installation,
) -> None:
    qatech, qa = everywhere.stage.qatech, everywhere.qa
    qatech.add(three_failed("Slow1", duration=100))
    await everywhere.type("Slow1")
    live = await everywhere.live("Slow1", qa)
    assert f"<@{everywhere.ada.id}>" in live.text
    for _ in range(4):
        everywhere.runs.step(20)
        await everywhere.edited(live)
        assert is_live(live)
    assert "%" in live.text
    everywhere.runs.step(20)
    report = await everywhere.told("Slow1")
    assert report is live
    assert "Run Slow1 failed" in report.text
    verdict = await everywhere.verdict(qa)
    assert verdict.thread_ts == live.ts
    assert f"<@{everywhere.ada.id}>" in verdict.text
    assert verdict.is_broadcast
    assert len(outside_threads(qa)) == 1
    edited_at = [revision.until for revision in live.revisions[:-1]]  # the last is the report
    assert min(later - earlier for earlier, later in pairwise(edited_at)) > LIVE_EDIT_SECONDS * 0.9
