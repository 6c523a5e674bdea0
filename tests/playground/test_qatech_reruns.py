import httpx
import pytest

from bot.playground.qatech_world import WEBSHOP, QATechWorld
from tests.fakes.stepped_time import SteppedTime
from tests.playground.conftest import bearer

BOTH = {"testCases": "all", "issues": "all"}


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
