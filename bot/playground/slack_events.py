"""The events of the Events API: their payloads, and whether the app is told of them."""

import secrets

from bot.playground.slack_delivery import DeliveryKind
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Channel, Message
from bot.playground.slack_world import World

_SCOPES: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
}
_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
_CHANNEL_TYPE = {"channel": "C", "group": "G", "im": "D"}


def hears(world: World, name: str) -> bool:
    """Whether the app is subscribed to an event and has the scope that it takes."""
    needed = _SCOPES.get(name)
    return name in world.events and (needed is None or bool(world.scopes.intersection(needed)))


def hears_messages(world: World, channel: Channel) -> bool:
    return world.bot.id in channel.members and hears(world, _MESSAGES[channel.kind])


def team_of(world: World, user: str) -> str:
    """The workspace that somebody comes from."""
    return world.users[user].team or world.team_id


def _is_shared(world: World, event: Json) -> bool:
    """Whether people of other workspaces are in the channel (Slack Connect)."""
    channel = world.channels.get(str(event.get("channel")))
    members = channel.members if channel else ()
    return any(team_of(world, user) != world.team_id for user in members)


def event_payload(world: World, event: Json) -> Json:
    """The envelope of an event, with an `event_id` of its own."""
    return {
        "token": "verification-token",
        "team_id": world.team_id,
        "context_team_id": world.team_id,
        "api_app_id": world.bot.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(6).upper()}",
        "event_time": int(world.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team_id,
                "user_id": world.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": _is_shared(world, event),
        "event_context": f"4-{secrets.token_hex(8)}",
    }


def message_event(channel: Channel, message: Message) -> Json:
    return channel.shown(message) | {
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message.ts,
    }


def mention_event(channel: Channel, message: Message) -> Json:
    event = channel.shown(message) | {"channel": channel.id, "event_ts": message.ts}
    return event | {"type": "app_mention"}


def changed_event(world: World, channel: Channel, message: Message, before: Json) -> Json:
    ts = world.next_ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.kind,
        "message": channel.shown(message),
        "previous_message": before,
        "ts": ts,
        "event_ts": ts,
    }


def deleted_event(world: World, channel: Channel, deleted_ts: str, before: Json) -> Json:
    ts = world.next_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.kind,
        "deleted_ts": deleted_ts,
        "previous_message": before,
        "ts": ts,
        "event_ts": ts,
    }


def joined_event(world: World, channel: Channel, inviter: str | None) -> Json:
    event: Json = {
        "type": "member_joined_channel",
        "user": world.bot.id,
        "channel": channel.id,
        "channel_type": _CHANNEL_TYPE[channel.kind],
        "team": world.team_id,
        "event_ts": world.next_ts(),
    }
    return event | ({"inviter": inviter} if inviter else {})


def tell_posted(world: World, channel: Channel, message: Message) -> None:
    """The app hears its own messages too, as from Slack; it has to leave them alone."""
    if hears_messages(world, channel):
        _tell(world, message_event(channel, message))


def tell_message_changed(world: World, channel: Channel, message: Message, before: Json) -> None:
    if hears_messages(world, channel):
        _tell(world, changed_event(world, channel, message, before))


def tell_message_deleted(world: World, channel: Channel, deleted_ts: str, before: Json) -> None:
    if hears_messages(world, channel):
        _tell(world, deleted_event(world, channel, deleted_ts, before))


def tell_joined(world: World, channel: Channel, inviter: str | None) -> None:
    if hears(world, "member_joined_channel"):
        _tell(world, joined_event(world, channel, inviter))


def _tell(world: World, event: Json) -> None:
    world.courier.deliver_soon(DeliveryKind.EVENT, event_payload(world, event))
