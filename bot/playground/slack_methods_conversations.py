"""The methods `conversations.*` and `users.conversations`."""

from bot.playground.slack_call import ApiError, Call, Method
from bot.playground.slack_events import tell_joined
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Channel, Message

_SCOPE_PREFIX = {"channel": "channels", "group": "groups", "im": "im"}
_KIND_OF_TYPE = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}


def info(call: Call) -> Json:
    channel = _readable(call, "read")
    return {"channel": _shown(call, channel)}


def history(call: Call) -> Json:
    channel = _readable(call, "history")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    chosen = [message for message in reversed(channel.top_level) if _in_range(call, message)]
    page, cursor = call.page(chosen, 100)
    return _messages(call, channel, page, cursor)


def replies(call: Call) -> Json:
    channel = _readable(call, "history")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    message = channel.find(call.needed("ts", "thread_not_found"))
    if message is None:
        raise ApiError("thread_not_found")
    root, *others = channel.thread(message.thread_ts or message.ts)
    page, cursor = call.page([reply for reply in others if _in_range(call, reply)], 1000)
    return _messages(call, channel, [root, *page], cursor)


def members(call: Call) -> Json:
    channel = _readable(call, "read")
    page, cursor = call.page(channel.members, 100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def list_all(call: Call) -> Json:
    return _channels(call)


def list_joined(call: Call) -> Json:
    user = call.text("user")
    if user not in (None, "", call.world.bot.id) and user not in call.world.users:
        raise ApiError("user_not_found")
    return _channels(call, joined_by=user or call.world.bot.id)


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.is_private:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    if call.world.join(channel, call.world.bot.id):
        tell_joined(call.world, channel, inviter=None)
        return {"channel": _shown(call, channel)}
    return {"channel": _shown(call, channel), "warning": "already_in_channel"}


def open_direct(call: Call) -> Json:
    users = [user for user in (call.text("users") or "").split(",") if user]
    if len(users) != 1:
        raise ApiError("users_list_not_supplied" if not users else "method_not_supported")
    if users[0] not in call.world.users:
        raise ApiError("user_not_found")
    channel = call.world.direct_messages(users[0])
    if call.flag("return_im"):
        return {"channel": _shown(call, channel)}
    return {"channel": {"id": channel.id}}


def _readable(call: Call, what: str) -> Channel:
    channel = call.channel()
    call.require_scope(f"{_SCOPE_PREFIX[channel.kind]}:{what}")
    return channel


def _in_range(call: Call, message: Message) -> bool:
    """Whether a message lies between `oldest` and `latest`; on them only with `inclusive`."""
    oldest, latest = call.text("oldest"), call.text("latest")
    inclusive = call.flag("inclusive")
    ts = float(message.ts)
    try:
        after = not oldest or ts > float(oldest) or (inclusive and ts == float(oldest))
        before = not latest or ts < float(latest) or (inclusive and ts == float(latest))
    except ValueError:
        raise ApiError("invalid_ts_latest") from None
    return after and before


def _messages(call: Call, channel: Channel, page: list[Message], cursor: str) -> Json:
    with_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [channel.shown(message, with_metadata=with_metadata) for message in page],
        "has_more": bool(cursor),
    }
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def _channels(call: Call, *, joined_by: str | None = None) -> Json:
    """All channels that the bot can see, or those of them that somebody has joined."""
    types = [kind.strip() for kind in (call.text("types") or "public_channel").split(",")]
    if unknown := [kind for kind in types if kind not in _KIND_OF_TYPE]:
        raise ApiError("invalid_types", provided=",".join(unknown))
    kinds = {_KIND_OF_TYPE[kind] for kind in types}
    for kind in sorted(kinds & set(_SCOPE_PREFIX)):
        call.require_scope(f"{_SCOPE_PREFIX[kind]}:read")
    chosen = [
        _shown(call, channel)
        for channel in call.world.channels.values()
        if channel.kind in kinds
        and not (channel.is_archived and call.flag("exclude_archived"))
        and (call.is_member(channel) or not channel.is_private)
        and (joined_by is None or joined_by in channel.members)
    ]
    page, cursor = call.page(chosen, 100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def _shown(call: Call, channel: Channel) -> Json:
    shown: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "created": 1_600_000_000,
        "context_team_id": call.world.team_id,
    }
    if channel.is_im:
        return shown | {"user": channel.im_with, "is_open": True}
    shown |= {"name": channel.name, "name_normalized": channel.name, "is_general": False}
    shown |= {
        "is_member": call.is_member(channel),
        "topic": {"value": ""},
        "purpose": {"value": ""},
    }
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return shown


_READ = ("channels:read", "groups:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "im:history")
CONVERSATIONS_METHODS = {
    "conversations.info": Method(info, _READ, tier=3),
    "conversations.history": Method(history, _HISTORY, tier=3),
    "conversations.replies": Method(replies, _HISTORY, tier=3),
    "conversations.members": Method(members, _READ, tier=4),
    "conversations.list": Method(list_all, _READ, tier=2),
    "conversations.join": Method(join, ("channels:join",), tier=3),
    "conversations.open": Method(open_direct, ("im:write",), tier=3),
    "users.conversations": Method(list_joined, _READ, tier=3),
}
