"""The switches that break the neighbours, so that one can watch the bot cope."""

from dataclasses import dataclass, field

from bot.playground import qatech_faults
from bot.playground.slack_faults import FaultKind
from bot.playground.stage import Stage

QATECH_WAIT = 5
SLACK_WAIT = 3
"""Seconds of `Retry-After`."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One switch.

    Attributes:
        coping: what to watch the bot do meanwhile.
    """

    name: str
    title: str
    coping: str


TROUBLES = (
    Trouble(
        "qatech_down",
        "QA.tech is down",
        "Every request gets a gateway's 503 page. Ask for a run: the wish is stored, the message "
        "says so, and is put right once QA.tech is back.",
    ),
    Trouble(
        "qatech_busy",
        "QA.tech says 429",
        f"Too many requests: wait {QATECH_WAIT} s. The bot slows down and loses nothing.",
    ),
    Trouble(
        "slack_busy",
        "Slack says 429",
        f"Posting and editing is refused for {SLACK_WAIT} s at a time. What is to be told waits "
        "and comes when the switch is off: once, the newest.",
    ),
    Trouble(
        "socket_cut",
        "The socket is cut",
        "Slack cannot reach the bot: commands fail, and Slack says so. Messages of the bot still "
        "arrive. Switched off, the bot is back within seconds.",
    ),
)
_NAMES = frozenset(trouble.name for trouble in TROUBLES)


@dataclass
class Troubles:
    """Which switches are on."""

    stage: Stage
    on: set[str] = field(default_factory=set)

    async def switch(self, name: str, *, on: bool) -> None:
        """Turn one on or off; the others stay as they are.

        Raises:
            LookupError: there is no such switch.
        """
        if name not in _NAMES:
            raise LookupError(f"no switch {name!r}")
        (self.on.add if on else self.on.discard)(name)
        self._put_in_force()
        sockets = self.stage.slack.sockets
        sockets.is_refusing = "socket_cut" in self.on
        if sockets.is_refusing:
            await sockets.cut(abruptly=True)

    def _put_in_force(self) -> None:
        qatech, slack = self.stage.qatech.faults, self.stage.slack.faults
        qatech.clear()
        slack.clear()
        if "qatech_down" in self.on:
            qatech.inject(qatech_faults.html(503))
        if "qatech_busy" in self.on:
            qatech.inject(qatech_faults.refuse(429, retry_after=str(QATECH_WAIT)))
        if "slack_busy" in self.on:
            for method in ("chat.postMessage", "chat.update"):
                slack.add(method, FaultKind.RATE_LIMITED, times=None, retry_after=SLACK_WAIT)
