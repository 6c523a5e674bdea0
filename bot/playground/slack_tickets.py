"""The short-lived rights that come with an interaction: to open a view, to answer by URL."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True)
class Trigger:
    """The right to open one view for the person who did something."""

    id: str
    user: str
    expires_at: float
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer in a channel, member of it or not.

    Attributes:
        source: `ts` of the message whose element was used; None after a command, until an answer
            was given, which is then what `replace_original` means.
        source_is_ephemeral: whether that message is an ephemeral one.
    """

    token: str
    user: str
    channel: str
    expires_at: float
    thread_ts: str | None = None
    source: str | None = None
    source_is_ephemeral: bool = False
    uses: int = 0


@dataclass(slots=True)
class Tickets:
    """The triggers and response URLs given out."""

    clock: Callable[[], float]
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)

    def trigger(self, user: str) -> Trigger:
        number = len(self.triggers) + 1
        trigger = Trigger(
            id=f"{1_000_000_000 + number}.{2_000_000_000 + number}.{secrets.token_hex(16)}",
            user=user,
            expires_at=self.clock() + TRIGGER_SECONDS,
        )
        self.triggers[trigger.id] = trigger
        return trigger

    def use_trigger(self, trigger_id: str) -> tuple[Trigger | None, str | None]:
        """The trigger, or the error of Slack why it opens nothing; it is used up then."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            return None, "invalid_trigger_id"
        if trigger.is_used:
            return None, "exchanged_trigger_id"
        if self.clock() > trigger.expires_at:
            return None, "expired_trigger_id"
        trigger.is_used = True
        return trigger, None

    def response_url(
        self,
        user: str,
        channel: str,
        *,
        thread_ts: str | None = None,
        source: str | None = None,
        source_is_ephemeral: bool = False,
    ) -> ResponseUrl:
        ticket = ResponseUrl(
            token=secrets.token_urlsafe(18),
            user=user,
            channel=channel,
            expires_at=self.clock() + RESPONSE_URL_SECONDS,
            thread_ts=thread_ts,
            source=source,
            source_is_ephemeral=source_is_ephemeral,
        )
        self.response_urls[ticket.token] = ticket
        return ticket

    def use_response_url(self, token: str) -> tuple[ResponseUrl | None, str | None]:
        """The right to answer, or the error of Slack why there is none; counts one use."""
        ticket = self.response_urls.get(token)
        if ticket is None:
            return None, "invalid_url"
        if self.clock() > ticket.expires_at:
            return None, "expired_url"
        if ticket.uses >= RESPONSE_URL_USES:
            return None, "used_url"
        ticket.uses += 1
        return ticket, None
