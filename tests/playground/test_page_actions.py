"""What a person does at the demo's page, as far as it needs no bot."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.playground.scenarios import FAILED_ID
from bot.playground.slack_rules import Json
from tests.playground.page_served import Served, served_page


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with served_page() as page:
        yield page


@pytest.mark.parametrize(
    ("text", "thread", "why"),
    [
        ("/qarun UkxK", None, "dispatch_failed"),
        ("/qarun UkxK", "1.2", "not supported in threads"),
        ("/remind me", None, "not a valid command"),
        ("/invite @ben", None, "Only @qarun"),
        ("   ", None, "nothing to send"),
    ],
)
async def test_what_slack_would_not_do_is_refused_in_words(
    served: Served, text: str, thread: str | None, why: str
) -> None:
    answer = await served.do("say", channel="qa", text=text, thread_ts=thread)
    assert answer.status_code in {422, 504}
    assert why in answer.json()["detail"]


async def test_the_bot_can_be_invited(served: Served) -> None:
    async with served.told() as told:
        await told.next("everything")
        assert (await served.do("say", channel="random", text="/invite @qarun")).json() == {
            "ok": True
        }
        channels = (await told.next("channels"))["channels"]
    assert next(each for each in channels if each["name"] == "random")["has_bot"] is True


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("say", {"channel": "nowhere", "text": "hi"}, 409),
        ("say", {"channel": "qa"}, 422),
        ("say", {"channel": "qa", "text": "x" * 4_001}, 422),
        ("press", {"channel": "qa", "ts": "1.2", "block_id": "b", "action_id": "a"}, 409),
        ("press-in-view", {"view_id": "V1", "block_id": "b", "action_id": "a"}, 409),
        ("submit", {"view_id": "V1", "values": {}}, 409),
        ("close", {"view_id": "V1"}, 409),
        ("speed", {"speed": -1}, 422),
        ("switch", {"name": "power", "on": True}, 409),
        ("run", {"cases": 0, "failures": 0, "issues": 0, "seconds": 1}, 422),
        ("run", {"cases": 1, "failures": 2, "issues": 0, "seconds": 1}, 422),
        ("open-home", {}, 504),
    ],
)
async def test_what_cannot_be_done_is_an_answer_with_a_sentence(
    served: Served, what: str, body: Json, status: int
) -> None:
    answer = await served.do(what, **body)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")


async def test_a_run_of_ones_own_begins(served: Served) -> None:
    begun = await served.do("run", cases=30, failures=3, issues=9, seconds=60)
    run = served.stage.qatech.run(begun.json()["id"])
    assert run is not None
    ended = run.script.at(60)
    assert ended.result == "FAILED"
    assert sum(each.case.result == "FAILED" for each in ended.cases) == 3
    assert len({each.case.name for each in ended.cases}) == 30
    accessibility = [issue for issue in ended.issues if issue.issue_type == "ACCESSIBILITY"]
    assert len({issue.title for issue in accessibility}) == 9


async def test_there_is_an_end_to_runs_of_ones_own(served: Served) -> None:
    wanted = {"cases": 1, "failures": 0, "issues": 0, "seconds": 1}
    for _ in range(200):
        answer = await served.do("run", **wanted)
        if answer.status_code != 200:
            break
    assert "start the demo again" in answer.json()["detail"]


async def test_the_switches_put_faults_in_force_and_take_them_back(served: Served) -> None:
    slack = served.stage.slack
    async with httpx.AsyncClient(trust_env=False) as bot:
        address = f"{served.stage.qatech_url}/v1/run/{FAILED_ID}"
        await served.do("switch", name="qatech_down", on=True)
        assert (await bot.get(address)).status_code == 503
        await served.do("switch", name="qatech_down", on=False)
        await served.do("switch", name="qatech_busy", on=True)
        busy = await bot.get(address)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "5")
        await served.do("switch", name="slack_busy", on=True)
        assert (await bot.get(address)).status_code == 429, "one switch leaves the others alone"
        posted = await bot.post(f"{served.stage.slack_api_url}chat.postMessage")
        assert (posted.status_code, posted.headers["retry-after"]) == (429, "3")
        await served.do("switch", name="slack_busy", on=False)
        assert (await bot.post(f"{served.stage.slack_api_url}chat.update")).status_code == 200
    await served.do("switch", name="socket_cut", on=True)
    assert slack.sockets.is_refusing
    await served.do("switch", name="socket_cut", on=False)
    assert not slack.sockets.is_refusing
