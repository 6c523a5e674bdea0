"""What a workspace consists of: people, channels, messages, and how Slack shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.playground.slack_elements import find_element
from bot.playground.slack_rules import Json


@dataclass(frozen=True, slots=True)
class User:
    """A person, or an app's bot (`bot_id` and `app_id` set).

    Attributes:
        team: ID of the workspace that they come from, where it is another one.
    """

    id: str
    name: str
    real_name: str = ""
    email: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    time_zone: str = "Europe/Stockholm"
    team: str | None = None

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
        if self.author.team:
            shown |= {"user_team": self.author.team, "source_team": self.author.team}
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
