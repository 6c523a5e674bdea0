"""The command itself: its exit statuses, its log, its stop, and the demo."""

import asyncio
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.playground.scenarios import all_passed, monster
from tests.e2e.process import environment, run_to_its_end, serving_process
from tests.e2e.seen import metric
from tests.e2e.stage import installed, poll_until


@pytest.fixture(scope="module", autouse=True)
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """The demo, which is mostly waiting: it runs beside the other tests of this file."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--terminal"],
        cwd=tmp_path_factory.mktemp("demo"),
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


async def test_a_talkative_process_shows_no_secret_and_stops_when_told(tmp_path: Path) -> None:
    async with installed(
        tmp_path, QARUN_LOG_LEVEL="debug", QARUN_LOG_FORMAT="json"
    ) as installation:
        installation.stage.qatech.add(all_passed("Talk1", duration=100))
        installation.stage.qatech.add(monster("Talk2"))
        async with serving_process(installation) as bot:
            await installation.type("Talk1")
            await installation.live("Talk1")
            installation.slack.faults.add("chat.update", "status")
            installation.slack.faults.add("chat.postMessage", "drop")
            await installation.type("Talk2", where=installation.channel("other"))
            private = installation.channel("private", private=True, with_bot=False)
            assert "/invite" in (await installation.answer_to("Talk2", where=private)).text
            installation.runs.step(100)
            await installation.verdict()
            await installation.told("Talk2", installation.slack.channel("other"))
            for name, labels in (
                ("qarun_ack_seconds_count", {"payload": "command"}),
                ("qarun_polls_total", {"observation": "finished"}),
                ("qarun_deliveries_total", {"result": "sent"}),
                ("qarun_qatech_request_seconds_count", {"call": "run", "outcome": "answered"}),
                ("qarun_slack_request_seconds_count", {"method": "chat.update"}),
                ("qarun_slack_connected", {}),
                ("qarun_database_writable", {}),
                ("qarun_build_info", {}),
            ):
                look = functools.partial(metric, installation, name, **labels)
                await poll_until(look, lambda value: value > 0)
            assert await bot.stop() == 0
        log = bot.log.read_text()
        assert '"event": "told"' in log  # and `serving_process` looks for secrets in it


async def test_a_setting_that_slack_refuses_ends_with_a_sentence_and_status_2(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        good = {**installation.variables, "QARUN_PORT": "0"}

        async def refused(variable: str, given: str | None) -> None:
            variables = {name: good[name] for name in good if name != variable}
            if given is not None:
                variables[variable] = given
            status, _, err = await run_to_its_end(tmp_path, "serve", variables=variables)
            said = [line for line in err.splitlines() if variable in line]
            assert status == 2, (variable, err)
            assert len(said) == 1, (variable, err)
            assert "Traceback" not in err
            assert given is None or given not in err, variable

        await asyncio.gather(
            refused("SLACK_BOT_TOKEN", "xoxb-not-this-one"),
            refused("SLACK_APP_TOKEN", "xapp-not-this-one"),
            refused("QATECH_API_TOKEN", None),
        )


def test_the_demo_shows_the_main_job_in_half_a_minute(demo: "subprocess.Popen[str]") -> None:
    out, err = demo.communicate(timeout=30)
    assert demo.returncode == 0, err
    assert "ada types  /qarun UkxK" in out
    for words in ("Run UkxK passed", "Run Bq7Tz failed", "Run M9nstr failed", "only visible to"):
        assert words in out
    assert not err
