import asyncio
import contextlib
import gzip
from collections.abc import Callable

import pytest

from bot.domain.errors import (
    AccessDenied,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
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
from bot.playground.qatech_world import DEMO_KEY, QATechWorld
from bot.qatech.client import MAX_BODY_BYTES, QATech
from bot.services.ports import BARE, WHOLE
from bot.serving import listen
from tests.fakes.stepped_time import SteppedTime

MakeClient = Callable[..., QATech]
FAILED = RunKey("default", "Bq7Tz")
PASSED = RunKey("default", "UkxK")


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
    assert (await client.get_run(RunKey("default", "Zip"), BARE)).short_id == "Zip"


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
    with pytest.raises(RateLimited, match="QARUN_QATECH_MAX_RPS") as raised:
        await client.get_run(FAILED, BARE)
    assert raised.value.retry_after == 0.1
