"""Whether Slack still accepts the bot's token; a token may be revoked while the bot runs."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.web_errors import describe, error_code

TOKEN_ERRORS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "not_allowed_token_type",
    }
)
"""Slack's words for a token that is no good for anything."""
_LOOK_SECONDS = 10.0
"""Least time between two questions whether the token is accepted again."""


class Standing:
    """What Slack last said of the token.

    A refused token is no message's fault, so it is asked about when nothing is being told too.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[Any]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`look` is a call that any accepted token may make."""
        self._look = look
        self._clock = clock
        self._refused: str | None = None
        self._lacking: str | None = None
        self._looked_at = clock()

    def refused(self, error: Exception) -> None:
        """Slack refused a call, and only whoever runs the bot can cure it."""
        if error_code(error) in TOKEN_ERRORS:
            self._refused = describe(error)
        else:
            self._lacking = describe(error)

    def accepted(self) -> None:
        """Slack took a message."""
        self._refused = self._lacking = None

    @property
    def lacking(self) -> str | None:
        """What the token may not do, as far as that is known; None where nothing is missing."""
        return self._lacking

    async def problem(self) -> str | None:
        """Why the token is no good; None when it is."""
        if self._refused is not None and self._clock() - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = self._clock()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the token is not accepted yet
                if error_code(error) in TOKEN_ERRORS:
                    self._refused = describe(error)
            else:
                self._refused = None
        return self._refused
