from typing import Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import Workspace
from tests.playground.slack_app import Site, served
from tests.playground.test_slack_interactions import BUTTONS


async def after_command(site: Site, channel: str = "secret") -> AsyncWebhookClient:
    delivery = await site.workspace.command(site.ann, channel)
    return AsyncWebhookClient(str(delivery.response_url))


async def test_an_answer_arrives_where_the_bot_is_no_member() -> None:
    async with served() as site:
        hook = await after_command(site)
        quiet = await hook.send(text="for you")
        loud = await hook.send(text="for all", response_type="in_channel")
        assert (quiet.status_code, quiet.body) == (200, '{"ok":true}')
        assert loud.status_code == 200
        assert [m.text for m in site.workspace.ephemeral_for(site.ann)] == ["for you"]
        assert [m.text for m in site.secret.messages] == ["for all"]
        assert [call.method for call in site.workspace.calls] == ["response_url"] * 2


async def test_it_can_be_used_five_times_within_half_an_hour() -> None:
    async with served() as site:
        hook = await after_command(site)
        statuses = [(await hook.send(text=str(n))).status_code for n in range(6)]
        assert statuses == [200] * 5 + [404]
        late = await after_command(site)
        site.clock.now += 30 * 60 + 1
        answer = await late.send(text="late")
        assert (answer.status_code, "expired_url" in answer.body) == (404, True)
        nowhere = AsyncWebhookClient(site.api_url.replace("/api/", "/response/none"))
        assert "invalid_url" in (await nowhere.send(text="x")).body


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"text": "  "}, "no_text"),
        ({"delete_original": True}, "message_not_found"),
        ({"replace_original": True, "text": "x"}, "message_not_found"),
    ],
)
async def test_an_answer_beyond_a_limit_is_refused(body: dict[str, Any], error: str) -> None:
    async with served() as site:
        hook = await after_command(site)
        answer = await hook.send_dict(body)
        assert answer.status_code == 400
        assert f'"error":"{error}"' in answer.body


async def test_the_answer_to_a_command_can_be_replaced_and_deleted() -> None:
    async with served() as site:
        hook = await after_command(site)
        await hook.send(text="looking…")
        await hook.send(text="found", replace_original=True)
        (message,) = site.workspace.ephemeral_for(site.ann)
        assert (message.text, [old.text for old in message.revisions]) == ("found", ["looking…"])
        await hook.send(delete_original=True)
        assert site.workspace.ephemeral_for(site.ann) == []


async def test_the_message_of_a_pressed_button_can_be_replaced_and_deleted() -> None:
    async with served() as site:
        posted = await site.client().chat_postMessage(
            channel=site.general.id, text="report", blocks=BUTTONS
        )
        delivery = await site.workspace.press(site.ann, "general", posted["ts"], "bare")
        hook = AsyncWebhookClient(str(delivery.response_url))
        await hook.send(text="done", replace_original=True)
        assert [(m.text, m.blocks) for m in site.general.messages] == [("done", [])]
        await hook.send(text="beside", response_type="in_channel")
        await hook.send(delete_original=True)
        assert [m.text for m in site.general.messages] == ["beside"]


@pytest.mark.parametrize("body", ["{", "[]"])
async def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    async with served() as site:
        hook = await after_command(site)
        async with aiohttp.ClientSession() as http, http.post(hook.url, data=body) as answer:
            assert (await answer.json())["error"] == "invalid_payload"


async def test_a_workspace_nobody_serves_has_no_response_urls() -> None:
    workspace = Workspace(clock=lambda: 0.0)
    ann = workspace.add_user("ann", user_id="U1")
    workspace.add_channel("general", channel_id="C1", members=["U1"])
    with pytest.raises(RuntimeError, match="base_url"):
        await workspace.command(ann, "C1")
