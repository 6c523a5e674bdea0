import contextlib
import logging
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from bot.domain.errors import (
    AccessDenied,
    NothingToRerun,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.domain.short_id import RunKey
from bot.playground.qatech_faults import (
    cut,
    raw,
    refuse,
)
from bot.playground.qatech_world import DEMO_KEY, WEBSHOP, ApiKey, QATechWorld
from bot.qatech.client import QATech
from bot.qatech.requests import ProjectAccess
from bot.services.ports import BARE, WHOLE, Look, RunSource
from bot.serving import listen
from tests.fakes.stepped_time import SteppedTime

MakeClient = Callable[..., QATech]
FAILED = RunKey("default", "Bq7Tz")
PASSED = RunKey("default", "UkxK")


def key(short_id: str) -> RunKey:
    return RunKey("default", short_id)


async def test_a_whole_look_brings_cases_and_issues(client: RunSource) -> None:
    run = await client.get_run(FAILED, WHOLE)
    assert (run.short_id, run.status, run.result) == ("Bq7Tz", "COMPLETED", "FAILED")
    assert len(run.run_test_cases) == 24
    assert len(run.issues or ()) == 11


async def test_a_bare_look_brings_neither(client: RunSource) -> None:
    run = await client.get_run(FAILED, BARE)
    assert (run.run_test_cases, run.issues) == ((), None)


async def test_it_says_who_asks_and_nothing_more(client: QATech, world: QATechWorld) -> None:
    await client.get_run(FAILED, Look(test_cases="failed", issues="failed_test"))
    asked = world.journal[-1]
    assert asked.headers["user-agent"] == "qarun/1.2.3"
    assert asked.headers["accept"] == "application/json"
    assert asked.query == "testCases=failed&issues=failed_test"


async def test_the_project_is_named_only_where_one_is_configured(
    make_client: MakeClient, world: QATechWorld
) -> None:
    world.keys += (ApiKey("org-key", organisation=True),)
    with pytest.raises(UnexpectedAnswer, match="projectShortId is required"):
        await make_client(token="org-key").get_run(FAILED, BARE)
    await make_client(token="org-key", project=WEBSHOP.short_id).get_run(FAILED, BARE)
    assert world.journal[-1].parameters == {"projectShortId": WEBSHOP.short_id}


async def test_a_base_url_may_have_a_path_and_a_trailing_slash(
    make_client: MakeClient, base_url: str, world: QATechWorld
) -> None:
    await make_client(url=f"{base_url}/").get_run(FAILED, BARE)
    with pytest.raises(RunNotFound):
        await make_client(url=f"{base_url}/proxy/").get_run(FAILED, BARE)
    assert [asked.path for asked in world.journal] == ["/v1/run/Bq7Tz", "/proxy/v1/run/Bq7Tz"]


async def test_a_strange_short_id_stays_one_segment(client: QATech, world: QATechWorld) -> None:
    for short_id in ("a/../b", "..", "a b?c#d", "ü%2F"):
        with pytest.raises(RunNotFound):
            await client.get_run(key(short_id), BARE)
        assert world.journal[-1].path == f"/v1/run/{short_id}"


async def test_a_project_that_is_not_configured_is_refused_without_a_request(
    client: QATech, world: QATechWorld
) -> None:
    with pytest.raises(AccessDenied, match="'gone'"):
        await client.get_run(RunKey("gone", "UkxK"), BARE)
    assert not world.journal


@pytest.mark.parametrize("token", ["", "qat-sécret", "qat-secret\r\nX-Evil: 1", "qat secret"])
async def test_a_key_that_cannot_be_sent_is_refused_without_being_told(
    make_client: MakeClient, world: QATechWorld, token: str
) -> None:
    with pytest.raises(AccessDenied) as raised:
        await make_client(token=token).get_run(FAILED, BARE)
    assert "cret" not in str(raised.value)
    assert not world.journal


async def test_no_cookie_is_carried_from_one_request_to_the_next(
    client: QATech, world: QATechWorld
) -> None:
    body = b'{"shortId": "UkxK", "status": "RUNNING"}'
    world.faults.inject(raw(body, headers=(("set-cookie", "session=1; Path=/"),)), times=1)
    await client.get_run(PASSED, BARE)
    await client.get_run(PASSED, BARE)
    assert "cookie" not in world.journal[-1].headers


async def test_the_key_stands_in_no_log(
    client: QATech, world: QATechWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.faults.inject(refuse(500), times=1)
    with pytest.raises(Unavailable):
        await client.get_run(FAILED, BARE)
    await client.get_run(FAILED, BARE)
    assert DEMO_KEY.token not in caplog.text


async def test_a_rerun_starts_the_failed_cases_as_a_new_run(
    client: QATech, world: QATechWorld
) -> None:
    rerun = await client.rerun(FAILED, failed_only=True)
    assert rerun.test_count == 6
    assert rerun.url == f"https://app.qa.tech/p/fjord-supply/results/{rerun.short_id}"
    run = await client.get_run(key(rerun.short_id), WHOLE)
    assert len(run.run_test_cases) == 6


async def test_a_rerun_is_tried_once(client: QATech, world: QATechWorld) -> None:
    world.faults.inject(cut(), times=1)
    with pytest.raises(Unavailable):
        await client.rerun(PASSED, failed_only=False)
    assert [asked.method for asked in world.journal] == ["POST"]


async def test_a_refused_rerun_says_why(
    client: QATech, make_client: MakeClient, world: QATechWorld, time: SteppedTime
) -> None:
    time.step(1000)
    with pytest.raises(NothingToRerun, match="No test cases to rerun"):
        await client.rerun(PASSED, failed_only=True)
    world.reruns_left = 0
    with pytest.raises(UsageLimitReached, match="402"):
        await client.rerun(PASSED, failed_only=False)
    world.keys += (ApiKey("reader", can_write=False),)
    with pytest.raises(AccessDenied, match="read-only"):
        await make_client(token="reader").rerun(PASSED, failed_only=False)


async def test_details_of_a_test_case_have_their_places(client: QATech) -> None:
    case = (await client.get_run(FAILED, WHOLE)).run_test_cases[0]
    details = await client.get_test_case(FAILED, case.short_id)
    assert details.id == case.id
    assert details.name == case.name
    assert details.run_short_id == "Bq7Tz"
    assert details.url == f"https://app.qa.tech/p/fjord-supply/results/test/{case.short_id}"
    assert details.started_at is not None
    assert details.completed_at is not None
    lasted = details.completed_at - details.started_at
    assert details.duration_ms == pytest.approx(lasted.total_seconds() * 1000, abs=2)


async def test_a_test_case_that_is_not_there_is_not_found(client: QATech) -> None:
    with pytest.raises(RunNotFound):
        await client.get_test_case(FAILED, "nope")


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1", "https://api.qa.tech"]
)
async def test_the_proxy_of_the_environment_is_for_the_way_out_only(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    proxy = listen("127.0.0.1", 0)
    proxy.setblocking(False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    access = {"default": ProjectAccess(SecretStr("k"))}
    client = QATech(url, access, max_rps=10, version="1", timeout_seconds=0.5)
    with pytest.raises(Unavailable):
        await client.get_run(FAILED, BARE)
    await client.aclose()
    loopback = "qa.tech" not in url
    with contextlib.closing(proxy):
        if loopback:
            with pytest.raises(BlockingIOError):
                proxy.accept()
        else:
            connection, _ = proxy.accept()
            with contextlib.closing(connection):
                assert connection.recv(100).startswith(b"CONNECT api.qa.tech:443")
