"""What Slack's refusals mean for a message: try again, make it simpler, post anew, give up.

The groups follow `facts/SLACK.md`, "Errors worth their own words".
"""

import asyncio
import math
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.outgoing import ForeignHost, NotCalled

_LONGEST_WAIT_SECONDS = 3600.0


class Refusal(StrEnum):
    """What to do about a call that failed."""

    RATE_LIMITED = "rate_limited"
    NOT_SENT = "not_sent"
    """It did not reach Slack, or Slack says that it did nothing: try again."""
    UNCERTAIN = "uncertain"
    """Nobody knows whether Slack did it: look before trying again."""
    TOO_COMPLEX = "too_complex"
    """Send a simpler form."""
    NOT_A_MEMBER = "not_a_member"
    GONE = "gone"
    """The message to edit cannot be edited."""
    OPERATOR = "operator"
    """Tokens or scopes: only the operator can cure it, so the notice waits."""
    FINAL = "final"
    """This channel will not take it."""


_BY_CODE = {
    **dict.fromkeys(
        ("ratelimited", "rate_limited", "message_limit_exceeded"), Refusal.RATE_LIMITED
    ),
    **dict.fromkeys(("service_unavailable", "team_added_to_org"), Refusal.NOT_SENT),
    **dict.fromkeys(
        ("internal_error", "fatal_error", "request_timeout", "unknown"), Refusal.UNCERTAIN
    ),
    **dict.fromkeys(
        (
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_attachments",
            "msg_too_long",
            "msg_blocks_too_long",
            "markdown_text_conflict",
            "no_text",
            "metadata_too_large",
        ),
        Refusal.TOO_COMPLEX,
    ),
    **dict.fromkeys(("not_in_channel", "channel_not_found"), Refusal.NOT_A_MEMBER),
    **dict.fromkeys(
        ("message_not_found", "cant_update_message", "edit_window_closed"), Refusal.GONE
    ),
    **dict.fromkeys(
        (
            "token_revoked",
            "token_expired",
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "missing_scope",
            "no_permission",
            "ekm_access_denied",
        ),
        Refusal.OPERATOR,
    ),
}


def refusal(error: Exception) -> Refusal:
    """The group of a failure of `AsyncWebClient`; unknown codes are FINAL."""
    if isinstance(error, SlackApiError):
        status, code = _status(error), error_code(error)
        if status == 429:
            return Refusal.RATE_LIMITED
        if code in _BY_CODE:
            return _BY_CODE[code]
        return Refusal.UNCERTAIN if status >= 500 or not code else Refusal.FINAL
    if isinstance(error, aiohttp.ClientConnectorError | ForeignHost):
        return Refusal.NOT_SENT
    return Refusal.UNCERTAIN


def has_answered(error: Exception) -> bool:
    """Whether Slack itself said that it failed, so that nothing more is to come of the request.

    A gateway that has waited in vain does not know.
    """
    return isinstance(error, SlackApiError) and _status(error) != 504


def error_code(error: Exception) -> str:
    """Slack's word for an error (`invalid_blocks`), empty where it sent none."""
    if not isinstance(error, SlackApiError):
        return ""
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else ""


def describe(error: Exception) -> str:
    """The failure in a few words for the operator, never with a token or an address."""
    if isinstance(error, NotCalled):
        return str(error)
    if not isinstance(error, SlackApiError):
        timed_out = isinstance(error, asyncio.TimeoutError)
        return "Slack did not answer in time" if timed_out else f"no answer: {type(error).__name__}"
    code = error_code(error)
    if code == "missing_scope":
        return f"missing_scope: needs {error.response.get('needed', 'a scope it did not name')}"
    return code or f"HTTP {_status(error)}"


def retry_after(error: Exception) -> float | None:
    """Seconds of a `Retry-After` header, an hour at the most; None where none can be read."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, value in headers.items():
        if str(name).lower() == "retry-after":
            first = next(iter(value), "") if isinstance(value, list) else value
            try:
                seconds = float(first)
            except ValueError:
                return None
            return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None
    return None


def _status(error: SlackApiError) -> int:
    # Where the body was not JSON, `response` is aiohttp's, whose word for it is `status`.
    for name in ("status_code", "status"):
        if isinstance(status := getattr(error.response, name, None), int):
            return status
    return 0
