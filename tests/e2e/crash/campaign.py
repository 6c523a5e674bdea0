"""One crash test, from the first wish to the last look at the workspace."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bot.playground.slack_state import Channel
from tests.e2e.crash.audit import Wanted, findings, untold
from tests.e2e.crash.killing import Killer
from tests.e2e.crash.plan import Plan
from tests.e2e.crash.trouble import Trouble
from tests.e2e.crash.wishing import API_TOKEN, Wishes
from tests.e2e.process import check_secrets
from tests.e2e.replica import Replica
from tests.e2e.stage import installed


@dataclass(slots=True)
class Outcome:
    """What a crash test has shown.

    Attributes:
        findings: what is wrong, a sentence each; empty where all is well.
        met: how often each kind of trouble was put in the way.
        calls: the requests to Slack by method and status.
    """

    plan: Plan
    kills: int
    stalls: int
    wanted: list[Wanted]
    by_command: int
    told_to_try_again: int
    crashes: int
    messages: int
    edits: int
    seconds: float
    seconds_after_the_last_kill: float
    met: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


async def carry_out(
    plan: Plan, directory: Path, database_url: str, say: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Do what the plan says, between simulated neighbours served by this process."""
    async with installed(
        directory,
        QARUN_DATABASE_URL=database_url,
        QARUN_API_TOKEN=API_TOKEN,
        QARUN_POLL_MIN_SECONDS="1",
        QARUN_POLL_MAX_SECONDS="3",
        QARUN_LOG_FORMAT="json",
    ) as installation:
        installation.stage.qatech.time_source = time.time
        channels = [installation.channel(f"team-{n}") for n in range(plan.channels)]
        bots = [Replica.of(installation, number) for number in range(plan.replicas)]
        began = time.monotonic()
        wishes = Wishes(plan, installation, channels, [each.port for each in bots])
        trouble = Trouble(installation.slack, installation.stage.qatech, plan.dice("trouble"))
        killer = Killer(plan, installation, bots)
        async with AsyncExitStack() as stack:
            for each in bots:
                await each.start()
                stack.push_async_callback(each.kill)
            stack.push_async_callback(wishes.aclose)
            async with _meanwhile(trouble), asyncio.TaskGroup() as group:
                group.create_task(_report(began, killer, wishes, channels, say))
                group.create_task(wishes.place())
                await killer.work()
            ended = time.monotonic()
            say("the last kill is over and every wish is taken; nothing is in the way any more")
            await _until_told(wishes.wanted, channels, ended + plan.patience)
            told = time.monotonic()
            await asyncio.sleep(plan.quiet)
            found = findings(wishes.wanted, channels)
        logs = "".join(each.log.read_text() for each in bots)
        check_secrets(installation, logs)
        crashes = [line for line in logs.splitlines() if "crashed" in line or "Traceback" in line]
        # Who has stood still for half a minute finds many of its waits to be over at once.
        if not plan.stalls:
            found += [f"an error of our own: {line}" for line in crashes]
        slack = installation.slack
        ours = [each for channel in channels for each in channel.messages if each.author.is_bot]
        return Outcome(
            plan=plan,
            kills=killer.kills,
            stalls=killer.stalls,
            wanted=wishes.wanted,
            by_command=wishes.by_command,
            told_to_try_again=wishes.told_to_try_again,
            crashes=len(crashes),
            messages=len(ours),
            edits=sum(len(each.revisions) for each in ours),
            seconds=told - began,
            seconds_after_the_last_kill=told - ended,
            met=trouble.met,
            calls=Counter(f"{call.method} {call.status or 'unheard'}" for call in slack.calls),
            findings=found,
        )


@contextlib.asynccontextmanager
async def _meanwhile(trouble: Trouble) -> AsyncIterator[None]:
    making = asyncio.create_task(trouble.make())
    try:
        yield
    finally:
        making.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await making
        trouble.clear()


async def _report(
    began: float,
    killer: Killer,
    wishes: Wishes,
    channels: list[Channel],
    say: Callable[[str], None],
) -> None:
    plan = killer.plan
    while killer.kills < plan.kills or killer.stalls < plan.stalls:
        await asyncio.sleep(10)
        taken = sum(wish.is_stored for wish in wishes.wanted)
        missing = len(untold([w for w in wishes.wanted if w.is_stored], channels))
        say(
            f"{time.monotonic() - began:4.0f} s: {killer.kills} kills, {killer.stalls} stalls, "
            f"{taken} of {len(wishes.wanted)} wishes taken, {missing} still to be told"
        )


async def _until_told(wanted: list[Wanted], channels: list[Channel], give_up: float) -> None:
    while untold(wanted, channels) and time.monotonic() < give_up:  # noqa: ASYNC110 - many events
        await asyncio.sleep(0.5)
