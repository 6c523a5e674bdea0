"""QA.tech is down: it is left alone, everybody is told so, and all goes on when it is back."""

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.playground.qatech_faults import refuse
from bot.playground.scenarios import all_passed
from tests.e2e.seen import logged, metric, names, readiness
from tests.e2e.stage import installed, poll_until

RUNS = [f"Down{number}" for number in range(12)]
REST: dict[str, Any] = {"QARUN_POLL_MIN_SECONDS": "1", "QARUN_POLL_MAX_SECONDS": "2"}


async def test_a_qatech_that_is_down_is_left_alone_until_it_is_back(
    tmp_path: Path, log: list[Any]
) -> None:
    async with installed(tmp_path, **REST) as bot, bot.running():
        qatech = bot.stage.qatech
        rooms = {run: bot.channel(run.lower()) for run in RUNS}
        for run, room in rooms.items():
            qatech.add(all_passed(run, duration=100))
            await bot.type(run, where=room)
        for run, room in rooms.items():
            await bot.confirmed(run, room)
        qatech.faults.inject(refuse(503))
        await poll_until(
            lambda: metric(bot, "qarun_qatech_breaker", state="open"), lambda value: value == 1
        )
        before, began = len(qatech.journal), asyncio.get_running_loop().time()

        # A person is answered at once, and what is wished for is kept.
        qatech.add(all_passed("Late1", duration=100))
        late = bot.channel("late")
        answer = await bot.answer_to("Late1", where=late)
        assert asyncio.get_running_loop().time() - began < 1.5
        assert "did not answer" in answer.text
        assert "I have stored your wish" in answer.text

        status, ready = await readiness(bot)
        assert status == 200  # another replica could not reach it either
        assert "is unavailable" in ready["warnings"]["qatech"]

        # Twelve runs and a command: without the breaker they would be dozens of requests.
        await asyncio.sleep(4)
        assert len(qatech.journal) - before <= 5

        qatech.faults.clear()
        await bot.confirmed("Late1", late)
        bot.runs.step(100)
        for run, room in {**rooms, "Late1": late}.items():
            assert "passed" in (await bot.told(run, room)).text
        assert names(logged(log, "qatech_left_alone", "qatech_asked_again")) == [
            "qatech_left_alone",
            "qatech_asked_again",
        ]
        assert names(logged(log, "qatech_failing", "qatech_recovered")) == [
            "qatech_failing",
            "qatech_recovered",
        ]
        assert await metric(bot, "qarun_qatech_breaker", state="closed") == 1
        assert await metric(bot, "qarun_qatech_not_asked_total", why="left_alone") > 10
        assert "warnings" not in (await readiness(bot))[1]


async def test_a_qatech_whose_certificate_is_not_trusted_is_not_spoken_to(
    tmp_path: Path, log: list[Any]
) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1024))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=self_signed(tmp_path))
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, installed(tmp_path, QATECH_API_URL=url) as bot, bot.running():
        answer = await bot.answer_to("Tls1")
        assert "QA.tech did not answer" in answer.text
        assert "I have stored your wish" in answer.text
        (failing,) = logged(log, "qatech_failing")
        assert "CERTIFICATE_VERIFY_FAILED" in failing["why"]
        assert (await readiness(bot))[0] == 200
        assert await metric(bot, "qarun_qatech_request_seconds_count", outcome="unavailable") >= 1
    assert not heard, "the key went to somebody whom nobody vouches for"


def self_signed(directory: Path) -> ssl.SSLContext:
    """A certificate that no client trusts; skips where no openssl can make one."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("a TLS server is NOT tested: the command openssl is not installed")
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
