"""The README's examples for CI: three lines each, that really parse and really work."""

import asyncio
import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.playground.scenarios import all_passed, three_failed
from tests.e2e.stage import ROOT, Installation, installed, outside_threads

TOKEN = "token-of-the-api"
CHANNEL = "C0123456789"
SECTION = (ROOT / "README.md").read_text().partition("\n## From CI\n")[2].partition("\n## ")[0]
CURL, GITHUB, GITLAB = re.findall(r"```\w+\n(.*?)```", SECTION, re.DOTALL)


def variables(installation: Installation, run: str) -> dict[str, str]:
    """What the text around the examples says that CI is given."""
    return {"QARUN_URL": installation.url, "QARUN_TOKEN": TOKEN, "RUN": run}


async def run_shell(script: str, given: dict[str, str]) -> None:
    """Run it as a job does: it fails with the first command that fails."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "-e", "-o", "pipefail", "-c", script),
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", **given},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode() or out.decode()


def github_step() -> dict[str, Any]:
    (step,) = yaml.safe_load(GITHUB)
    return dict(step)


def gitlab_script() -> list[str]:
    return list(yaml.safe_load(textwrap.dedent(GITLAB)))


@pytest.mark.parametrize("example", [CURL, GITHUB, GITLAB])
def test_each_example_is_three_lines(example: str) -> None:
    assert len(example.splitlines()) == 3


def test_the_step_of_github_takes_what_the_action_of_qatech_and_the_secrets_give() -> None:
    assert github_step()["env"] == {
        "QARUN_URL": "${{ vars.QARUN_URL }}",
        "QARUN_TOKEN": "${{ secrets.QARUN_TOKEN }}",
        "RUN": "${{ steps.qatech.outputs.run_short_id }}",
    }


async def test_every_example_has_its_run_told_in_the_channel(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed: the examples for CI were not run")
    async with installed(tmp_path, QARUN_API_TOKEN=TOKEN) as installation, installation.running():
        qa = installation.slack.add_channel("ci", channel_id=CHANNEL)
        for run in ("Curl1", "Hub1", "Lab1"):
            installation.stage.qatech.add(three_failed(run, duration=100))
        installation.stage.qatech.add(all_passed("Good1", duration=100))
        link = "https://app.qa.tech/p/fjord-supply/results/Hub1"
        await run_shell(CURL, variables(installation, "Curl1"))
        await run_shell(CURL, variables(installation, "Good1"))
        await run_shell(github_step()["run"], variables(installation, link))
        await run_shell("\n".join(gitlab_script()), variables(installation, "Lab1"))
        await run_shell(CURL, variables(installation, "Curl1"))  # a job that is run again
        installation.runs.step(101)
        for run in ("Curl1", "Hub1"):
            await installation.told(run, qa)
        # The same verdict as the runs before it: no change, and so no news to GitLab's watch.
        assert {m.text.split()[1] for m in outside_threads(qa)} >= {"Curl1", "Hub1"}
        assert not any("Good1" in m.text.split("\n")[0] for m in outside_threads(qa))


async def test_an_example_fails_its_job_where_the_bot_refuses(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed: the examples for CI were not run")
    another = installed(tmp_path, QARUN_API_TOKEN="another")
    async with another as installation, installation.running():
        for script in (CURL, github_step()["run"], "\n".join(gitlab_script())):
            with pytest.raises(AssertionError, match="401"):
                await run_shell(script, variables(installation, "Curl1"))
