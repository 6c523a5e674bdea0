"""A day of work, of failures and of a crash, at the debug level: no secret is written anywhere."""

import asyncio
import contextlib
import sqlite3
import sys
from pathlib import Path

import httpx
import pytest

from bot.playground import qatech_faults
from bot.playground.qatech_world import DEMO_KEY
from bot.playground.scenarios import monster, three_failed
from tests.e2e.process import API_TOKEN, BotProcess, check_secrets, environment, run_to_its_end
from tests.e2e.stage import Installation, installed, poll_until

DOORS = ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/slack/events", "/nowhere")


async def work(installation: Installation) -> None:
    """Commands, buttons, modals, questions, links, CI."""
    slack, qa = installation.slack, installation.qa
    installation.stage.qatech.add(three_failed("Secr1", duration=100))
    installation.stage.qatech.add(monster("Secr2"))
    await installation.type("Secr1")
    live = await installation.live("Secr1")
    private = installation.channel("private", private=True, with_bot=False)
    await installation.answer_to("Secr2", where=private)
    await installation.answer_to("issues Secr2")
    await installation.answer_to("no such thing at all")
    await installation.answer_to("mute 1h")
    await installation.answer_to("unmute")
    await installation.type("alerts")
    await installation.until(lambda: slack.views.modals.get(installation.ada.id))
    installation.runs.step(100)
    report = await installation.told("Secr1")
    await installation.verdict()
    await slack.press(installation.ada, qa, report.ts, "failed_cases")
    await slack.message(installation.ada, qa, "why did it fail?", live.ts)
    await slack.share_link(installation.ada, qa, "https://app.qa.tech/p/x/results/Secr2")
    await slack.open_home(installation.ada)
    async with httpx.AsyncClient(trust_env=False, base_url=installation.url) as client:
        for token in (API_TOKEN, "wrong"):
            answer = await client.post(
                "/api/v1/watches",
                json={"run": "Secr2", "channel": qa.id},
                headers={"Authorization": f"Bearer {token}"},
            )
            check_secrets(installation, answer.text)
        for door in DOORS:
            for method in ("GET", "POST"):
                answer = await client.request(method, door, content=b"{}")
                check_secrets(installation, answer.text + str(answer.headers))


async def trouble(installation: Installation) -> None:
    """Everything that answers wrongly, does not answer, or repeats the key that it was shown."""
    slack, faults = installation.slack, installation.stage.qatech.faults
    for number, fault in enumerate(
        (
            qatech_faults.refuse(401, f"Unknown key {DEMO_KEY.token}"),
            qatech_faults.refuse(500, f"Authorization: Bearer {DEMO_KEY.token}"),
            qatech_faults.html(502),
            qatech_faults.redirect(f"https://evil.example/?key={DEMO_KEY.token}"),
            qatech_faults.wrong_types(),
            qatech_faults.cut(),
        )
    ):
        faults.inject(fault)
        await installation.answer_to(f"Fault{number}")
    for kind, more in (
        ("status", {}),
        ("drop", {}),
        ("error", {"error": "invalid_auth"}),
        ("error", {"error": "invalid_blocks"}),
        ("rate_limited", {}),
    ):
        slack.faults.add("chat.postMessage", kind, **more)  # type: ignore[arg-type]  # as above
        slack.faults.add("response_url", kind, **more)  # type: ignore[arg-type]  # as above
        await installation.type(
            "Secr2", where=installation.channel(f"{kind}-{len(slack.channels)}")
        )
        await installation.type("help")
    slack.faults.add("views.open", "drop")
    await installation.type("alerts")
    await slack.sockets.cut()


async def crash(installation: Installation) -> None:
    """Someone has written the key into the database, where nothing of the bot can read it.

    The error of the bot's own that follows repeats what it could not read.
    """

    def spoil() -> None:
        path = installation.directory / "qarun.db"
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as database, database:
            database.execute("UPDATE watches SET mention = ?", (DEMO_KEY.token,))

    await asyncio.to_thread(spoil)
    # Typed again: in Socket Mode the socket is on its way back.
    await poll_until(
        lambda: installation.slack.command(installation.ada, installation.qa, "list"),
        lambda delivery: bool(delivery.acknowledged),
    )
    await installation.slack.message(installation.ada, installation.qa, "why?", "1.1")


@pytest.mark.parametrize(
    ("over_http", "form"), [(False, "console"), (True, "json")], ids=["socket", "http"]
)
async def test_no_secret_is_written_down_whatever_happens(
    tmp_path: Path, over_http: bool, form: str
) -> None:
    async with installed(
        tmp_path,
        over_http=over_http,
        QARUN_LOG_LEVEL="debug",
        QARUN_LOG_FORMAT=form,
        QARUN_API_TOKEN=API_TOKEN,
        PYTHONASYNCIODEBUG="1" if over_http else "",
    ) as installation:
        log = tmp_path / "log.txt"
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                cwd=tmp_path,
                env=environment(installation.variables),
                stdout=stderr,
                stderr=stderr,
            )
        bot = BotProcess(process, log)
        try:
            await installation.ready()
            await work(installation)
            await trouble(installation)
            await crash(installation)
            await poll_until(
                lambda: asyncio.to_thread(log.read_text), lambda text: "_crashed" in text
            )
            assert await bot.stop() == 0
        finally:
            await bot.kill()
        written = log.read_text()
        assert "Traceback" in written
        assert "told" in written
        check_secrets(installation, written)
        for command in ("doctor", "audit") if over_http else ():
            _, out, err = await run_to_its_end(tmp_path, command, variables=installation.variables)
            check_secrets(installation, out + err)
