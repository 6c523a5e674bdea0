"""The state of a workspace and what changes it; knows neither HTTP nor payloads."""

import copy
import itertools
from collections.abc import Callable, Iterable, Sequence

from bot.playground.slack_changes import Change, ChangeKind, Observed
from bot.playground.slack_delivery import Courier, Delivery
from bot.playground.slack_elements import initial_values, with_ids
from bot.playground.slack_faults import Faults
from bot.playground.slack_files import Files
from bot.playground.slack_grants import ALL_EVENTS, ALL_SCOPES
from bot.playground.slack_rates import Rates
from bot.playground.slack_rules import Json
from bot.playground.slack_sockets import Sockets
from bot.playground.slack_state import Channel, Message, Revision, User, UserGroup
from bot.playground.slack_tickets import Tickets
from bot.playground.slack_views import Views


class World(Observed):
    """Everything in one workspace, and the one app that is installed in it.

    Attributes:
        clock: seconds since 1970; every time limit but that of acknowledgements goes by it.
        bot: the app's own bot user. `other_bot` belongs to another app.
        scopes: what the app was granted.
        events: what the app has subscribed to (`message.channels`, `app_mention`, …).
        token_errors: tokens that are refused, with the error (`token_revoked`, …).
        edit_window_seconds: how long a message can be edited; None: for ever.
        unfurl_domains: what `link_shared` is sent for.
        base_url: where this workspace is served; learnt from the first request otherwise.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        team_id: str = "T0PLAYGRND",
        team_name: str = "Playground",
        domain: str = "playground",
    ) -> None:
        super().__init__()
        self.clock = clock
        self.team_id = team_id
        self.team_name = team_name
        self.domain = domain
        self.bot = User("U0QARUN", "qarun", "qarun", bot_id="B0QARUN", app_id="A0QARUN")
        self.other_bot = User("U0OTHER", "deploys", "deploys", bot_id="B0OTHER", app_id="A0OTHER")
        self.bot_token = f"xoxb-{team_id}-{self.bot.id}"
        self.app_token = f"xapp-1-{self.bot.app_id}-{team_id}"
        self.token_errors: dict[str, str] = {}
        self.scopes: set[str] = set(ALL_SCOPES)
        self.events: set[str] = set(ALL_EVENTS)
        self.unfurl_domains: tuple[str, ...] = ("app.qa.tech",)
        self.edit_window_seconds: float | None = None
        self.base_url: str | None = None
        self.users: dict[str, User] = {user.id: user for user in (self.bot, self.other_bot)}
        self.usergroups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemeral: list[Message] = []
        self.faults = Faults()
        self.rates = Rates(clock)
        self.tickets = Tickets(clock)
        self.sockets = Sockets(
            lambda: self.announce(Change(ChangeKind.CONNECTED)), self.bot.app_id or ""
        )
        self.courier = Courier(self.sockets, lambda delivery: self.announce(_delivered(delivery)))
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self.views = Views(clock, self._numbers, self.announce)
        self.files = Files(clock, self._numbers)

    def add_user(self, name: str, *, user_id: str | None = None, email: str | None = None) -> User:
        user = User(
            id=user_id or f"U{next(self._numbers):08d}",
            name=name,
            real_name=name.title(),
            email=email or f"{name}@example.com",
        )
        self.users[user.id] = user
        return user

    def add_channel(
        self,
        name: str,
        *,
        channel_id: str | None = None,
        private: bool = False,
        members: Iterable[User | str] = (),
        with_bot: bool = True,
    ) -> Channel:
        channel = Channel(
            id=channel_id or f"C{next(self._numbers):08d}", name=name, is_private=private
        )
        channel.members = [who if isinstance(who, str) else who.id for who in members]
        if with_bot:
            channel.members.append(self.bot.id)
        self.channels[channel.id] = channel
        return channel

    def add_usergroup(self, handle: str, users: Iterable[User] = ()) -> UserGroup:
        group = UserGroup(
            id=f"S{next(self._numbers):08d}",
            handle=handle,
            name=handle.title(),
            users=tuple(user.id for user in users),
        )
        self.usergroups[group.id] = group
        return group

    def direct_messages(self, user: str) -> Channel:
        """The conversation between a person and the bot; begun where there is none yet."""
        for channel in self.channels.values():
            if channel.im_with == user:
                return channel
        channel = Channel(
            id=f"D{next(self._numbers):08d}",
            name="directmessage",
            is_private=True,
            im_with=user,
            members=[user, self.bot.id],
        )
        self.channels[channel.id] = channel
        return channel

    def channel(self, channel_id: str) -> Channel:
        """The channel with this ID, or with this name."""
        for channel in self.channels.values():
            if channel_id in (channel.id, channel.name):
                return channel
        raise LookupError(f"no channel {channel_id!r}")

    def join(self, channel: Channel, user: str) -> bool:
        """Make somebody a member; False where they are one already."""
        if user in channel.members:
            return False
        channel.members.append(user)
        self.announce(Change(ChangeKind.MEMBER_JOINED, channel.id, user))
        return True

    def next_ts(self) -> str:
        """A `ts` that no other message has, later than all before it."""
        now = int(self.clock() * 1_000_000)
        self._last_ts = max(now - now % 100, self._last_ts) + 100
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, message: Message) -> Message:
        """Put a message where it belongs; it is given its `ts` and the IDs its blocks lack."""
        message.ts = self.next_ts()
        message.team = self.team_id
        message.blocks = with_ids(message.blocks, self._numbers)
        message.state = initial_values(message.blocks)
        if message.is_ephemeral:
            self.ephemeral.append(message)
        else:
            self.channels[message.channel].messages.append(message)
            self.files.show(message.blocks, message.channel)
        self._tell(ChangeKind.MESSAGE_POSTED, message)
        return message

    def edit(
        self,
        message: Message,
        *,
        text: str | None = None,
        blocks: Sequence[Json] | None = None,
        attachments: Sequence[Json] | None = None,
        metadata: Json | None = None,
    ) -> None:
        """Change what a message says; None keeps what it said."""
        message.revisions.append(Revision(message.text, message.blocks, self.clock()))
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = with_ids(blocks, self._numbers)
            message.state = initial_values(message.blocks)
        if attachments is not None:
            message.attachments = copy.deepcopy(list(attachments))
        if metadata is not None:
            message.metadata = metadata
        self._tell(ChangeKind.MESSAGE_CHANGED, message)

    def delete(self, message: Message) -> None:
        """Take a message away; one that has replies leaves a tombstone for its thread."""
        if message.is_ephemeral:
            self.ephemeral.remove(message)
        else:
            channel = self.channels[message.channel]
            if channel.replies(message.ts):
                message.text, message.blocks, message.attachments = (
                    "This message was deleted.",
                    [],
                    [],
                )
                message.subtype, message.metadata = "tombstone", None
            else:
                channel.messages.remove(message)
        self._tell(ChangeKind.MESSAGE_DELETED, message)

    def touch(self, message: Message) -> None:
        """Tell who watches that a message looks different now: a reaction, a preview, a choice."""
        self._tell(ChangeKind.MESSAGE_CHANGED, message)

    def find_message(self, channel: str, ts: str) -> Message | None:
        """A message by its `ts`, ephemeral ones included."""
        everything = [*self.channels[channel].messages, *self.ephemeral]
        return next((m for m in everything if m.ts == ts and m.channel == channel), None)

    def ephemeral_for(self, user: User | str, channel: str | None = None) -> list[Message]:
        """The ephemeral messages that one person sees, in all channels or in one."""
        user_id = user if isinstance(user, str) else user.id
        return [
            message
            for message in self.ephemeral
            if message.visible_to == user_id and channel in (None, message.channel)
        ]

    def permalink(self, message: Message) -> str:
        link = (
            f"https://{self.domain}.slack.com/archives/{message.channel}"
            f"/p{message.ts.replace('.', '')}"
        )
        if message.thread_ts and message.thread_ts != message.ts:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return link

    def _tell(self, kind: ChangeKind, message: Message) -> None:
        self.announce(Change(kind, message.channel, message.visible_to, message))


def _delivered(delivery: Delivery) -> Change:
    return Change(ChangeKind.DELIVERED, subject=delivery)
