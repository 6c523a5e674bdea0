"""The methods `chat.*` and `reactions.add`."""

from typing import Any

from bot.playground.slack_call import ApiError, Call, Method, RateLimitedError, refuse
from bot.playground.slack_events import tell_message_changed, tell_message_deleted, tell_posted
from bot.playground.slack_limits import check_message, check_metadata
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Channel, Message


def post_message(call: Call) -> Json:
    channel = _destination(call)
    content = _content(call)
    thread_ts = _thread(call, channel)
    metadata = _metadata(call)
    if wait := call.world.rates.wait_for_message(channel.id):
        raise RateLimitedError(wait)
    message = call.world.post(
        Message(
            ts="",
            channel=channel.id,
            author=call.world.bot,
            metadata=metadata,
            thread_ts=thread_ts,
            is_broadcast=bool(thread_ts) and call.flag("reply_broadcast"),
            **content,
        )
    )
    tell_posted(call.world, channel, message)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message.payload(with_metadata=True),
    }


def update(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "ts", "cant_update_message")
    window = call.world.edit_window_seconds
    if window is not None and call.world.clock() - float(message.ts) > window:
        raise ApiError("edit_window_closed")
    if channel.is_archived:
        raise ApiError("is_archived")
    content = _content(call)
    metadata = _metadata(call)
    before = message.payload()
    call.world.edit(
        message,
        text=content["text"],
        # Documented: blocks that are left out are removed when a text is given.
        blocks=content["blocks"] if content["blocks"] or call.text("text") is not None else None,
        attachments=content["attachments"] if "attachments" in call.args else None,
        metadata=metadata,
    )
    if not message.blocks:
        # Documented: a message with blocks is not marked as edited.
        message.edited = {"user": call.world.bot.id, "ts": call.world.next_ts()}
    tell_message_changed(call.world, channel, message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.payload(with_metadata=True),
    }


def post_ephemeral(call: Call) -> Json:
    channel = call.channel()
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    user = call.needed("user", "user_not_found")
    if user not in call.world.users:
        raise ApiError("user_not_found")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    message = call.world.post(
        Message(
            ts="",
            channel=channel.id,
            author=call.world.bot,
            visible_to=user,
            thread_ts=_thread(call, channel),
            **_content(call, for_one_person=True),
        )
    )
    return {"message_ts": message.ts}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "ts", "cant_delete_message")
    before = message.payload()
    call.world.delete(message)
    tell_message_deleted(call.world, channel, message.ts, before)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = channel.find(call.needed("message_ts", "message_not_found"))
    if message is None:
        raise ApiError("message_not_found")
    return {"channel": channel.id, "permalink": call.world.permalink(message)}


def unfurl(call: Call) -> Json:
    unfurls = call.object("unfurls", "cannot_parse_attachment")
    if not unfurls:
        raise ApiError("missing_unfurls")
    channel = call.world.channels.get(call.needed("channel", "cannot_find_channel"))
    if channel is None:
        raise ApiError("cannot_find_channel")
    message = channel.find(call.needed("ts", "cannot_find_message"))
    if message is None:
        raise ApiError("cannot_find_message")
    for link, preview in unfurls.items():
        if link not in message.text.replace("&amp;", "&"):
            raise ApiError("cannot_unfurl_url")
        refuse(check_message(None, (preview or {}).get("blocks"), [preview]))
    for link, preview in unfurls.items():
        message.unfurls[link] = {**preview, "from_url": link}
    call.world.touch(message)
    return {}


def add_reaction(call: Call) -> Json:
    channel = call.channel()
    message = channel.find(call.needed("timestamp", "message_not_found"))
    if message is None:
        raise ApiError("message_not_found")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    name = call.needed("name", "invalid_name").strip(":")
    users = message.reactions.setdefault(name, [])
    if call.world.bot.id in users:
        raise ApiError("already_reacted")
    users.append(call.world.bot.id)
    call.world.touch(message)
    return {}


def _destination(call: Call) -> Channel:
    """Where a message goes: a channel that the bot may post in, or a person's direct messages."""
    name = call.needed("channel", "channel_not_found")
    if name in call.world.users:
        return call.world.direct_messages(name)
    channel = call.channel()
    if channel.is_archived:
        raise ApiError("is_archived")
    if not call.is_member(channel) and "chat:write.public" not in call.world.scopes:
        raise ApiError("not_in_channel")
    return channel


def _content(call: Call, *, for_one_person: bool = False) -> dict[str, Any]:
    """Text, blocks and attachments, within Slack's limits, with files that can be shown."""
    text, blocks, attachments = call.text("text"), call.array("blocks"), call.array("attachments")
    refuse(check_message(text, blocks, attachments))
    refuse(call.world.files.problems(blocks, for_one_person=for_one_person))
    return {"text": text or "", "blocks": blocks or [], "attachments": attachments or []}


def _metadata(call: Call) -> Json | None:
    metadata = call.object("metadata", "invalid_metadata_format")
    if metadata:
        refuse(check_metadata(metadata))
    return metadata or None


def _thread(call: Call, channel: Channel) -> str | None:
    """The root of the thread to reply in.

    Slack advises against the `ts` of a reply and then does something odd; here it is refused.
    """
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    root = channel.find(thread_ts)
    if root is None or root.thread_ts not in (None, root.ts):
        raise ApiError("thread_not_found")
    return thread_ts


def _own(call: Call, channel: Channel, name: str, error: str) -> Message:
    """A message that the bot itself has posted."""
    message = channel.find(call.needed(name, "message_not_found"))
    if message is None or message.subtype == "tombstone":
        raise ApiError("message_not_found")
    if message.author != call.world.bot:
        raise ApiError(error)
    return message


_WRITE = ("chat:write",)
CHAT_METHODS = {
    "chat.postMessage": Method(post_message, _WRITE),
    "chat.update": Method(update, _WRITE, tier=3),
    "chat.postEphemeral": Method(post_ephemeral, _WRITE, tier=4),
    "chat.delete": Method(delete, _WRITE, tier=3),
    "chat.getPermalink": Method(get_permalink),
    "chat.unfurl": Method(unfurl, ("links:write",), tier=3),
    "reactions.add": Method(add_reaction, ("reactions:write",), tier=3),
}
