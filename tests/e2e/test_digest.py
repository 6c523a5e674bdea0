"""The digest of a channel across a clock change, a restart and two replicas."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Message
from tests.e2e.rules_form import opened, saved
from tests.e2e.stage import TICK_SECONDS, Installation, installed, outside_threads


def digests(installation: Installation) -> list[Message]:
    return [m for m in outside_threads(installation.qa) if "digest:" in m.text.split("\n")[0]]


async def ended(installation: Installation, run: str, *, passed: bool) -> None:
    """A run that is asked for elsewhere ends at this moment."""
    elsewhere = next(
        (c for c in installation.slack.channels.values() if c.name == "elsewhere"), None
    ) or installation.channel("elsewhere")
    installation.stage.qatech.add((all_passed if passed else three_failed)(run, duration=100))
    await installation.type(run, where=elsewhere)
    await installation.live(run, elsewhere)
    installation.runs.step(101)
    await installation.told(run, elsewhere)


async def looked() -> None:
    """Time for the bot to look several times for digests that are due, and to tell one."""
    await asyncio.sleep(5 * TICK_SECONDS)


async def test_a_digest_is_told_once_each_day_at_nine_across_a_clock_change(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        installation.digest_seconds = TICK_SECONDS
        # The night in which clocks in Stockholm go from 02:00 to 03:00.
        installation.clock.put(datetime(2026, 3, 28, 14, 0, tzinfo=UTC))
        async with installation.running():
            await opened(installation)
            told = await saved(installation, {"notify_on": "failures", "digest": "daily"})
            assert "A digest every day at 09:00 (Europe/Stockholm)." in told
            await ended(installation, "Eve1", passed=True)
            installation.clock.put(datetime(2026, 3, 29, 3, 0, tzinfo=UTC))
            await ended(installation, "Nite1", passed=False)
            installation.clock.put(datetime(2026, 3, 29, 6, 58, tzinfo=UTC))
            await looked()
            assert digests(installation) == []
            installation.clock.put(datetime(2026, 3, 29, 7, 1, tzinfo=UTC))
            (first,) = await installation.until(lambda: digests(installation))
            assert "Daily digest: 2 runs" in first.text
            assert "Pass rate: 50%" in first.text
            assert "from <!date^1774684800^" in first.text, "09:00 in winter"
            assert "to <!date^1774767600^" in first.text, "09:00 in summer, 23 hours later"
        # Killed, away for an hour, and back with a second replica.
        installation.clock.put(datetime(2026, 3, 29, 8, 1, tzinfo=UTC))
        async with installation.running(), installation.running(QARUN_PORT="0"):
            await looked()
            await ended(installation, "Day1", passed=True)
            installation.clock.put(datetime(2026, 3, 30, 7, 1, tzinfo=UTC))
            second = (await installation.until(lambda: digests(installation)[1:]))[0]
            assert "Daily digest: 1 run" in second.text
            assert "up 50 points from 50% the day before" in second.text
            # No runs, no digest.
            installation.clock.put(datetime(2026, 3, 31, 7, 1, tzinfo=UTC))
            await looked()
        assert digests(installation) == [first, second]
