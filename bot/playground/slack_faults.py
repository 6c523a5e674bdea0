"""The faults a simulated Slack can be told to have."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    STATUS = "status"
    """An HTTP status with an HTML page, as from a proxy; nothing is processed."""
    ERROR = "error"
    """`{"ok": false, "error": …}` with HTTP 200; nothing is processed."""
    RATE_LIMITED = "rate_limited"
    """HTTP 429 with `Retry-After`; nothing is processed."""
    DELAY = "delay"
    """The answer comes late. A client that gives up waiting does not stop the processing."""
    DROP = "drop"
    """The connection is cut before anything is processed."""
    LOST_ANSWER = "lost_answer"
    """Processed, then the connection is cut: a message was posted, and nobody was told."""
    HUNG_ANSWER = "hung_answer"
    """Processed, then nothing more is said, until the client gives up or `clear()` is called."""
    LATE = "late"
    """The connection is cut, and what was asked for is done `seconds` later all the same."""


@dataclass(slots=True)
class Fault:
    """One fault of a method (`*`: of all).

    Attributes:
        times: how often it still happens; None: for ever.
        after: how many requests it lets pass first.
    """

    method: str
    kind: FaultKind
    times: int | None = 1
    after: int = 0
    status: int = 503
    error: str = "internal_error"
    seconds: float = 1.0
    retry_after: int = 1


@dataclass(slots=True)
class Faults:
    """The faults in force."""

    pending: list[Fault] = field(default_factory=list)
    cleared: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends the waiting of requests that hang."""

    def add(
        self,
        method: str,
        kind: FaultKind | str,
        *,
        times: int | None = 1,
        after: int = 0,
        status: int = 503,
        error: str = "internal_error",
        seconds: float = 1.0,
        retry_after: int = 1,
    ) -> Fault:
        """Let the next requests to a method fail.

        `method` is a name of the Web API, `response_url`, or `*`. Only the values that its kind
        speaks of are looked at.
        """
        fault = Fault(method, FaultKind(kind), times, after, status, error, seconds, retry_after)
        self.pending.append(fault)
        return fault

    def clear(self) -> None:
        """No faults from now on; what hangs is let go."""
        self.pending.clear()
        self.cleared.set()
        self.cleared = asyncio.Event()

    def take(self, method: str) -> tuple[float, Fault | None]:
        """The delay in seconds and the fault that a request to a method meets now."""
        delay, met = 0.0, None
        for fault in list(self.pending):
            is_delay = fault.kind is FaultKind.DELAY
            if fault.method not in (method, "*") or (met is not None and not is_delay):
                continue
            if fault.after:
                fault.after -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.pending.remove(fault)
            if is_delay:
                delay += fault.seconds
            else:
                met = fault
        return delay, met
