import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_faults import Compute, Receive, Send, delay, drip, hang, refuse
from bot.playground.qatech_script import Case, Script
from bot.playground.qatech_world import DEMO_KEY, WEBSHOP, ApiKey, Project, QATechWorld
from bot.playground.scenarios import all_passed, three_failed
from bot.serving import listen, serving
from tests.fakes.stepped_time import SteppedTime

OTHER = Project("proj_other1", "other")
KEYS = (
    DEMO_KEY,
    ApiKey("reader", can_write=False),
    ApiKey("org", frozenset({WEBSHOP.short_id, OTHER.short_id}), organisation=True),
)
BOTH = {"testCases": "all", "issues": "all"}


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
def world(time: SteppedTime) -> QATechWorld:
    world = QATechWorld(time_source=time, keys=KEYS, projects=(WEBSHOP, OTHER))
    world.add(three_failed("Bad"), age=10_000)
    world.add(all_passed("Good", duration=100))
    world.add(all_passed("Else"), project=OTHER, age=10_000)
    return world


@pytest.fixture
async def http(world: QATechWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(SimulatedQATech(world)),
        base_url="http://simulated",
        headers=bearer(DEMO_KEY.token),
    ) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic qat-demo-key", "qat-demo-key"]
)
@pytest.mark.parametrize("path", ["/v1/run/Bad", "/v1/run/nope", "/v1/run-test-case/nope"])
async def test_without_a_key_nothing_is_told(
    http: httpx.AsyncClient, authorization: str, path: str
) -> None:
    answer = await http.get(path, headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()) == (401, {"message": "Missing or invalid API key"})


@pytest.mark.parametrize(
    ("token", "query", "status"),
    [
        ("qat-demo-key", {}, 200),
        ("qat-demo-key", {"projectShortId": WEBSHOP.short_id}, 200),
        ("qat-demo-key", {"projectShortId": OTHER.short_id}, 403),
        ("qat-demo-key", {"projectShortId": "proj_unknown"}, 404),
        ("qat-demo-key", {"projectShortId": "webshop"}, 400),
        ("qat-demo-key", {"projectShortId": ""}, 400),
        ("qat-demo-key", {"projectShortId": "proj-slug"}, 400),
        ("org", {}, 400),
        ("org", {"projectShortId": WEBSHOP.short_id}, 200),
        ("org", {"projectShortId": OTHER.short_id}, 404),
        ("qat-demo-key", {"testCases": "all"}, 200),
        ("qat-demo-key", {"testCases": "ALL"}, 400),
        ("qat-demo-key", {"testCases": ""}, 400),
        ("qat-demo-key", {"issues": "failed_test"}, 200),
        ("qat-demo-key", {"issues": "FAILED_TEST"}, 400),
        ("qat-demo-key", {"issues": "security"}, 400),
    ],
)
async def test_the_query_is_taken_at_its_word(
    http: httpx.AsyncClient, token: str, query: dict[str, str], status: int
) -> None:
    answer = await http.get("/v1/run/Bad", params=query, headers=bearer(token))
    assert answer.status_code == status
    assert status == 200 or set(answer.json()) == {"message"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/run/bad", 404),
        ("GET", "/v1/run/Else", 404),
        ("GET", "/v1/run/a%2Fb", 404),
        ("GET", "/v1/runs", 404),
        ("PUT", "/v1/run/Bad", 405),
    ],
)
async def test_what_is_not_there_is_told_as_json(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"message"}


async def test_cases_and_issues_come_only_when_asked_for(http: httpx.AsyncClient) -> None:
    bare = (await http.get("/v1/run/Bad")).json()
    assert bare["runTestCases"] == []
    assert "issues" not in bare
    assert (await http.get("/v1/run/Good", params=BOTH)).json()["issues"] == []


async def test_the_failed_filter_tells_what_has_gone_wrong_so_far(
    http: httpx.AsyncClient, world: QATechWorld, time: SteppedTime
) -> None:
    world.add(Script("Now", (Case("a", "FAILED"), Case("b"), Case("c", "FAILED")), duration=30))
    counts = []
    for _ in range(4):
        answer = await http.get("/v1/run/Now", params={"testCases": "failed"})
        counts.append([case["name"] for case in answer.json()["runTestCases"]])
        time.step(10.001)
    assert counts == [[], ["a"], ["a"], ["a", "c"]]


@pytest.mark.parametrize("category", ["accessibility", "console", "hosting", "failed_test"])
async def test_a_category_brings_only_its_issues(http: httpx.AsyncClient, category: str) -> None:
    issues = (await http.get("/v1/run/Bad", params={"issues": category})).json()["issues"]
    assert issues
    assert {issue["issueType"] for issue in issues} == {category.upper()}


async def test_a_run_moves_from_initiated_to_its_end(
    http: httpx.AsyncClient, time: SteppedTime
) -> None:
    seen = []
    for seconds in (0, 6, 54, 39, 1.5):
        time.step(seconds)
        run = (await http.get("/v1/run/Good", params=BOTH)).json()
        over = [case for case in run["runTestCases"] if case["result"] is not None]
        assert all(case["resultTitle"] is None for case in run["runTestCases"] if case not in over)
        seen.append((run["status"], run["result"], len(over)))
    assert seen == [
        ("INITIATED", None, 0),
        ("RUNNING", None, 0),
        ("RUNNING", None, 4),
        ("RUNNING", None, 7),
        ("COMPLETED", "PASSED", 8),
    ]


async def test_the_clock_can_be_sped_up_in_the_middle(
    http: httpx.AsyncClient, world: QATechWorld, time: SteppedTime
) -> None:
    time.step(10)
    world.speed = 30
    assert (await http.get("/v1/run/Good")).json()["status"] == "RUNNING"
    time.step(2.9)
    assert (await http.get("/v1/run/Good")).json()["status"] == "RUNNING"
    time.step(0.2)
    assert (await http.get("/v1/run/Good")).json()["status"] == "COMPLETED"
    assert world.speed == 30


async def test_a_run_can_wait_until_it_is_asked_for(
    http: httpx.AsyncClient, world: QATechWorld, time: SteppedTime
) -> None:
    world.add(all_passed("Wait", duration=100), when_asked=True)
    time.step(1000)
    assert (await http.get("/v1/run-test-case/nope")).status_code == 404
    assert (await http.get("/v1/run/Wait")).json()["status"] == "INITIATED"
    time.step(100)
    assert (await http.get("/v1/run/Wait")).json()["status"] == "COMPLETED"


async def test_a_rerun_of_all_is_a_new_run_that_proceeds(
    http: httpx.AsyncClient, world: QATechWorld, time: SteppedTime
) -> None:
    answer = (await http.post("/v1/run/Bad", json={})).json()
    new_id = answer["run"]["shortId"]
    assert answer == {
        "success": True,
        "run": {
            "id": answer["run"]["id"],
            "shortId": new_id,
            "url": f"https://app.qa.tech/p/{WEBSHOP.slug}/results/{new_id}",
            "testCount": 24,
        },
    }
    assert (await http.get(f"/v1/run/{new_id}")).json()["status"] == "INITIATED"
    time.step(10_000)
    run = (await http.get(f"/v1/run/{new_id}", params=BOTH)).json()
    assert (run["status"], run["result"]) == ("COMPLETED", "FAILED")
    old = (await http.get("/v1/run/Bad", params=BOTH)).json()
    assert {issue["shortId"] for issue in run["issues"]} < {
        issue["shortId"] for issue in old["issues"]
    }


async def test_a_rerun_of_the_failed_ones_fixes_the_flaky_ones(
    http: httpx.AsyncClient, time: SteppedTime
) -> None:
    new_id = (await http.post("/v1/run/Bad", json={"failedOnly": True})).json()["run"]["shortId"]
    time.step(10_000)
    cases = (await http.get(f"/v1/run/{new_id}", params=BOTH)).json()["runTestCases"]
    results = [case["result"] for case in cases]
    assert sorted(results) == ["FAILED", "FAILED", "PASSED", "PASSED", "PASSED", "SKIPPED"]


async def test_two_reruns_are_two_runs(http: httpx.AsyncClient) -> None:
    ids = [(await http.post("/v1/run/Bad", json={})).json()["run"]["shortId"] for _ in range(2)]
    assert len({"Bad", *ids}) == 3


async def test_a_rerun_may_choose_its_cases(http: httpx.AsyncClient) -> None:
    case = (await http.get("/v1/run/Bad", params=BOTH)).json()["runTestCases"][3]
    details = (await http.get(f"/v1/run-test-case/{case['shortId']}")).json()
    body = {"projectTestCaseIds": [details["projectTestCaseId"]]}
    new_id = (await http.post("/v1/run/Bad", json=body)).json()["run"]["shortId"]
    again = (await http.get(f"/v1/run/{new_id}", params=BOTH)).json()["runTestCases"]
    assert [item["name"] for item in again] == [case["name"]]
    assert again[0]["shortId"] != case["shortId"]


UUID = "6f1b7c1e-3f54-4f0e-9d43-0f1f4b6c2a11"


@pytest.mark.parametrize(
    ("token", "short_id", "body", "status"),
    [
        ("qat-demo-key", "Bad", b"", 400),
        ("qat-demo-key", "Bad", b"[]", 400),
        ("qat-demo-key", "Bad", b"{", 400),
        ("qat-demo-key", "Bad", b'{"failedOnly": "yes"}', 400),
        ("qat-demo-key", "Bad", b'{"projectTestCaseIds": "x"}', 400),
        ("qat-demo-key", "Bad", b'{"projectTestCaseIds": ["x"]}', 400),
        ("qat-demo-key", "Bad", b'{"projectTestCaseIds": [7]}', 400),
        ("qat-demo-key", "Bad", f'{{"projectTestCaseIds": ["{UUID}"]}}'.encode(), 400),
        (
            "qat-demo-key",
            "Bad",
            f'{{"failedOnly": true, "projectTestCaseIds": ["{UUID}"]}}'.encode(),
            400,
        ),
        ("qat-demo-key", "Good", b'{"failedOnly": true}', 400),
        ("qat-demo-key", "Bad", b'{"projectShortId": 7}', 400),
        ("wrong", "Bad", b"{}", 401),
        ("reader", "Bad", b"{}", 403),
        ("qat-demo-key", "nope", b"{}", 404),
        ("org", "Bad", b"{}", 400),
        ("org", "Bad", f'{{"projectShortId": "{WEBSHOP.short_id}"}}'.encode(), 200),
        ("org", f"Bad?projectShortId={WEBSHOP.short_id}", b"{}", 200),
    ],
)
async def test_a_rerun_is_refused_as_documented(
    http: httpx.AsyncClient, token: str, short_id: str, body: bytes, status: int
) -> None:
    answer = await http.post(f"/v1/run/{short_id}", content=body, headers=bearer(token))
    assert answer.status_code == status
    assert status == 200 or set(answer.json()) == {"message"}


async def test_the_quota_of_reruns_can_be_used_up(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    world.reruns_left = 1
    statuses = [(await http.post("/v1/run/Bad", json={})).status_code for _ in range(2)]
    assert statuses == [200, 402]


async def test_a_test_case_tells_when_it_ran_and_where_to_see_it(
    http: httpx.AsyncClient, time: SteppedTime
) -> None:
    time.step(40)
    cases = (await http.get("/v1/run/Good", params=BOTH)).json()["runTestCases"]
    first, running, waiting = [
        (await http.get(f"/v1/run-test-case/{cases[index]['shortId']}")).json()
        for index in (0, 4, 7)
    ]
    assert cases[0].items() <= first.items()
    assert first["runShortId"] == "Good"
    assert first["startedAt"] == "2023-11-14T22:13:25.000Z"
    assert first["completedAt"] == "2023-11-14T22:13:36.875Z"
    assert first["durationMs"] == 11875
    assert first["url"].endswith(f"/results/test/{first['shortId']}")
    assert "screenshotUrl" in first
    assert (running["status"], running["completedAt"]) == ("RUNNING", None)
    assert running["startedAt"] is not None
    assert "recordingUrl" not in running
    assert (waiting["startedAt"], waiting["durationMs"]) == (None, None)


async def test_a_test_case_of_another_project_is_not_found(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    run = world.run("Else")
    assert run is not None
    short_id = world.look(run).cases[0].short_id
    assert (await http.get(f"/v1/run-test-case/{short_id}")).status_code == 404


async def test_the_journal_keeps_what_was_asked_but_no_key(
    http: httpx.AsyncClient, world: QATechWorld, time: SteppedTime
) -> None:
    await http.get("/v1/run/Bad", params=BOTH)
    time.step(5)
    await http.post("/v1/run/nope", json={})
    first, second = world.journal
    assert (first.method, first.path, first.status) == ("GET", "/v1/run/Bad", 200)
    assert first.parameters == BOTH
    assert (second.method, second.status) == ("POST", 404)
    assert second.at - first.at == 5
    assert DEMO_KEY.token not in repr(world.journal)


async def test_a_fault_befalls_so_many_requests(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    world.faults.inject(refuse(500), times=2)
    statuses = [(await http.get("/v1/run/Bad")).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    assert [asked.status for asked in world.journal] == statuses


async def test_a_fault_may_be_for_one_run_until_it_is_cleared(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    world.faults.inject(refuse(503, "down for a while"), short_id="Bad")
    for _ in range(3):
        assert (await http.get("/v1/run/Bad")).json() == {"message": "down for a while"}
        assert (await http.get("/v1/run/Good")).status_code == 200
    world.faults.clear()
    assert (await http.get("/v1/run/Bad")).status_code == 200


async def test_a_refused_rerun_has_not_happened_and_a_late_one_has(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    run = world.run("Bad")
    assert run is not None
    world.faults.inject(refuse(500), times=1)
    await http.post("/v1/run/Bad", json={})
    assert run.reruns == 0
    world.faults.inject(delay(0.01), times=1)
    assert (await http.post("/v1/run/Bad", json={})).status_code == 200
    assert run.reruns == 1


async def test_a_dripping_answer_is_a_true_one_for_who_waits(world: QATechWorld) -> None:
    world.faults.inject(drip(0), times=1)
    async with (
        serving(SimulatedQATech(world), listen("127.0.0.1", 0)) as url,
        httpx.AsyncClient(base_url=url, headers=bearer(DEMO_KEY.token)) as client,
    ):
        answer: dict[str, Any] = (await client.get("/v1/run/Bad")).json()
    assert answer["shortId"] == "Bad"


async def test_a_request_that_hangs_stands_in_the_journal_without_a_status(
    http: httpx.AsyncClient, world: QATechWorld
) -> None:
    reached = asyncio.Event()

    async def never_answer(compute: Compute, receive: Receive, send: Send) -> None:
        reached.set()
        await hang()(compute, receive, send)

    world.faults.inject(never_answer, times=1)
    asking = asyncio.create_task(http.get("/v1/run/Bad"))
    await reached.wait()
    asking.cancel()
    assert [asked.status for asked in world.journal] == [None]


async def test_a_hanging_request_ends_when_the_client_is_gone(world: QATechWorld) -> None:
    world.faults.inject(hang(), times=1)
    async with serving(SimulatedQATech(world), listen("127.0.0.1", 0)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=0.1) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/v1/run/Bad")
        loop = asyncio.get_running_loop()
        began = loop.time()
    assert loop.time() - began < 2
