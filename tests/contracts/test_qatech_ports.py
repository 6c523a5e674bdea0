"""What services may expect of QA.tech: of the fake, and of the client on the simulated server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import pytest
from pydantic import SecretStr

from bot.domain.errors import NothingToRerun, RunNotFound
from bot.domain.run import IssueFilter, Outcome, Run
from bot.domain.short_id import RunKey
from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_answers import run_json
from bot.playground.qatech_world import DEMO_KEY, QATechWorld
from bot.playground.scenarios import all_passed, three_failed
from bot.qatech.client import QATech
from bot.qatech.requests import ProjectAccess
from bot.services import ports
from bot.services.ports import BARE, CASES, WHOLE, Look
from bot.serving import listen, serving
from tests.fakes.qatech import FakeQATech


class Neighbour(ports.RunSource, ports.Reruns, ports.TestCases, Protocol):
    """All that QA.tech is to the services."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The same two runs, over, in each neighbour."""

    failed: RunKey
    passed: RunKey


RUNS = Runs(RunKey("default", "Bq7Tz"), RunKey("default", "UkxK"))
SCRIPTS = (three_failed(RUNS.failed.short_id), all_passed(RUNS.passed.short_id))


@pytest.fixture(params=["fake", "client"])
async def qatech(request: pytest.FixtureRequest) -> AsyncIterator[Neighbour]:
    if request.param == "fake":
        fake = FakeQATech()
        for script in SCRIPTS:
            told = run_json(script, script.at(10_000))
            fake.put(RunKey("default", script.short_id), Run.model_validate(told))
        yield fake
        return
    world = QATechWorld()
    for script in SCRIPTS:
        world.add(script, age=10_000)
    access = {"default": ProjectAccess(SecretStr(DEMO_KEY.token))}
    async with serving(SimulatedQATech(world), listen("127.0.0.1", 0)) as url:
        client = QATech(url, access, max_rps=1000, version="0")
        yield client
        await client.aclose()


async def test_a_bare_look_has_no_cases_and_issues_were_not_asked_for(qatech: Neighbour) -> None:
    run = await qatech.get_run(RUNS.failed, BARE)
    assert (run.status, run.result) == ("COMPLETED", "FAILED")
    assert (run.run_test_cases, run.issues) == ((), None)


async def test_a_look_at_the_cases_has_no_issues(qatech: Neighbour) -> None:
    run = await qatech.get_run(RUNS.failed, CASES)
    assert (len(run.run_test_cases), run.issues) == (24, None)


async def test_the_failed_cases_are_failed_skipped_and_errored_ones(qatech: Neighbour) -> None:
    run = await qatech.get_run(RUNS.failed, Look(test_cases="failed"))
    assert {case.outcome for case in run.run_test_cases} == {
        Outcome.FAILED,
        Outcome.SKIPPED,
        Outcome.ERRORED,
    }
    assert len(run.run_test_cases) == 6


@pytest.mark.parametrize(
    ("category", "count"),
    [("accessibility", 5), ("console", 2), ("hosting", 1), ("failed_test", 3), ("all", 11)],
)
async def test_issues_can_be_asked_for_by_category(
    qatech: Neighbour, category: IssueFilter, count: int
) -> None:
    run = await qatech.get_run(RUNS.failed, Look(issues=category))
    assert len(run.issues or ()) == count
    assert all(category in {"all", issue.category} for issue in run.issues or ())


async def test_no_issues_is_not_the_same_as_not_asked(qatech: Neighbour) -> None:
    assert (await qatech.get_run(RUNS.passed, WHOLE)).issues == ()


@pytest.mark.parametrize("key", [RunKey("default", "nope"), RunKey("default", "bq7tz")])
async def test_a_run_that_is_not_there_is_not_found(qatech: Neighbour, key: RunKey) -> None:
    with pytest.raises(RunNotFound, match="404"):
        await qatech.get_run(key, BARE)
    with pytest.raises(RunNotFound, match="404"):
        await qatech.rerun(key, failed_only=False)


@pytest.mark.parametrize(("failed_only", "count"), [(True, 6), (False, 24)])
async def test_a_rerun_is_a_new_run_in_progress(
    qatech: Neighbour, failed_only: bool, count: int
) -> None:
    rerun = await qatech.rerun(RUNS.failed, failed_only=failed_only)
    assert rerun.test_count == count
    assert (rerun.url or "").endswith(f"/results/{rerun.short_id}")
    run = await qatech.get_run(RunKey("default", rerun.short_id), CASES)
    old = await qatech.get_run(RUNS.failed, CASES)
    assert not run.has_ended
    assert {case.outcome for case in run.run_test_cases} == {Outcome.IN_PROGRESS}
    assert {case.name for case in run.run_test_cases} <= {case.name for case in old.run_test_cases}
    assert not {case.short_id for case in run.run_test_cases} & {
        case.short_id for case in old.run_test_cases
    }


async def test_nothing_failed_is_nothing_to_rerun(qatech: Neighbour) -> None:
    with pytest.raises(NothingToRerun):
        await qatech.rerun(RUNS.passed, failed_only=True)


async def test_a_test_case_is_found_by_its_short_id(qatech: Neighbour) -> None:
    for case in (await qatech.get_run(RUNS.failed, CASES)).run_test_cases:
        details = await qatech.get_test_case(RUNS.failed, case.short_id)
        assert details.run_short_id == RUNS.failed.short_id
        assert details.model_dump(include=case.model_fields_set) == case.model_dump(
            include=case.model_fields_set
        )


async def test_a_test_case_that_is_not_there_is_not_found(qatech: Neighbour) -> None:
    with pytest.raises(RunNotFound, match="404"):
        await qatech.get_test_case(RUNS.failed, "nope")
