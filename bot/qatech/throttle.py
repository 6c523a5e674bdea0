"""When a request to QA.tech may be made: the rate allowed, a 429 waited out, a break when down."""

import asyncio
from collections.abc import Callable

from aiolimiter import AsyncLimiter

from bot.domain.errors import LeftAlone, RateLimited
from bot.domain.short_id import RunKey
from bot.qatech.breaker import Breaker, BreakerState, Permit
from bot.qatech.holds import Holds


class Throttle:
    """One for all projects: the rate and the breaker are the host's, a 429 is one key's."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        max_rps: float,
        longest_wait: float,
        rest_seconds: tuple[float, float],
        on_change: Callable[[BreakerState], None],
    ) -> None:
        """Nothing is held back yet.

        Args:
            clock: monotonic seconds.
            max_rps: most requests a second, evenly spaced.
            longest_wait: seconds that a request may wait for its turn under `max_rps`.
            rest_seconds: shortest and longest time for which a QA.tech that is down is left alone;
                the longest too after a 429 that does not say for how long.
            on_change: told the breaker's new state.
        """
        # A bucket of one: no burst comes on top of the rate that the operator allowed.
        self._limiter = AsyncLimiter(1, 1 / max_rps)
        self._longest_wait = longest_wait
        shortest, longest = rest_seconds
        self._holds = Holds(clock, default=longest)
        self._breaker = Breaker(clock, shortest=shortest, longest=longest, on_change=on_change)

    async def turn(self, key: RunKey) -> Permit:
        """Wait for the right to ask for this run.

        Raises:
            LeftAlone, RateLimited: it is not to be had; nothing may be asked.
        """
        self._raise_if_held(key.project)
        await self._wait()
        self._raise_if_held(key.project)  # the 429 may have come while this one waited
        permit = self._breaker.permit(str(key))
        if permit is None:
            raise self._left_alone()
        return permit

    def too_many(self, project: str, retry_after: float | None) -> None:
        """QA.tech answered 429: this project is left alone for so many seconds."""
        self._holds.begin(project, retry_after)

    def problem(self) -> str | None:
        """Why QA.tech is not asked at this moment; None when it is."""
        if self._breaker.state is BreakerState.CLOSED:
            return None
        return f"is unavailable and asked again in {self._breaker.remaining():.0f} s"

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._longest_wait):
                await self._limiter.acquire()
        except TimeoutError:
            # QA.tech is not to blame, so this is not `Unavailable`.
            raise RateLimited(
                f"no request was made within {self._longest_wait:g} s: more are waiting than "
                "QARUN_QATECH_MAX_RPS allows",
                self._longest_wait,
            ) from None

    def _raise_if_held(self, project: str) -> None:
        if self._breaker.remaining() > 0:
            raise self._left_alone()
        remaining = self._holds.remaining(project)
        if remaining > 0:
            raise RateLimited(
                f"QA.tech answered 429 a moment ago and is left alone for {remaining:.0f} s",
                remaining,
            )

    def _left_alone(self) -> LeftAlone:
        remaining = self._breaker.remaining()
        return LeftAlone(
            f"QA.tech has been unavailable and is left alone for {remaining:.0f} s", remaining
        )
