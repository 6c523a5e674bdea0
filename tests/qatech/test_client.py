import asyncio
import contextlib
import gzip
import logging
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from bot.domain.errors import (
    AccessDenied,
    NothingToRerun,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.domain.short_id import RunKey
from bot.playground.qatech_faults import (
    Fault,
    cut,
    drip,
    hang,
    html,
    huge,
    raw,
    redirect,
    refuse,
    wrong_types,
)
from bot.playground.qatech_world import DEMO_KEY, WEBSHOP, ApiKey, QATechWorld
from bot.qatech.client import MAX_BODY_BYTES, QATech
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


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (refuse(401), AccessDenied, "401: Invalid API key"),
        (refuse(403), AccessDenied, "403"),
        (refuse(404), RunNotFound, "404"),
        (refuse(429, retry_after="7"), RateLimited, "429"),
        (refuse(500), Unavailable, "500"),
        (html(502), Unavailable, "502"),
        (refuse(418), UnexpectedAnswer, "418"),
        (html(200), UnexpectedAnswer, "not JSON"),
        (raw(b'{"shortId": "x"', content_type="application/json"), UnexpectedAnswer, "not JSON"),
        (wrong_types(), UnexpectedAnswer, "shortId"),
        (cut(), Unavailable, "RemoteProtocolError"),
        (
            raw(b"not gzip", headers=(("content-encoding", "gzip"),)),
            UnexpectedAnswer,
            "unpacked",
        ),
    ],
)
async def test_each_fault_has_its_error(
    client: QATech, world: QATechWorld, fault: Fault, error: type[QATechError], words: str
) -> None:
    world.faults.inject(fault, times=1)
    with pytest.raises(error, match=words) as raised:
        await client.get_run(FAILED, WHOLE)
    assert type(raised.value) is error
    assert DEMO_KEY.token not in str(raised.value)
    if error is not RateLimited:
        assert (await client.get_run(FAILED, BARE)).short_id == "Bq7Tz"


@pytest.mark.parametrize("fault", [hang(), drip(0.05)])
async def test_the_timeout_is_for_the_whole_request(
    make_client: MakeClient, world: QATechWorld, fault: Fault
) -> None:
    client = make_client(timeout_seconds=0.3)
    world.faults.inject(fault, times=1)
    with pytest.raises(Unavailable, match=r"within 0\.3 s"):
        await client.get_run(FAILED, WHOLE)
    assert (await client.get_run(FAILED, BARE)).short_id == "Bq7Tz"


async def test_a_refusal_counts_although_its_body_never_ends(
    client: QATech, world: QATechWorld
) -> None:
    async def endless_404(compute: object, receive: object, send: object) -> None:
        assert callable(send)
        await send({"type": "http.response.start", "status": 404, "headers": []})
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                await send({"type": "http.response.body", "body": b"x" * 1024, "more_body": True})
                await asyncio.sleep(0)

    world.faults.inject(endless_404, times=1)
    with pytest.raises(RunNotFound):
        await client.get_run(FAILED, BARE)


async def test_nobody_listening_is_unavailable(make_client: MakeClient) -> None:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(Unavailable, match="cannot be reached: ConnectError"):
        await make_client(url=f"http://127.0.0.1:{port}").get_run(FAILED, BARE)


async def test_a_broken_tls_handshake_is_unavailable(
    make_client: MakeClient, base_url: str
) -> None:
    client = make_client(url=base_url.replace("http:", "https:"))
    with pytest.raises(Unavailable, match="ConnectError"):
        await client.get_run(FAILED, BARE)


async def test_a_redirect_is_not_followed_and_the_key_stays_here(
    client: QATech, world: QATechWorld, base_url: str
) -> None:
    world.faults.inject(redirect(f"{base_url}/v1/run/UkxK"), times=1)
    with pytest.raises(UnexpectedAnswer, match="a redirect to http"):
        await client.get_run(FAILED, BARE)
    assert [asked.path for asked in world.journal] == ["/v1/run/Bq7Tz"]


@pytest.mark.parametrize(
    "fault",
    [
        huge(MAX_BODY_BYTES + 1),
        raw(
            gzip.compress(b" " * (MAX_BODY_BYTES + 1)),
            headers=(("content-encoding", "gzip"),),
        ),
    ],
)
async def test_a_body_of_more_than_32_mib_is_given_up(
    client: QATech, world: QATechWorld, fault: Fault
) -> None:
    world.faults.inject(fault, times=1)
    with pytest.raises(UnexpectedAnswer, match="larger than 32 MiB"):
        await client.get_run(FAILED, BARE)
    assert (await client.get_run(FAILED, BARE)).short_id == "Bq7Tz"


async def test_a_packed_answer_is_read(client: QATech, world: QATechWorld) -> None:
    body = gzip.compress(b'{"shortId": "Zip", "status": "RUNNING"}')
    world.faults.inject(raw(body, headers=(("content-encoding", "gzip"),)), times=1)
    assert (await client.get_run(key("Zip"), BARE)).short_id == "Zip"


async def test_after_a_429_the_project_is_left_alone_until_it_is_over(
    client: QATech, world: QATechWorld, time: SteppedTime
) -> None:
    world.faults.inject(refuse(429, retry_after="20"), times=1)
    with pytest.raises(RateLimited) as first:
        await client.get_run(FAILED, BARE)
    assert first.value.retry_after == 20
    time.step(5)
    with pytest.raises(RateLimited, match="left alone for 15 s") as second:
        await client.get_run(PASSED, BARE)
    assert second.value.retry_after == 15
    assert len(world.journal) == 1
    await client.get_run(RunKey("other", "UkxK"), BARE)
    time.step(15)
    assert (await client.get_run(PASSED, BARE)).short_id == "UkxK"


@pytest.mark.parametrize("retry_after", [None, "in a while"])
async def test_a_429_that_does_not_say_how_long_holds_for_30_seconds(
    client: QATech, world: QATechWorld, time: SteppedTime, retry_after: str | None
) -> None:
    world.faults.inject(refuse(429, retry_after=retry_after), times=1)
    with pytest.raises(RateLimited) as first:
        await client.get_run(FAILED, BARE)
    assert first.value.retry_after is None
    time.step(29)
    with pytest.raises(RateLimited):
        await client.get_run(FAILED, BARE)
    time.step(1)
    await client.get_run(FAILED, BARE)
    assert len(world.journal) == 2


async def test_who_waits_for_a_turn_does_not_ask_after_a_429(
    make_client: MakeClient, world: QATechWorld
) -> None:
    client = make_client(max_rps=10)
    world.faults.inject(refuse(429, retry_after="20"), times=1)
    results = await asyncio.gather(
        *(client.get_run(FAILED, BARE) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, RateLimited) for result in results)
    assert len(world.journal) == 1


async def test_requests_are_spaced_as_allowed(make_client: MakeClient) -> None:
    client = make_client(max_rps=20)
    await client.get_run(FAILED, BARE)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(client.get_run(FAILED, BARE) for _ in range(5)))
    assert loop.time() - began >= 0.2


async def test_less_than_one_request_a_second_is_a_rate_too(make_client: MakeClient) -> None:
    client = make_client(max_rps=0.5, timeout_seconds=0.2)
    await client.get_run(FAILED, BARE)
    with pytest.raises(Unavailable, match="QARUN_QATECH_MAX_RPS"):
        await client.get_run(FAILED, BARE)


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
    client = QATech(url, access, max_rps=10, version="1", timeout_seconds=0.3)
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
