"""What people say and do in channels, and the events that tell the app of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.playground.slack_delivery import Delivery, DeliveryKind
from bot.playground.slack_events import (
    changed_event,
    deleted_event,
    event_payload,
    hears,
    hears_messages,
    joined_event,
    mention_event,
    message_event,
)
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Channel, Message, User
from bot.playground.slack_world import World

Who = User | str
"""A person, or their ID."""
Where = Channel | str
"""A channel, or its ID, or its name."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person did to a message, and the events that it sent to the app."""

    message: Message
    deliveries: tuple[Delivery, ...] = ()

    @property
    def ts(self) -> str:
        return self.message.ts

    @property
    def acknowledged(self) -> bool:
        """Whether the app was told at all, and acknowledged everything."""
        return bool(self.deliveries) and all(d.acknowledged for d in self.deliveries)


def id_of(who: Who) -> str:
    return who if isinstance(who, str) else who.id


class Talk(World):
    """A workspace in which people talk."""

    async def message(
        self,
        user: Who,
        channel: Where,
        text: str,
        thread_ts: str | None = None,
        *,
        blocks: Sequence[Json] = (),
        attachments: Sequence[Json] = (),
    ) -> Said:
        """Say something; a bot's ID says it as that bot, which may use blocks and attachments."""
        place = self.where(channel)
        message = self.post(
            Message(
                "",
                place.id,
                self.users[id_of(user)],
                text,
                blocks=list(blocks),
                attachments=list(attachments),
                thread_ts=thread_ts,
            )
        )
        events = []
        if hears_messages(self, place):
            events.append(message_event(place, message))
        # Slack sends no mention from direct messages: they are for the bot anyway.
        if f"<@{self.bot.id}" in text and hears(self, "app_mention") and not place.is_im:
            events.append(mention_event(place, message))
        return await self._said(message, *events)

    async def edit_message(self, user: Who, channel: Where, ts: str, text: str) -> Said:
        """Change what was said."""
        place, message = self._find(channel, ts)
        before = place.shown(message)
        message.edited = {"user": id_of(user), "ts": self.next_ts()}
        self.edit(message, text=text)
        if not hears_messages(self, place):
            return Said(message)
        return await self._said(message, changed_event(self, place, message, before))

    async def delete_message(self, channel: Where, ts: str) -> Said:
        """Take back what was said."""
        place, message = self._find(channel, ts)
        before = place.shown(message)
        self.delete(message)
        if not hears_messages(self, place):
            return Said(message)
        return await self._said(message, deleted_event(self, place, ts, before))

    async def share_link(self, user: Who, channel: Where, url: str) -> Said:
        """Paste a link; the app is told of it where it has registered the domain."""
        said = await self.message(user, channel, f"<{url.replace('&', '&amp;')}>")
        place = self.where(channel)
        domain = urlsplit(url).hostname or ""
        ours = any(re.fullmatch(rf"(.+\.)?{re.escape(d)}", domain) for d in self.unfurl_domains)
        if not ours or not hears(self, "link_shared"):
            return said
        event = {
            "type": "link_shared",
            "user": id_of(user),
            "channel": place.id,
            "message_ts": said.ts,
            "is_bot_user_member": self.bot.id in place.members,
            "source": "conversations_history",
            "unfurl_id": f"{said.ts}.{place.id}",
            "links": [{"url": url, "domain": domain}],
            "event_ts": said.ts,
        }
        told = await self._deliver_event(event)
        return Said(said.message, (*said.deliveries, told))

    async def invite_bot(self, channel: Where, by: Who | None = None) -> Delivery | None:
        """Make the bot a member; None where it was one, or does not hear of it."""
        place = self.where(channel)
        if not self.join(place, self.bot.id) or not hears(self, "member_joined_channel"):
            return None
        return await self._deliver_event(
            joined_event(self, place, id_of(by) if by is not None else None)
        )

    async def open_home(self, user: Who, tab: str = "home") -> Delivery | None:
        """Open the App Home; None where the app does not hear of it."""
        if not hears(self, "app_home_opened"):
            return None
        event: Json = {
            "type": "app_home_opened",
            "user": id_of(user),
            "channel": self.direct_messages(id_of(user)).id,
            "tab": tab,
            "event_ts": self.next_ts(),
        }
        if view := self.views.homes.get(id_of(user)):
            event["view"] = view.payload(self.team_id, self.bot)
        return await self._deliver_event(event)

    async def _said(self, message: Message, *events: Json) -> Said:
        return Said(message, tuple([await self._deliver_event(event) for event in events]))

    async def _deliver_event(self, event: Json) -> Delivery:
        return await self.courier.deliver(DeliveryKind.EVENT, event_payload(self, event))

    def where(self, channel: Where) -> Channel:
        return channel if isinstance(channel, Channel) else self.channel(channel)

    def _find(self, channel: Where, ts: str) -> tuple[Channel, Message]:
        place = self.where(channel)
        message = place.find(ts)
        if message is None:
            raise LookupError(f"no message {ts!r} in {place.id}")
        return place, message
