"""What a workspace consists of: people, channels, messages, views, and how Slack shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.playground.slack_rules import Json


@dataclass(frozen=True, slots=True)
class User:
    """A person, or an app's bot (`bot_id` and `app_id` set)."""

    id: str
    name: str
    real_name: str = ""
    email: str | None = None
    bot_id: str | None = None
    app_id: str | None = None

    @property
    def is_bot(self) -> bool:
        return self.bot_id is not None


@dataclass(frozen=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """What a message said before an edit."""

    text: str
    blocks: Sequence[Json]
    until: float


@dataclass(slots=True)
class Message:
    """A message in a channel, or an ephemeral one (`visible_to` set).

    Attributes:
        channel: ID of its channel.
        thread_ts: `ts` of the message it replies to; None outside threads.
        is_broadcast: a reply that stands in the channel as well.
        revisions: what it said before each edit, the oldest first.
        state: what was chosen in its stateful elements: block ID, action ID, value.
    """

    ts: str
    channel: str
    author: User
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    is_broadcast: bool = False
    subtype: str | None = None
    edited: Json | None = None
    visible_to: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    unfurls: dict[str, Json] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    team: str = ""

    @property
    def is_ephemeral(self) -> bool:
        return self.visible_to is not None

    def element(self, action_id: str, block_id: str | None = None) -> tuple[str, Json]:
        """The element with this action ID and the ID of its block.

        Raises:
            LookupError: it has none such.
        """
        everything = [*self.blocks, *(b for a in self.attachments for b in a.get("blocks", ()))]
        return find_element(everything, action_id, block_id)

    def payload(self, *, with_metadata: bool = False) -> Json:
        """The message as the Web API and the events show it, without what its thread adds."""
        shown: Json = {"type": "message", "user": self.author.id, "ts": self.ts, "text": self.text}
        if self.team:
            shown["team"] = self.team
        if self.author.is_bot:
            shown |= {
                "bot_id": self.author.bot_id,
                "app_id": self.author.app_id,
                "bot_profile": {
                    "id": self.author.bot_id,
                    "app_id": self.author.app_id,
                    "name": self.author.name,
                    "deleted": False,
                },
            }
        shown |= {
            name: value
            for name, value in (
                ("blocks", self.blocks),
                ("attachments", [*self.attachments, *self.unfurls.values()]),
                ("thread_ts", self.thread_ts),
                ("subtype", "thread_broadcast" if self.is_broadcast else self.subtype),
                ("edited", self.edited),
                ("metadata", self.metadata if with_metadata else None),
                ("reactions", self._reactions()),
            )
            if value
        }
        return shown

    def _reactions(self) -> list[Json]:
        return [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in self.reactions.items()
        ]


@dataclass(slots=True)
class Channel:
    """A conversation: public, private, or the direct messages with one person (`im_with`)."""

    id: str
    name: str
    is_private: bool = False
    im_with: str | None = None
    is_archived: bool = False
    members: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        return self.im_with is not None

    @property
    def kind(self) -> str:
        """The word of `channel_type` in events and of scopes: channel, group or im."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    @property
    def top_level(self) -> list[Message]:
        """What stands in the channel itself, oldest first: no replies but the broadcast ones."""
        return [m for m in self.messages if m.thread_ts in (None, m.ts) or m.is_broadcast]

    def find(self, ts: str) -> Message | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """A message and the replies to it, oldest first."""
        return [message for message in self.messages if ts in (message.ts, message.thread_ts)]

    def replies(self, ts: str) -> list[Message]:
        return [message for message in self.thread(ts) if message.ts != ts]

    def shown(self, message: Message, *, with_metadata: bool = False) -> Json:
        """The message with what its thread adds: counts for its root, its parent for a reply."""
        shown = message.payload(with_metadata=with_metadata)
        replies = self.replies(message.ts)
        if replies:
            shown |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": sorted({reply.author.id for reply in replies}),
                "reply_users_count": len({reply.author.id for reply in replies}),
                "latest_reply": replies[-1].ts,
            }
        elif message.thread_ts and (parent := self.find(message.thread_ts)):
            shown["parent_user_id"] = parent.author.id
        return shown


@dataclass(slots=True)
class View:
    """A modal that is open, or an App Home.

    Attributes:
        given: the view as the app gave it, each block with its `block_id`.
        values: what was typed and chosen: block ID, action ID, value.
        errors: the messages beneath the inputs, by block ID, of the last submission.
    """

    id: str
    user: str
    given: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.given["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """What stands at its head; an App Home has nothing there."""
        return str((self.given.get("title") or {}).get("text", ""))

    def element(self, action_id: str, block_id: str | None = None) -> tuple[str, Json]:
        """The element with this action ID and the ID of its block.

        Raises:
            LookupError: it has none such.
        """
        return find_element(self.blocks, action_id, block_id)

    def payload(self, team: str, app: User) -> Json:
        defaults = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": None,
            "submit": None,
            "close": None,
        }
        return {
            **defaults,
            **self.given,
            "id": self.id,
            "team_id": team,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": app.app_id,
            "bot_id": app.bot_id,
            "app_installed_team_id": team,
        }


class ChangeKind(StrEnum):
    MESSAGE_POSTED = "message_posted"
    MESSAGE_CHANGED = "message_changed"
    MESSAGE_DELETED = "message_deleted"
    MEMBER_JOINED = "member_joined"
    VIEW_OPENED = "view_opened"
    VIEW_CHANGED = "view_changed"
    VIEW_CLOSED = "view_closed"
    HOME_PUBLISHED = "home_published"
    CALLED = "called"
    """The app has called a method of the Web API."""
    DELIVERED = "delivered"
    """A payload was handed to the app, with or without its acknowledgement."""
    CONNECTED = "connected"
    """A socket was opened or closed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened in the workspace, for who watches it."""

    kind: ChangeKind
    channel: str | None = None
    user: str | None = None
    subject: Any = None
    """The `Message`, `View`, `ApiCall` or `Delivery` it happened to."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request to the Web API or to a `response_url`.

    Attributes:
        args: without the token.
        status: HTTP status, None where the connection was dropped before the answer.
        answer: the answer, which the app never saw where `status` is None.
        at: the workspace's time, in seconds.
    """

    method: str
    args: Json
    status: int | None
    answer: Json
    at: float

    @property
    def ok(self) -> bool:
        return self.answer.get("ok") is True


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """The elements that can be used, each with the ID of its block."""
    for block in blocks:
        inside = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield block["block_id"], element


def find_element(
    blocks: Sequence[Json], action_id: str, block_id: str | None = None
) -> tuple[str, Json]:
    """The element with this action ID, in this block where one is named.

    Raises:
        LookupError: there is none; the sentence names those there are.
    """
    known = list(elements(blocks))
    for block, element in known:
        if element["action_id"] == action_id and block_id in (None, block):
            return block, element
    names = ", ".join(f"{block}/{element['action_id']}" for block, element in known) or "none"
    raise LookupError(f"nothing to use with action_id {action_id!r}; there is: {names}")
