"""A press, read from whatever Slack sent: a message of today, of last year, or a view."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed what, and where.

    Attributes:
        action_ts: identifies the press.
        value: of a button, of the chosen option, or what was typed; None where there is none.
        channel, message_ts: of the message it stands in; None in a view.
        thread_ts: of the thread that the message begins or stands in; None in a view.
        trigger_id: opens one view within 3 s.
        is_ephemeral: only this person sees the message, so its answer must be for them alone too.
        view: the view it stands in, None in a message.
    """

    user: str
    action_id: str
    action_ts: str
    value: str | None
    channel: str | None
    message_ts: str | None
    thread_ts: str | None
    trigger_id: str = field(repr=False)
    is_ephemeral: bool
    view: dict[str, Any] | None = field(repr=False)  # it may hold a `response_url`

    @property
    def view_id(self) -> str | None:
        return self.view.get("id") if self.view else None


def read_press(body: dict[str, Any], action: dict[str, Any]) -> Press:
    """Never raises: what is missing is None or empty."""
    message = body.get("message") or {}
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    message_ts = message.get("ts") or container.get("message_ts")
    is_ephemeral = bool(container.get("is_ephemeral"))
    option = action.get("selected_option") or {}
    return Press(
        user=(body.get("user") or {}).get("id") or "",
        action_id=action.get("action_id") or "",
        action_ts=action.get("action_ts") or "",
        value=action.get("value") or option.get("value"),
        channel=channel,
        message_ts=message_ts,
        # An ephemeral message has no thread (`facts/SLACK.md`).
        thread_ts=None
        if is_ephemeral
        else message.get("thread_ts") or container.get("thread_ts") or message_ts,
        trigger_id=body.get("trigger_id") or "",
        is_ephemeral=is_ephemeral,
        view=body.get("view"),
    )
