import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from bot.playground.slack_signed_http import SignedHttp, signature
from bot.serving import listen, serving
from tests.playground.slack_app import over_http, served


def test_the_signature_is_the_one_of_slacks_documentation() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


def test_the_secret_is_not_shown() -> None:
    assert "hush" not in repr(SignedHttp("http://x", "hush"))


async def test_a_command_is_a_form_and_its_answer_is_shown() -> None:
    def register(app: AsyncApp) -> None:
        async def on_command(ack: Any, body: dict[str, Any]) -> None:
            await ack(text=f"here: {body['text']}", response_type="in_channel")

        app.command("/qarun")(on_command)

    async with served() as site, over_http(site, register) as seen:
        delivery = await site.workspace.command(site.ann, "random", "UkxK & more")
        assert delivery.require_ack().attempts[0].status == 200
        assert [m.text for m in site.random.messages] == ["here: UkxK & more"]
        assert seen[0]["content-type"] == "application/x-www-form-urlencoded"


async def test_an_acknowledgement_of_bare_text_is_shown_to_who_typed() -> None:
    def register(app: AsyncApp) -> None:
        async def on_command(ack: Any) -> None:
            await ack("plain")

        app.command("/qarun")(on_command)

    async with served() as site, over_http(site, register):
        await site.workspace.command(site.ann, "general")
        assert [m.text for m in site.workspace.ephemeral_for(site.ann)] == ["plain"]


async def test_an_event_is_json_and_a_wrong_secret_is_not_acknowledged() -> None:
    told: list[dict[str, Any]] = []

    def register(app: AsyncApp) -> None:
        async def on_message(body: dict[str, Any]) -> None:
            told.append(body)

        app.event("message")(on_message)

    async with served() as site:
        async with over_http(site, register) as seen:
            said = await site.workspace.message(site.ann, "general", "hi")
            assert said.acknowledged
            assert told[0]["event"]["text"] == "hi"
            assert seen[0]["content-type"] == "application/json"
            assert "x-slack-retry-num" not in seen[0]
        async with over_http(site, register, secret="another"):
            delivery = await site.workspace.command(site.ann, "general")
            assert delivery.attempts[0].status == 401
            assert delivery.attempts[0].problem == "http_error"


async def test_an_event_is_retried_three_times_with_number_and_reason() -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def endpoint(request: Request) -> Response:
        headers = request.headers
        seen.append((headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")))
        return Response(status_code=500)

    async with served() as site:
        router = Router([Route("/slack/events", endpoint, methods=["POST"])])
        async with serving(router, listen("127.0.0.1", 0)) as url:
            site.workspace.connect_http(f"{url}/slack/events", "x")
            said = await site.workspace.message(site.ann, "general", "hi")
            (delivery,) = said.deliveries
            await delivery.settled()
            await site.workspace.command(site.ann, "general")
    retries = [(str(number), "http_error") for number in (1, 2, 3)]
    assert seen == [(None, None), *retries, (None, None)]
    assert not delivery.acknowledged


@pytest.mark.parametrize(
    ("pause", "status", "problem"), [(0.3, 200, "http_timeout"), (0, 204, None)]
)
async def test_an_acknowledgement_has_to_come_in_time(
    pause: float, status: int, problem: str | None
) -> None:
    async def endpoint(request: Request) -> Response:
        await asyncio.sleep(pause)
        return Response(status_code=status)

    async with served() as site:
        site.workspace.courier.ack_seconds = 0.1 if pause else 2.0
        router = Router([Route("/slack/events", endpoint, methods=["POST"])])
        async with serving(router, listen("127.0.0.1", 0)) as url:
            site.workspace.connect_http(f"{url}/slack/events", "x")
            delivery = await site.workspace.command(site.ann, "general")
            assert delivery.attempts[0].problem == problem
            assert delivery.body is None


async def test_a_request_url_where_nobody_listens_fails_to_connect() -> None:
    async with served() as site:
        listener = listen("127.0.0.1", 0)
        port = listener.getsockname()[1]
        listener.close()
        site.workspace.connect_http(f"http://127.0.0.1:{port}/slack/events", "x")
        delivery = await site.workspace.command(site.ann, "general")
        assert delivery.attempts[0].problem == "connection_failed"
