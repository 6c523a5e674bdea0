"""The server behind the demo's page: what it lets in and what it tells."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from bot.playground.page import serving_page
from bot.playground.page_feed import Feed
from bot.playground.page_guard import HEADERS
from bot.playground.page_scene import LONG_ID, Scene
from bot.playground.scenarios import FAILED_ID, PASSED_ID
from bot.playground.slack_state import Message
from bot.playground.stage import setting
from tests.playground.page_served import FORMS, Served, served_page


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with served_page() as page:
        yield page


async def test_the_page_and_its_files_come_with_a_strict_policy(served: Served) -> None:
    for path, kind in (("/", "text/html"), ("/js/app.js", "javascript"), ("/css/base.css", "css")):
        answer = await served.http.get(path)
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
    assert (await served.http.get("/js/none.js")).status_code == 404


async def test_uploaded_pictures_are_served_and_nothing_else_of_the_files(served: Served) -> None:
    files = served.stage.slack.files
    picture, text, waiting = (files.announce(name, 4, "") for name in ("a.png", "b.txt", "c.png"))
    picture.content, text.content = b"\x89PNG\r\n\x1a\n", b"<script>"
    answer = await served.http.get(f"/files/{picture.id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for absent in (text.id, waiting.id, "F404", "..%2Fpage.py"):
        assert (await served.http.get(f"/files/{absent}")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
async def test_what_is_foreign_is_refused(served: Served, headers: dict[str, str]) -> None:
    before = await served.http.get("/", headers=headers)
    assert before.status_code == 403
    answer = await served.http.post("/do/speed", json={"speed": 9}, headers=headers)
    assert answer.status_code == 403
    assert served.stage.qatech.speed == 1


async def test_a_foreign_page_gets_no_websocket(served: Served) -> None:
    socket = served.address.replace("http", "ws", 1)
    with pytest.raises(InvalidStatus, match="403"):
        await connect(f"{socket}/changes", origin=Origin("https://evil.example"), proxy=None)


async def test_a_page_is_told_everything_and_then_each_change(served: Served) -> None:
    slack, me = served.stage.slack, served.feed.scene.me
    async with served.told() as told:
        everything = await told.next("everything")
        assert everything["me"]["name"] == "ada"
        assert everything["channels"][0]["name"] == "qa"
        assert everything["commands"] == FORMS
        assert {run["id"] for run in everything["status"]["runs"]} >= {PASSED_ID, FAILED_ID}
        said = await served.do(
            "say", channel="qa", text="hello <b> @qarun see https://x.example/?a=1&b"
        )
        assert said.status_code == 504  # no bot is there to be told
        message = (await told.next("message"))["message"]
        assert message["payload"]["text"] == (
            f"hello &lt;b&gt; <@{slack.bot.id}> see <https://x.example/?a=1&amp;b>"
        )
        place = slack.channel("qa").id
        for visible_to in ("U0OTHER", me.id):
            slack.post(Message("", place, slack.bot, f"for {visible_to}", visible_to=visible_to))
        only_for_me = (await told.next("message"))["message"]
        assert only_for_me["payload"]["text"] == f"for {me.id}"
        assert only_for_me["ephemeral"] is True
        await served.do("dismiss", channel=place, ts=only_for_me["ts"])
        assert (await told.next("gone"))["ts"] == only_for_me["ts"]
        assert (await served.do("dismiss", channel=place, ts=message["ts"])).status_code == 409


async def test_a_deleted_message_with_replies_stays_as_a_tombstone(served: Served) -> None:
    slack, me = served.stage.slack, served.feed.scene.me
    place = slack.channel("qa").id
    root = slack.post(Message("", place, me, "root"))
    slack.post(Message("", place, me, "reply", thread_ts=root.ts))
    async with served.told() as told:
        await told.next("everything")
        slack.delete(root)
        message = (await told.next("message"))["message"]
        assert message["payload"]["subtype"] == "tombstone"


async def test_half_of_a_surrogate_pair_can_be_told(served: Served) -> None:
    slack, me = served.stage.slack, served.feed.scene.me
    slack.post(Message("", slack.channel("qa").id, me, "half \ud83d of one"))
    async with served.told() as told:
        everything = await told.next("everything")
    assert everything["messages"][0]["payload"]["text"] == "half \ud83d of one"


async def test_the_status_tells_of_runs_time_and_health(served: Served) -> None:
    async with served.told() as told:
        first = (await told.next("everything"))["status"]
        assert {run["id"]: run["status"] for run in first["runs"]}[LONG_ID] is None
        assert {run["id"]: run["result"] for run in first["runs"]}[FAILED_ID] == "FAILED"
        served.unwell["slack"] = "the socket is closed"
        assert (await served.do("speed", speed=30)).json() == {"ok": True}
        status = (await told.next("status"))["status"]
        assert status["problems"] == {"slack": "the socket is closed"}
        assert status["speed"] == 30
        run = served.stage.qatech.run(LONG_ID)
        assert run is not None
        served.stage.qatech.look(run)
        async with asyncio.timeout(5):
            while True:
                status = (await told.next("status"))["status"]
                now = next(each for each in status["runs"] if each["id"] == LONG_ID)
                if now["share"] == 1:
                    break
        assert (now["status"], now["result"], now["finished"]) == ("COMPLETED", "FAILED", 24)


async def test_runs_that_the_bot_starts_join_the_list(served: Served) -> None:
    world = served.stage.qatech
    run = world.run(FAILED_ID)
    assert run is not None
    fresh = world.rerun(run, chosen=frozenset({run.script.cases[0].project_case_id}))
    async with served.told() as told:
        status = (await told.next("everything"))["status"]
    rerun = next(each for each in status["runs"] if each["id"] == fresh.script.short_id)
    assert rerun["title"] == "Rerun"
    assert rerun["cases"] == 1


async def test_requests_to_qatech_become_entries_and_can_be_seen_whole(served: Served) -> None:
    async with served.told() as told, httpx.AsyncClient(trust_env=False) as bot:
        await told.next("everything")
        await bot.get(f"{served.stage.qatech_url}/v1/run/{FAILED_ID}?testCases=all")
        entry = (await told.next("entry"))["entry"]
        assert entry["way"] == "qatech"
        assert entry["title"] == f"GET /v1/run/{FAILED_ID}?testCases=all"
        assert (entry["note"], entry["ok"]) == ("401", False)
        detail = (await served.http.get(f"/entries/{entry['number']}")).json()
        assert detail["query"] == {"testCases": "all"}
        assert "authorization" not in detail["headers"]
    assert (await served.http.get("/entries/9999")).status_code == 404


async def test_calls_of_the_web_api_become_entries_with_their_json_unpacked(
    served: Served,
) -> None:
    slack = served.stage.slack
    blocks = [{"type": "divider"}]
    form = {"channel": slack.channel("qa").id, "text": "hi", "blocks": json.dumps(blocks)}
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with served.told() as told, httpx.AsyncClient(trust_env=False) as bot:
        await told.next("everything")
        await bot.post(f"{served.stage.slack_api_url}chat.postMessage", data=form, headers=headers)
        posted = await told.entry("chat.postMessage")
        await bot.post(f"{served.stage.slack_api_url}chat.postMessage", data=form)
        refused = await told.entry("chat.postMessage")
    assert (posted["title"], posted["note"], posted["ok"]) == ("chat.postMessage", "200", True)
    assert (refused["note"], refused["ok"]) == ("200 not_authed", False)
    detail = (await served.http.get(f"/entries/{posted['number']}")).json()
    assert detail["arguments"]["blocks"] == blocks
    assert slack.bot_token not in json.dumps(detail)


async def test_pages_that_are_open_do_not_hold_up_the_end() -> None:
    async def well() -> Mapping[str, str]:
        return {}

    async with setting() as stage:
        feed = Feed(Scene(stage), health=well, commands=[])
        async with contextlib.AsyncExitStack() as leaving:
            async with serving_page(feed) as address:
                socket = address.replace("http", "ws", 1)
                page = await leaving.enter_async_context(connect(f"{socket}/changes", proxy=None))
                await page.recv()
                assert feed.readers == 1
                began = asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - began < 2
        assert feed.readers == 0
