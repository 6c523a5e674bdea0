"""The simulated QA.tech answers as the specification says, at every moment of every scenario."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_script import Case, Finding, Script
from bot.playground.qatech_world import DEMO_KEY, QATechWorld
from bot.playground.scenarios import all_scenarios, monster
from tests.fakes.stepped_time import SteppedTime
from tests.specification.schema import json_schema

ODD = Script(
    "Odd",
    (Case("", result="MAYBE", status="PAUSED"), Case("\x00")),
    (Finding("", "NEW_KIND", "", cases=("\x00",)),),
    duration=60,
    queued=20,
    ending="ARCHIVED",
    result="UNCLEAR",
)
SCRIPTS = {script.short_id: script for script in (*all_scenarios(), monster("M9slow", duration=60))}
SCRIPTS |= {ODD.short_id: ODD, "Nothing": Script("Nothing")}
STRICT = Draft202012Validator(json_schema("GetRunResponse"))


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
async def http(time: SteppedTime) -> AsyncIterator[httpx.AsyncClient]:
    world = QATechWorld(time_source=time)
    for script in SCRIPTS.values():
        world.add(script)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(SimulatedQATech(world)),
        base_url="http://simulated",
        headers={"Authorization": f"Bearer {DEMO_KEY.token}"},
    ) as client:
        yield client


@pytest.mark.parametrize("short_id", SCRIPTS)
async def test_every_answer_is_one_of_the_specification(
    http: httpx.AsyncClient, time: SteppedTime, short_id: str
) -> None:
    words: set[str] = set()
    for _ in range(6):
        for query in ({}, {"testCases": "failed"}, {"testCases": "all", "issues": "all"}):
            answer: dict[str, Any] = (await http.get(f"/v1/run/{short_id}", params=query)).json()
            errors = [error.message[:200] for error in STRICT.iter_errors(answer)]
            assert not errors
            assert ("issues" in answer) == ("issues" in query)
            words.add(answer["status"])
            over = answer["status"] not in {"INITIATED", "RUNNING"}
            assert over or answer["result"] is None
            if "issues" in query:
                listed = {(case["shortId"], case["name"]) for case in answer["runTestCases"]}
                for issue in answer["issues"]:
                    joined = {(case["shortId"], case["name"]) for case in issue["testCases"]}
                    assert joined <= listed
        time.step(SCRIPTS[short_id].duration / 5 + 0.001)
    assert SCRIPTS[short_id].ending in words


def test_the_validator_notices_what_the_specification_forbids() -> None:
    assert list(STRICT.iter_errors({"shortId": 1}))
    run = {"shortId": "a", "status": "x", "result": None, "id": "b"}
    assert not list(STRICT.iter_errors(run | {"runTestCases": []}))
    assert list(STRICT.iter_errors(run | {"runTestCases": [{}]}))
