"""One call of a Web API method: its arguments, its errors, what a method declares about itself."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.slack_limits import first_error
from bot.playground.slack_rules import Json, Violation
from bot.playground.slack_state import Channel
from bot.playground.slack_world import World


class ApiError(Exception):
    """A method's refusal: `{"ok": false, "error": …}`."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    @property
    def answer(self) -> Json:
        return {"ok": False, "error": self.error, **self.more}


class RateLimitedError(Exception):
    """HTTP 429 with `Retry-After`."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


def refuse(violations: Sequence[Violation]) -> None:
    """Raise what Slack answers to these violations; nothing where there are none."""
    if violations:
        lines = [str(item) for item in violations]
        raise ApiError(
            first_error(violations),
            errors=[line.removeprefix("[ERROR] ") for line in lines],
            response_metadata={"messages": lines},
        )


_YES = (True, "true", "True", "1", 1)


@dataclass(frozen=True, slots=True)
class Call:
    """A method's arguments, from a form or from JSON."""

    world: World
    args: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        value = self.args.get(name)
        return None if value is None else str(value)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            raise ApiError(
                error,
                response_metadata={
                    "messages": [f"[ERROR] missing required field: {name} [json-pointer:/{name}]"]
                },
            )
        return value

    def flag(self, name: str) -> bool:
        return self.args.get(name) in _YES

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.args.get(name) or default)
        except ValueError:
            raise ApiError("invalid_arguments") from None

    def array(self, name: str) -> list[Any] | None:
        """A list, which a form carries as JSON; None where it is not given."""
        value = self._json(name)
        if value is not None and not isinstance(value, list):
            raise ApiError(f"invalid_{name}_format")
        return value

    def object(self, name: str, error: str) -> Json | None:
        value = self._json(name)
        if value is not None and not isinstance(value, dict):
            raise ApiError(error)
        return value

    def _json(self, name: str) -> Any:
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(f"invalid_{name}_format") from None

    def require_scope(self, *any_of: str) -> None:
        """One of these scopes is needed.

        Raises:
            ApiError: the app has none of them; the answer names what is needed.
        """
        if not self.world.scopes.intersection(any_of):
            raise ApiError(
                "missing_scope",
                needed=",".join(any_of),
                provided=",".join(sorted(self.world.scopes)),
            )

    def channel(self, name: str = "channel") -> Channel:
        """The channel that is meant, as far as the bot may know of it."""
        channel = self.world.channels.get(self.needed(name, "channel_not_found"))
        if channel is None or (channel.is_private and not self.is_member(channel)):
            raise ApiError("channel_not_found")
        return channel

    def is_member(self, channel: Channel) -> bool:
        return self.world.bot.id in channel.members

    def page(self, everything: Sequence[Any], default: int) -> tuple[list[Any], str]:
        """One page of a list and the cursor of the next, empty at the end."""
        limit = max(1, min(self.number("limit", default), 1000))
        cursor = self.text("cursor")
        try:
            start = int(cursor.removeprefix("page:")) if cursor else 0
        except ValueError:
            raise ApiError("invalid_cursor") from None
        following = start + limit
        return (
            list(everything[start:following]),
            f"page:{following}" if following < len(everything) else "",
        )


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API.

    Attributes:
        scopes: any of which is needed; further ones may depend on the arguments.
        tier: of its rate limit; None: none of its own.
        takes_app_token: an `xapp-` token instead of the bot's.
    """

    handler: Handler
    scopes: tuple[str, ...] = ()
    tier: int | None = None
    takes_app_token: bool = False
