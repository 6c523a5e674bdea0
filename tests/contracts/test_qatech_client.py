"""The client against two servers that go by the specification: the simulated one and Prism."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from bot.domain.errors import AccessDenied, UnexpectedAnswer
from bot.domain.run import IssueFilter, TestCaseFilter
from bot.domain.short_id import RunKey
from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_world import DEMO_KEY, WEBSHOP, QATechWorld
from bot.playground.scenarios import FAILED_ID, three_failed
from bot.qatech.client import QATech
from bot.qatech.requests import ProjectAccess
from bot.services.ports import Look
from bot.serving import listen, serving
from tests.contracts.prism import NotInstalledError, install, mocking
from tests.specification.schema import GET_RUN_FLAT

RUN = RunKey("default", FAILED_ID)
NAMED = RunKey("named", FAILED_ID)
MISNAMED = RunKey("misnamed", FAILED_ID)
KEYLESS = RunKey("keyless", FAILED_ID)


@pytest.fixture(scope="session")
def prism_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        install()
    except NotInstalledError as error:
        pytest.skip(f"no contract with Prism: {error}")
    with mocking(GET_RUN_FLAT, tmp_path_factory.mktemp("prism") / "prism.log") as url:
        yield url


@pytest.fixture(params=["simulated", "prism"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[QATech]:
    async with AsyncExitStack() as stack:
        if request.param == "prism":
            url = request.getfixturevalue("prism_url")
        else:
            world = QATechWorld()
            world.add(three_failed(), age=10_000)
            app = SimulatedQATech(world)
            url = await stack.enter_async_context(serving(app, listen("127.0.0.1", 0)))
        key = SecretStr(DEMO_KEY.token)
        client = QATech(
            url,
            {
                "default": ProjectAccess(key),
                "named": ProjectAccess(key, WEBSHOP.short_id),
                "misnamed": ProjectAccess(key, "webshop"),
            },
            max_rps=1000,
            version="0",
        )
        stack.push_async_callback(client.aclose)
        yield client


@pytest.mark.parametrize("key", [RUN, NAMED], ids=["without project", "with project"])
@pytest.mark.parametrize("cases", [None, *get_args(TestCaseFilter)])
@pytest.mark.parametrize("issues", [None, *get_args(IssueFilter)])
async def test_every_look_is_answered_with_a_run(
    client: QATech, key: RunKey, cases: TestCaseFilter | None, issues: IssueFilter | None
) -> None:
    run = await client.get_run(key, Look(cases, issues))
    assert run.short_id
    assert run.status
    for case in run.run_test_cases:
        assert case.id
        assert case.name
    for issue in run.issues or ():
        assert issue.short_id
        assert issue.issue_type


@pytest.mark.parametrize(
    "query", [{"test_cases": "some"}, {"issues": "security"}, {"issues": "ACCESSIBILITY"}]
)
async def test_a_word_that_the_specification_does_not_know_is_refused(
    client: QATech, query: dict[str, Any]
) -> None:
    with pytest.raises(UnexpectedAnswer, match="400"):
        await client.get_run(RUN, Look(**query))


async def test_a_project_that_is_no_short_id_is_refused(client: QATech) -> None:
    with pytest.raises(UnexpectedAnswer, match="400"):
        await client.get_run(MISNAMED, Look())


async def test_a_project_without_a_key_is_never_asked_for(client: QATech) -> None:
    with pytest.raises(AccessDenied):
        await client.get_run(KEYLESS, Look())
