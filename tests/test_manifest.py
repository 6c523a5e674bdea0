"""`manifest.yml` asks Slack for what the bot uses: nothing is missing, and nothing is too much."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

import bot
from bot.app import Bot
from bot.config import given_settings
from bot.slack.blocks.commands import COMMAND
from bot.slack.scopes import SCOPES
from bot.store.database import Database

SOURCE = Path(bot.__file__).parent
MANIFEST = yaml.safe_load((SOURCE.parent / "manifest.yml").read_text())

# From Slack's reference of each method and event; `facts/SLACK.md`, "Scopes and events".
READ = {"channels:read", "groups:read"}
HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
METHOD_SCOPES: dict[str, set[str]] = {
    "apps_connections_open": set(),  # the app token's own, not the bot's
    "auth_test": set(),
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_unfurl": {"links:write"},
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "chat_update": {"chat:write"},
    "conversations_history": HISTORY,
    "conversations_info": READ,
    "conversations_open": {"im:write"},
    "conversations_replies": HISTORY,
    "files_upload_v2": {"files:write"},  # three calls, none of which shares the file
    "reactions_add": {"reactions:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_conversations": READ,
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "link_shared": {"links:read"},
    "member_joined_channel": READ,
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
}
CLIENTS = {"client", "_client"}


def called_methods() -> set[str]:
    """Names of the Web API methods that are called anywhere in `bot/slack`, as `slack_sdk` says."""
    return {name for path in (SOURCE / "slack").rglob("*.py") for name in _calls(path)}


def _calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if name in CLIENTS and "_" in node.attr and not node.attr.startswith("_"):
            yield node.attr


def subscribed() -> list[str]:
    return list(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def asked_for() -> list[str]:
    return list(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_the_manifest_asks_for_the_scopes_that_the_doctor_checks() -> None:
    assert sorted(asked_for()) == sorted(SCOPES)


def test_each_method_that_is_called_has_its_scopes() -> None:
    called = called_methods() - {"is_connected", "wss_uri", "connect_to_new_endpoint"}
    assert called >= {"chat_postMessage", "chat_update", "auth_test"}
    assert called <= set(METHOD_SCOPES), "say in METHOD_SCOPES which scopes these take"
    for method in called:
        assert METHOD_SCOPES[method] <= set(asked_for()), method


def test_no_scope_is_asked_for_that_nothing_needs() -> None:
    needed = {"commands"}.union(
        *(METHOD_SCOPES[method] for method in called_methods() if method in METHOD_SCOPES),
        *(EVENT_SCOPES[event] for event in subscribed()),
    )
    assert set(asked_for()) == needed


def test_each_event_that_is_subscribed_to_has_its_scopes() -> None:
    for event in subscribed():
        assert EVENT_SCOPES[event] <= set(asked_for()), event


def test_the_manifest_is_for_socket_mode_and_has_interactivity() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["settings"]["token_rotation_enabled"] is False
    commands = MANIFEST["features"]["slash_commands"]
    assert [command["command"] for command in commands] == [COMMAND]
    assert all(command["should_escape"] for command in commands)


@pytest.mark.parametrize("payload", [*subscribed(), "command", "action"])
async def test_a_listener_is_registered_for(payload: str, tmp_path: Path) -> None:
    assert await is_listened_to(tmp_path, body_of(payload))


@pytest.mark.parametrize("event", ["reaction_added", "channel_created", "team_join"])
async def test_no_listener_is_registered_for_other_events(event: str, tmp_path: Path) -> None:
    assert not await is_listened_to(tmp_path, {"type": "event_callback", "event": {"type": event}})


async def is_listened_to(directory: Path, body: dict[str, Any]) -> bool:
    """Whether the assembled app has a listener for this payload; the listener is not run."""
    settings = given_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_SIGNING_SECRET": "s",
            "QATECH_API_TOKEN": "q",
            "QARUN_DATABASE_URL": f"sqlite:///{directory / 'qarun.db'}",
        }
    )
    async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
        assembled = Bot(settings, database)
        try:
            app = assembled._slack.app
            request = AsyncBoltRequest(mode="socket_mode", body=body)
            for listener in app._async_listeners:
                if await listener.async_matches(req=request, resp=BoltResponse(status=200)):
                    return True
            return False
        finally:
            await assembled.close()


def body_of(payload: str) -> dict[str, Any]:
    """The least that Slack sends of such a payload."""
    if payload == "command":
        return {"command": COMMAND, "text": "help"}
    if payload == "action":
        return {
            "type": "block_actions",
            "actions": [{"type": "button", "action_id": "anything", "block_id": "b"}],
        }
    event: dict[str, Any] = {"type": payload.partition(".")[0], "channel": "C1", "user": "U1"}
    return {"type": "event_callback", "event": event}
