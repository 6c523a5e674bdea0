"""CI says by the HTTP API which run is to be told where."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from bot.playground import qatech_faults
from bot.playground.scenarios import all_passed, three_failed
from tests.e2e.stage import Installation, installed, outside_threads, poll_until, replies, report_of

TOKEN = "token-of-the-api"
LINK = "https://app.qa.tech/p/fjord-supply/results/Good1"


@contextlib.asynccontextmanager
async def with_api(directory: Path) -> AsyncIterator[tuple[Installation, httpx.AsyncClient]]:
    async with (
        installed(directory, QARUN_API_TOKEN=TOKEN) as installation,
        installation.running(),
        httpx.AsyncClient(
            trust_env=False,
            base_url=f"{installation.url}/api/v1",
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as client,
    ):
        yield installation, client


async def settled(client: httpx.AsyncClient, watch: dict[str, Any]) -> dict[str, Any]:
    """The watch, once nothing of it waits to be told any more."""

    async def shown() -> dict[str, Any]:
        found: dict[str, Any] = (await client.get(f"/watches/{watch['id']}")).json()
        return found

    def is_told(found: dict[str, Any]) -> bool:
        return all(each["state"] != "pending" for each in found["notices"])

    await poll_until(shown, is_told)
    return await shown()


async def test_ci_has_the_end_of_a_run_told_in_a_channel(tmp_path: Path) -> None:
    async with with_api(tmp_path) as (installation, client):
        qa, ops = installation.qa, installation.channel("ops")
        installation.stage.qatech.add(three_failed("Bad1", duration=100))
        installation.stage.qatech.add(all_passed("Good1", duration=100))
        bodies = [
            {"run": "Bad1", "channel": qa.id, "mention": [installation.ben.id]},
            {"run": LINK, "channel": qa.id, "notify_on": "failures"},
            {"run": "#Good1", "channel": ops.id, "notify_on": "all", "live": True},
        ]
        opened = [await client.post("/watches", json=body) for body in bodies]
        assert [answer.status_code for answer in opened] == [202] * 3
        again = await client.post("/watches", json=bodies[0])
        assert (again.status_code, again.json()["id"]) == (200, opened[0].json()["id"])
        live = await installation.live("Good1", ops)
        installation.runs.step(101)
        report = await installation.told("Bad1")
        assert f"For <@{installation.ben.id}>." in report.text
        assert await installation.told("Good1", ops) is live
        await installation.until(lambda: replies(ops))
        assert outside_threads(qa) == [report]
        for answer, kinds in zip(
            opened,
            (
                [("run_finished", "sent")],
                [],
                [("run_progressed", "sent"), ("run_finished", "sent"), ("verdict_given", "sent")],
            ),
            strict=True,
        ):
            told = await settled(client, answer.json())
            assert told["state"] == "ended"
            assert [(each["kind"], each["state"]) for each in told["notices"]] == kinds


async def test_ci_is_told_what_is_wrong_and_a_run_is_not_lost_while_qatech_is_down(
    tmp_path: Path,
) -> None:
    async with with_api(tmp_path) as (installation, client):
        qatech = installation.stage.qatech
        body = {"run": "Late1", "channel": installation.qa.id, "notify_on": "all"}
        async with httpx.AsyncClient(trust_env=False) as stranger:
            refused = await stranger.post(f"{installation.url}/api/v1/watches", json=body)
        assert refused.status_code == 401
        assert (await client.post("/watches", json=body)).status_code == 404
        wrong = await client.post("/watches", json=body | {"channel": "#qa"})
        assert (wrong.status_code, wrong.json()["detail"][:9]) == (422, "channel: ")
        qatech.add(all_passed("Late1", duration=0))
        qatech.faults.inject(qatech_faults.refuse(503))
        unverified = await client.post("/watches", json=body)
        assert (unverified.status_code, unverified.json()["state"]) == (202, "unverified")
        assert report_of("Late1", installation.qa) is None
        qatech.faults.clear()
        await installation.told("Late1")
