"""`link_shared`: when no preview is tried at all."""

from typing import Any

import pytest
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners.events.links import LinkListener
from tests.domain.build import NOW
from tests.services.test_linking import Setting, url

NOWHERE = "http://127.0.0.1:1/"


def shared(**parts: Any) -> dict[str, Any]:
    links = [{"url": url(), "domain": "app.qa.tech"}]
    whole = {"type": "link_shared", "channel": "C1", "message_ts": "1.1", "user": "U1"}
    return whole | {"links": links, "source": "conversations_history"} | parts


async def looked(event: dict[str, Any]) -> int:
    """How often QA.tech was asked for the sake of this event."""
    setting = Setting()
    listener = LinkListener(AsyncWebClient(base_url=NOWHERE), setting.links, lambda: NOW)
    context = AsyncBoltContext({"bot_user_id": "UBOT", "bot_id": "BBOT"})
    await listener.listen(event, context)
    return len(setting.qatech.asked)


async def test_a_link_in_a_message_is_looked_at_and_a_slack_that_fails_is_borne() -> None:
    assert await looked(shared()) == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"user": "UBOT"},  # the bot's own report says more
        {"source": "composer", "channel": "COMPOSER"},  # it is still being written
        {"channel": ""},
        {"message_ts": ""},
        {"links": None},
        {"links": ["nonsense", {}]},
    ],
)
async def test_nothing_is_looked_at_where_no_preview_belongs(parts: dict[str, Any]) -> None:
    assert await looked(shared(**parts)) == 0
