"""The connection with Slack: who the bot is, the socket, and what is said when either fails."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import SlackError, StartupError
from bot.playground.slack import Workspace, serving_slack
from bot.playground.slack_state import Message
from bot.serving import listen
from bot.slack.connection import SlackConnection
from bot.slack.outgoing import ForeignHost


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    workspace = Workspace()
    async with serving_slack(workspace, listen("127.0.0.1", 0)):
        yield workspace


@contextlib.asynccontextmanager
async def connection_to(
    slack: Workspace,
    *,
    bot_token: str | None = None,
    app_token: str | None = None,
    over_http: bool = False,
) -> AsyncIterator[SlackConnection]:
    connection = SlackConnection(
        bot_token=bot_token or slack.bot_token,
        app_token=None if over_http else app_token or slack.app_token,
        api_url=f"{slack.base_url}/api/",
    )
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def connected(slack: Workspace, *, over_http: bool = False) -> AsyncIterator[SlackConnection]:
    async with connection_to(slack, over_http=over_http) as connection:
        keeping = asyncio.create_task(connection.keep_connected())
        try:
            await slack.wait_for(lambda: slack.calls_of("auth.test"), 10)
            if not over_http:
                await slack.wait_for(lambda: slack.sockets.connections, 10)
            async with asyncio.timeout(10):
                while await connection.problem() is not None:  # noqa: ASYNC110 - told to nobody
                    await asyncio.sleep(0.01)
            yield connection
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
async def test_it_knows_who_it_is_and_that_all_is_well(slack: Workspace, over_http: bool) -> None:
    async with connection_to(slack, over_http=over_http) as connection:
        assert await connection.problem() == "not connected yet"
        assert connection.bot_name == "qarun"
    async with connected(slack, over_http=over_http) as connection:
        assert connection.identity is not None
        assert connection.identity.user_id == slack.bot.id
        assert connection.bot_name == slack.bot.name
        assert connection.over_http is over_http
        await connection.listeners.finish()
    await slack.wait_for(lambda: not slack.sockets.connections, 10)


@pytest.mark.parametrize(
    ("tokens", "variable"),
    [({"bot_token": "xoxb-0"}, "SLACK_BOT_TOKEN"), ({"app_token": "xapp-0"}, "SLACK_APP_TOKEN")],
    ids=["bot token", "app token"],
)
async def test_a_token_that_slack_refuses_is_named_and_not_shown(
    slack: Workspace, tokens: dict[str, str], variable: str
) -> None:
    async with connection_to(slack, **tokens) as connection:  # type: ignore[arg-type]  # only the two strings
        with pytest.raises(StartupError, match=f"^{variable} is refused by Slack") as error:
            await connection.keep_connected()
    assert not any(token in str(error.value) for token in tokens.values())


async def test_a_closed_socket_is_a_problem_until_it_is_back(slack: Workspace) -> None:
    async with connected(slack) as connection:
        slack.sockets.is_refusing = True
        await slack.sockets.cut()
        async with asyncio.timeout(10):
            while await connection.problem() != "the socket is closed":  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)


async def test_a_permalink_is_asked_for_and_built_where_slack_does_not_answer(
    slack: Workspace,
) -> None:
    channel = slack.add_channel("qa")
    message = slack.post(Message("", channel.id, slack.bot, "hello"))
    async with connected(slack, over_http=True) as connection:
        link = slack.permalink(message)
        assert await connection.permalink(channel.id, message.ts) == link
        slack.faults.add("chat.getPermalink", "error", error="internal_error")
        assert await connection.permalink(channel.id, message.ts) == link
    async with connection_to(slack) as stranger:
        slack.faults.add("chat.getPermalink", "error", error="internal_error")
        assert await stranger.permalink(channel.id, message.ts) is None


async def test_a_direct_message_is_opened_or_the_reason_is_told(slack: Workspace) -> None:
    ada = slack.add_user("ada")
    async with connection_to(slack) as connection:
        assert await connection.open_direct(ada.id) == slack.direct_messages(ada.id).id
        slack.faults.add("conversations.open", "error", error="user_disabled")
        with pytest.raises(SlackError) as refused:
            await connection.open_direct(ada.id)
        assert refused.value.code == "user_disabled"
        slack.faults.add("conversations.open", "drop")
        with pytest.raises(SlackError) as dropped:
            await connection.open_direct(ada.id)
        assert dropped.value.code == "no_answer"


async def test_its_socket_is_opened_with_slack_and_nobody_else(slack: Workspace) -> None:
    async with connected(slack) as connection:
        assert connection._handler is not None
        session = connection._handler.client.aiohttp_client_session
        with pytest.raises(ForeignHost):
            await session.ws_connect("ws://evil.example/link?ticket=stolen")
