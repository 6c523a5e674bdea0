import httpx
import pytest

from bot.playground.qatech_script import Case, Script
from bot.playground.qatech_world import WEBSHOP, QATechWorld
from bot.playground.scenarios import all_passed
from tests.fakes.stepped_time import SteppedTime
from tests.playground.conftest import OTHER, bearer

BOTH = {"testCases": "all", "issues": "all"}


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
