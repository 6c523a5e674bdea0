"""People of other workspaces, in a channel that is shared with them: refused, and told so."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground.scenarios import three_failed
from bot.playground.slack_state import User
from tests.e2e.stage import Installation, installed, outside_threads, replies

RUN = "Frgn1"
THEIRS = "T0THEIRS"


def guest_in(installation: Installation) -> User:
    """Eve, of another workspace, in the channel that the bot reports to."""
    slack = installation.slack
    eve = replace(slack.add_user("eve"), team=THEIRS)
    slack.users[eve.id] = eve
    slack.join(installation.qa, eve.id)
    return eve


def refusals(installation: Installation, eve: User) -> list[str]:
    """What Eve has been told, and nobody else."""
    seen = installation.slack.ephemeral_for(eve, installation.qa.id)
    return [message.text for message in seen if "another workspace" in message.text]


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
async def test_a_guest_is_refused_whatever_they_do(tmp_path: Path, over_http: bool) -> None:
    async with installed(tmp_path, over_http=over_http) as installation, installation.running():
        slack, qatech = installation.slack, installation.stage.qatech
        qatech.add(three_failed(RUN, duration=100))
        installation.runs.step(100)
        eve = guest_in(installation)
        told = 0

        async def refused() -> None:
            nonlocal told
            told += 1
            await installation.until(lambda: len(refusals(installation, eve)) == told)

        for words in (RUN, "help", f"rerun {RUN}", "mute 1h", "alerts", ""):
            await installation.type(words, by=eve)
            await refused()
        assert not qatech.journal
        assert outside_threads(installation.qa) == []

        # To those who belong here, the channel is as it ever was.
        await installation.type(RUN)
        report = await installation.told(RUN)
        asked = len(qatech.journal)
        for action in ("failed_cases", "accessibility", "rerun_failed"):
            assert (await slack.press(eve, installation.qa, report.ts, action)).acknowledged
            await refused()
        mention = f"<@{slack.bot.id}> why did it fail?"
        await slack.message(eve, installation.qa, mention, report.ts)
        await refused()
        # Who talks on without asking the bot is left alone.
        await slack.message(eve, installation.qa, "rerun failed", report.ts)
        await slack.share_link(eve, installation.qa, f"https://app.qa.tech/p/webshop/results/{RUN}")
        await slack.message(installation.ada, installation.qa, "why did it fail?", report.ts)
        answers = await installation.until(
            lambda: [m for m in replies(installation.qa) if m.author == slack.bot]
        )
        assert len(answers) == 1
        assert len(refusals(installation, eve)) == told
        assert {each.method for each in list(qatech.journal)[asked:]} <= {"GET"}
        assert eve.id not in slack.views.modals
        assert not slack.calls_of("chat.unfurl")


async def test_a_guest_who_is_let_in_is_served(tmp_path: Path) -> None:
    async with (
        installed(tmp_path, QARUN_ALLOWED_TEAMS=THEIRS) as installation,
        installation.running(),
    ):
        installation.stage.qatech.add(three_failed(RUN, duration=100))
        installation.runs.step(100)
        eve = guest_in(installation)
        await installation.type(RUN, by=eve)
        await installation.told(RUN)
        assert refusals(installation, eve) == []
